import { readJsonConditions } from './json-conditions.ts'
import type { Step } from './plan.ts'

/** What is wrong with an expectation itself, to be said before anything runs; null where nothing is. */
export function expectationProblem({ kind, text: written }: NonNullable<Step['expect']>): string | null {
  const text = written.replace(/\n$/, '')
  if (kind === 'contains' && text === '') return 'it is empty, and every output contains that'
  try {
    if (kind === 'regex') new RegExp(text, 'm')
    if (kind !== 'json') return null
    const read = readJsonConditions(text)
    if (read === null) JSON.parse(text)
    return read !== null && 'problem' in read ? read.problem : null
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  }
}
