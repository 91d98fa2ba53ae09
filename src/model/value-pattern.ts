/**
 * Patterns for values: regular expressions that stand in a runbook. Its text may come from anybody, and some expressions take
 * for ever on some texts, so two things are held (docs/decisions/0011): a pattern with a repeat inside a repeat, a look around or
 * a reference back is refused, and a value is tried only where the pattern cannot need more than `MOST_TRIES` attempts on it.
 */
const MOST_TRIES = 1e8
/** A pattern must be able to take values of this length. */
const SHORTEST_LIMIT = 32
const LONGEST_PATTERN = 500

/** Why a pattern cannot be used; null where it can. */
export function patternProblem(pattern: string): string | null {
  if (pattern.length > LONGEST_PATTERN) return `it is longer than ${LONGEST_PATTERN} characters`
  try {
    compiled(pattern)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const cost = costOf(pattern)
  if (typeof cost === 'string') return cost
  return longestValue(cost) < SHORTEST_LIMIT ? 'it holds too many repeats to be tried on any value' : null
}

/**
 * Why a value does not keep to a pattern, in words that follow its name; null where it does. The whole value must match, as in
 * the `pattern` of an HTML form. A pattern that cannot be used lets nothing pass.
 */
export function misfit(pattern: string, value: string): string | null {
  const problem = patternProblem(pattern)
  if (problem !== null) return `cannot be checked: the pattern ${pattern} is wrong: ${problem}`
  const cost = costOf(pattern)
  const longest = typeof cost === 'string' ? 0 : longestValue(cost)
  if (value.length > longest) return `must match ${pattern}, and be no longer than ${longest} characters`
  return compiled(pattern).test(value) ? null : `must match ${pattern}`
}

function compiled(pattern: string): RegExp {
  // By itself first: a closing bracket too many must not end the group that is put around it.
  new RegExp(pattern, 'u')
  return new RegExp(`^(?:${pattern})$`, 'u')
}

/** How often a match may branch: `times` ways whatever the value, and once for each of its characters in each of `repeats`. */
interface Cost {
  readonly times: number
  readonly repeats: number
}

function longestValue({ times, repeats }: Cost): number {
  const each = MOST_TRIES / times
  return Math.floor(Math.min(10_000, repeats === 0 ? each : each ** (1 / repeats)))
}

/** One piece that a quantifier may follow. */
type Piece = Cost & { readonly isFixed: boolean }

const FIXED: Piece = { times: 1, repeats: 0, isFixed: true }

/** The cost of a pattern that `RegExp` has accepted; a text says why it has none that could be told. */
function costOf(pattern: string): Cost | string {
  const open: Piece[] = []
  let group = FIXED
  let last = FIXED
  const close = (): void => {
    group = together(group, last)
    last = FIXED
  }
  const token =
    /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[\s\S])|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?<?[=!]|\(\?<[^>]*>|\(\?[a-z-]*:|[()|]|(?:[*+?]|\{\d+(?:,\d*)?\})\??|[\s\S]/gu
  for (const [part] of pattern.matchAll(token)) {
    if (/^\\(?:[1-9]|k)/.test(part)) return 'a reference back (\\1) is not taken'
    if (/^\(\?<?[=!]/.test(part)) return 'a look around ((?=…), (?!…), (?<=…), (?<!…)) is not taken'
    if (part.startsWith('(')) {
      close()
      open.push(group)
      group = FIXED
    } else if (part === ')') {
      close()
      last = group
      group = open.pop() ?? FIXED
    } else if (part === '|') {
      close()
      group = { times: group.times + 1, repeats: group.repeats, isFixed: false }
    } else if (/^(?:[*+?]|\{\d)/.test(part)) {
      const repeated = repeat(last, part)
      if (typeof repeated === 'string') return repeated
      last = repeated
    } else {
      close()
    }
  }
  close()
  return group
}

function together(one: Piece, other: Piece): Piece {
  return {
    times: Math.min(one.times * other.times, Number.MAX_SAFE_INTEGER),
    repeats: one.repeats + other.repeats,
    isFixed: one.isFixed && other.isFixed,
  }
}

function repeat(piece: Piece, quantifier: string): Piece | string {
  const counts = /^\{(\d+)(?:(,)(\d*))?\}/.exec(quantifier)
  const least = counts === null ? (quantifier.startsWith('+') ? 1 : 0) : Number(counts[1])
  const most =
    counts === null
      ? quantifier.startsWith('?')
        ? 1
        : Number.POSITIVE_INFINITY
      : counts[2] === undefined
        ? least
        : counts[3] === ''
          ? Number.POSITIVE_INFINITY
          : Number(counts[3])
  if (!piece.isFixed && most === Number.POSITIVE_INFINITY)
    return `a repeat (${quantifier}) of what repeats or varies itself is not taken; write {1,5}, or one class such as [\\d.]+`
  if (most === Number.POSITIVE_INFINITY) return { times: 1, repeats: 1, isFixed: false }
  const times = piece.times ** most * (most - least + 1)
  return {
    times: Math.min(times, Number.MAX_SAFE_INTEGER),
    repeats: piece.repeats * most,
    isFixed: piece.isFixed && least === most,
  }
}
