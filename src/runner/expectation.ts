import type { Check, Step } from '../model/index.ts'

/**
 * Checks the output of a task against what the author said it must be. Only exact, contains, regex and json decide;
 * `similar` and `shown` advise, since "5/5 ready" and "0/5 ready" are more than 0.8 alike.
 */
export function checksOf(step: Step, output: string): Check[] {
  if (step.expect === null || step.expect.kind === 'similar' || step.expect.kind === 'shown') return []
  const { kind, text } = step.expect
  const want = text.replace(/\n$/, '')
  const ok = matches(kind, want, output)
  return [{ name: 'output', op: kind, want, got: ok ? null : output.slice(-2000), unit: null, ok }]
}

function matches(kind: 'exact' | 'contains' | 'regex' | 'json', want: string, output: string): boolean {
  switch (kind) {
    case 'exact':
      return output.replace(/\n$/, '') === want
    case 'contains':
      return output.includes(want)
    case 'regex':
      try {
        return new RegExp(want, 'm').test(output)
      } catch {
        // A pattern that cannot be read decides nothing in favour of the step.
        return false
      }
    case 'json':
      try {
        return holds(JSON.parse(want), JSON.parse(output))
      } catch {
        return false
      }
    default:
      kind satisfies never
      return false
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
