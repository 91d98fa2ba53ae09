import type { Answer } from '../../model/index.ts'

/**
 * An answer as it may be recorded: a secret typed into a note or a reason must not reach the journal by that way.
 *
 * @param mask of the executor, which holds the secrets.
 */
export function maskAnswer(answer: Answer, mask: (text: string) => string): Answer {
  switch (answer.kind) {
    case 'value':
      // A connection string with the password in it: masking it would hand a broken value to the script.
      return mask(answer.value) === answer.value ? answer : { ...answer, secret: true }
    case 'run':
    case 'run-offer':
    case 'stop-script':
      return answer
    case 'edit':
      // Its script is refused where it holds a secret: masking it would hand a broken one to the shell.
      return { ...answer, reason: mask(answer.reason) }
    default:
      return maskStrings(answer, mask)
  }
}

const STRUCTURAL = new Set(['kind', 'step', 'answer', 'choice', 'flow', 'option', 'phrase', 'when', 'to', 'decision'])

function maskStrings<T extends Answer>(answer: T, mask: (text: string) => string): T {
  const visit = (value: unknown): unknown =>
    typeof value === 'string' ? mask(value) : Array.isArray(value) ? value.map(visit) : value
  const entries = Object.entries(answer).map(([key, value]) => [key, STRUCTURAL.has(key) ? value : visit(value)])
  // The keys and the types of their values are those that came in: only texts were replaced by texts.
  return Object.fromEntries(entries) as T
}
