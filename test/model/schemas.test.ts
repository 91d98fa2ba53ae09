import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SCHEMAS, schemaText } from '../../scripts/write-schemas.ts'

test.each(Object.entries(SCHEMAS))('docs/schemas/%s is the schema that the program checks with', (name, schema) => {
  const stored = readFileSync(join(import.meta.dirname, '../../docs/schemas', name), 'utf8')
  expect(stored).toBe(schemaText(schema))
})
