import { type Check, checkJsonCondition, diffText, readJsonConditions, type Step } from '../../model/index.ts'

/** What is known of a script's output when it is held against what its author expects. */
export interface ShownOutput {
  /** All of it, in the order in which it came; of a long output the beginning. */
  readonly text: string
  /** What came on standard output alone: JSON is read from there, whatever is said beside it. */
  readonly out: string
  /** Why `text` is not all of it, as the rest of a sentence; null where it is. */
  readonly unseen: string | null
  /** Whether the expected text came anywhere, also behind the end of `text`; null where only `text` can tell. */
  readonly contains: boolean | null
}

/**
 * Whether a pattern is found in a text, line ends counting as ends (`m`); null where that takes longer than a person would wait.
 * @throws {SyntaxError} where it is no pattern.
 */
export type Matches = (pattern: string, text: string) => boolean | null

/** Without a limit: for those who bring their own patterns. */
export const matchesWithoutLimit: Matches = (pattern, text) => new RegExp(pattern, 'm').test(text)

/**
 * Checks the output of a task against what the author said it must be. Only exact, contains, regex and json decide;
 * `similar` and `shown` advise, since "5/5 ready" and "0/5 ready" are more than 0.8 alike. What cannot be told of all of the output
 * is never taken for met: it fails, and `got` says why.
 */
export function checksOf(step: Pick<Step, 'expect'>, shown: ShownOutput, matches: Matches): Check[] {
  if (step.expect === null || step.expect.kind === 'similar' || step.expect.kind === 'shown') return []
  const { kind, text } = step.expect
  const want = text.replace(/\n$/, '')
  const answer = (ok: boolean, got: string | null): Check[] => [{ name: 'output', op: kind, want, got, unit: null, ok }]
  const differs = (output: string): string => output.slice(-MOST_GOT)
  if (kind === 'contains') {
    const ok = shown.contains ?? shown.text.includes(want)
    return answer(ok, ok ? null : differs(shown.text))
  }
  if (shown.unseen !== null) return answer(false, `not compared, because ${shown.unseen}`)
  switch (kind) {
    case 'exact': {
      const ok = shown.text.replace(/\n$/, '') === want
      return answer(ok, ok ? null : differs(shown.text))
    }
    case 'regex':
      try {
        const found = matches(want, shown.text)
        if (found === null) return answer(false, 'not compared, because the pattern takes too long on this output')
        return answer(found, found ? null : differs(shown.text))
      } catch {
        // A pattern that cannot be read decides nothing in favour of the step.
        return answer(false, 'not compared, because the pattern cannot be read')
      }
    case 'json':
      return jsonChecks(want, shown.out, answer)
    default:
      kind satisfies never
      return []
  }
}

/**
 * How an output differs from a sample of it that only advises, as the lines of a diff; null where it does not, or was not seen whole.
 * It decides nothing: a person compares, and this shows where.
 */
export function advisoryDiff(step: Pick<Step, 'expect'>, { text, unseen }: ShownOutput): string | null {
  if (step.expect?.kind !== 'similar' || unseen !== null) return null
  const lines = diffText(comparable(step.expect.text), comparable(text))
  if (lines.every(line => !/^[-+]/.test(line))) return null
  const left = lines.length - MOST_DIFF_LINES
  const shown = left > 0 ? [...lines.slice(0, MOST_DIFF_LINES), `@ ${left} more lines`] : lines
  return shown.join('\n').slice(0, MOST_DIFF_CHARS)
}

const MOST_DIFF_LINES = 200
const MOST_DIFF_CHARS = 20_000

/**
 * Nobody writes spaces at the ends of lines, or empty lines around it, into a sample on purpose. Line by line and not by patterns: a script
 * may print blanks without end, and a pattern takes the square of their number.
 */
function comparable(text: string): string {
  const lines = text.split('\n').map(line => line.trimEnd())
  const first = lines.findIndex(line => line !== '')
  return first === -1 ? '' : lines.slice(first, 1 + lines.findLastIndex(line => line !== '')).join('\n')
}

/** How much of an output that differs is recorded with the check; all of it is recorded as output. */
const MOST_GOT = 2000

function jsonChecks(want: string, out: string, answer: (ok: boolean, got: string | null) => Check[]): Check[] {
  let output: unknown
  try {
    output = JSON.parse(out)
  } catch {
    return answer(false, `not JSON: ${out.slice(-MOST_GOT)}`)
  }
  const read = readJsonConditions(want)
  if (read !== null && 'problem' in read) return answer(false, `not compared, because of ${read.problem}`)
  if (read !== null) return read.conditions.map(condition => checkJsonCondition(condition, output))
  try {
    const ok = holds(JSON.parse(want), output)
    return answer(ok, ok ? null : out.slice(-MOST_GOT))
  } catch {
    return answer(false, 'not compared, because what is expected is no JSON')
  }
}

/** True if everything in `want` stands in `got`; `got` may hold more. */
function holds(want: unknown, got: unknown): boolean {
  if (Array.isArray(want))
    return Array.isArray(got) && want.length === got.length && want.every((item, i) => holds(item, got[i]))
  if (want !== null && typeof want === 'object') {
    if (got === null || typeof got !== 'object') return false
    return Object.entries(want).every(([key, value]) => Object.hasOwn(got, key) && holds(value, Reflect.get(got, key)))
  }
  return want === got
}
