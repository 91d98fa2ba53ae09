import { expect, test } from 'vitest'
import { EXPLAIN_TEXTS } from '../../src/cli/render/explain-texts.ts'
import { FINDINGS, type FindingCode } from '../../src/model/index.ts'
import { parseRunbook } from '../../src/parser/index.ts'

/** Bytes that no example can show. */
const OF_BYTES: readonly FindingCode[] = ['SO003']
const codes = Object.keys(FINDINGS) as FindingCode[]

test('every code has a text, and no text is empty', () => {
  expect(Object.keys(EXPLAIN_TEXTS).sort()).toEqual([...codes].sort())
  for (const code of codes) {
    expect(EXPLAIN_TEXTS[code].why, code).toMatch(/\.$/)
    expect(EXPLAIN_TEXTS[code].fix, code).toMatch(/\.$/)
  }
})

test.each(codes.filter(code => !OF_BYTES.includes(code)))('the example of %s raises it', code => {
  const { diagnostics } = parseRunbook(new TextEncoder().encode(EXPLAIN_TEXTS[code].example.join('\n')), 'example.md')
  expect(diagnostics.map(one => one.code)).toContain(code)
})
