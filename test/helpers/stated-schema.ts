import type { ValidateFunction } from 'ajv/dist/2020.js'
import { accepts, schemaOf } from './json-schema.ts'

const known = new Map<string, ValidateFunction>()

/**
 * Holds a document against the schema that it says it is of, in docs/schemas.
 *
 * @param text one JSON document, such as `--json` prints.
 * @returns the document.
 * @throws where it is not of that schema, or docs/schemas has none of that name.
 */
export function asItSays<T = Record<string, unknown>>(text: string): T {
  const document = JSON.parse(text)
  const name = /^signoff\.([a-z-]+)\/1$/.exec(document.schema)?.[1]
  if (name === undefined) throw new Error(`says of no schema of ours that it is of it: ${text.slice(0, 200)}`)
  const validate = known.get(name) ?? schemaOf(name)
  known.set(name, validate)
  const answer = accepts(validate, document)
  if (answer !== true) throw new Error(`is not ${document.schema}: ${answer}\n${text.slice(0, 2000)}`)
  return document
}
