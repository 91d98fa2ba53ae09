import type { FormQuestion, Step } from '../../model/index.ts'
import type { RunContext } from './context.ts'

export type FilledForm = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string }

/** Enters answers into the template of a form, at the places of its fields; the rest of the template stays as it is. */
export function fillForm(
  context: RunContext,
  step: Step,
  questions: readonly FormQuestion[],
  answers: readonly (readonly [label: string, text: string])[],
): FilledForm {
  const fields = context.runbook.details.get(step.id)?.fields ?? []
  const given = new Map(answers.map(([label, text]) => [label.toLowerCase(), text]))
  for (const [label] of answers) {
    if (!fields.some(field => field.label.toLowerCase() === label.toLowerCase()))
      return { ok: false, why: `the form has no field "${label}"` }
  }
  let text = ''
  let at = 0
  const template = step.original ?? ''
  const filled = new Map(questions.map(question => [question.label.toLowerCase(), question.value]))
  for (const field of fields) {
    const value = given.get(field.label.toLowerCase()) ?? filled.get(field.label.toLowerCase()) ?? null
    if (value === null) return { ok: false, why: `the form still asks for "${field.label}"` }
    const before = template.slice(at, field.start)
    // `Operator:` at the end of a line has no blank of its own to write behind.
    const blank = field.start === field.end && /\S$/.test(before) ? ' ' : ''
    text += before + blank + value
    at = field.end
  }
  return { ok: true, text: text + template.slice(at) }
}
