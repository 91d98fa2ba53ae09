import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormatsModule from 'ajv-formats'

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormatsModule.default(ajv)

/** What ajv makes of one of docs/schemas: `schemaOf('plan')` is that of `signoff.plan/1`. */
export function schemaOf(name: string): ValidateFunction {
  const file = new URL(`../../docs/schemas/${name}-1.schema.json`, import.meta.url)
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')))
}

/** True, or the first things that are wrong, to be seen where a test fails. */
export function accepts(validate: ValidateFunction, value: unknown): true | string {
  return validate(value) ? true : JSON.stringify(validate.errors?.slice(0, 3))
}
