/** The lightest object or list of a first line has more characters than this, keys and all. */
const LEAST_CHARACTERS = 16

/**
 * Whether a text holds so many objects and lists for its length that no `run.start` and no `run.plan` can be in it. A line of 32 MiB that
 * is nothing else would take more than a gigabyte once it is parsed: this tells without parsing.
 */
export function isOverfull(text: string): boolean {
  const most = text.length / LEAST_CHARACTERS
  let count = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (isInString && unit === BACKSLASH) at++
    else if (unit === QUOTE) isInString = !isInString
    else if (!isInString && (unit === BRACE || unit === BRACKET) && ++count > most) return true
  }
  return false
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const BRACE = 0x7b
const BRACKET = 0x5b
