/**
 * Whether a text matches a comma-separated list of OpenSSH patterns (ssh_config, PATTERNS): `*` and `?` match, and a
 * matching pattern behind `!` refuses whatever else matches.
 */
export function matchesPatternList(text: string, list: string): boolean {
  let found = false
  for (const item of list.split(',')) {
    const negated = item.startsWith('!')
    if (!matchesPattern(text, negated ? item.slice(1) : item)) continue
    if (negated) return false
    found = true
  }
  return found
}

/** True where the list names this text, letter by letter, and holds no wildcard that would let its key be anybody else. */
export function isNamedIn(text: string, list: string): boolean {
  return !/[*?]/.test(list) && list.split(',').includes(text)
}

/** Walks without backtracking over more than the last star, so that no pattern takes long. */
function matchesPattern(text: string, pattern: string): boolean {
  let at = 0
  let p = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    if (pattern[p] === '*') {
      star = p++
      resume = at
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[at])) {
      p++
      at++
    } else if (star !== -1) {
      p = star + 1
      at = ++resume
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
