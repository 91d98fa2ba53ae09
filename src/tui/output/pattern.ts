import { cleanOutput } from '../text/clean.ts'

/** What is looked for in a text: words as typed, or any line that looks like an error. */
export type Pattern = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'error' }

/** Tells whether a line of output holds it. Lines are looked at as they are shown. Smart case: capitals count where some are typed. */
export function matcherOf(pattern: Pattern): (line: string) => boolean {
  if (pattern.kind === 'error') return line => looksLikeError(cleanOutput(line))
  const { text } = pattern
  const exact = text !== text.toLowerCase()
  return line => {
    const shown = cleanOutput(line)
    return (exact ? shown : shown.toLowerCase()).includes(text)
  }
}

/** Where it stands in a cleaned line: start and end of each place, in order. */
export function rangesIn(shown: string, pattern: Pattern): (readonly [start: number, end: number])[] {
  if (pattern.kind === 'error') {
    const found = ERROR.exec(shown)
    return found === null ? [] : [[found.index, found.index + found[0].length]]
  }
  const { text } = pattern
  const line = text === text.toLowerCase() ? shown.toLowerCase() : shown
  const ranges: (readonly [number, number])[] = []
  // A character whose lower case has another length would move every place behind it: then none is marked.
  if (text === '' || line.length !== shown.length) return ranges
  for (let at = line.indexOf(text); at >= 0; at = line.indexOf(text, at + text.length))
    ranges.push([at, at + text.length])
  return ranges
}

export function looksLikeError(shown: string): boolean {
  return ERROR.test(shown) && !NO_ERROR.test(shown)
}

const ERROR =
  /\b(?:error|errors|failed|failure|fails|fatal|panic|exception|traceback|critical|denied|refused|unable to|cannot|can't|not found|no such|timed out|timeout|aborted|unauthorized|forbidden)\b|\berr!|\bE(?:NOENT|ACCES|PERM|CONN[A-Z]+|EXIST|PIPE|INVAL|TIMEDOUT|ADDR[A-Z]+|NOSPC)\b/i
/** `0 errors`, `no failures`: said where all is well. */
const NO_ERROR = /\b(?:0|no|without)\s+(?:errors?|failures?|failed)\b/i
