import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EVENT_FIELDS, SALTED } from '../../src/model/index.ts'
import { encodeWithheld } from '../../src/transcript/journal/withheld-line.ts'
import { withholdText } from '../../src/transcript/verify/withhold.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/transcript-format.md'), 'utf8')
/** Rows of the table of kinds: the names in the first cell, with their `S`, and what stands behind them. */
const rows = page
  .slice(page.indexOf('## 3. Kinds'), page.indexOf('## 4.'))
  .split('\n')
  .filter(line => line.startsWith('| `'))
  .map(line => line.split(' | '))

test('docs/transcript-format.md has each kind of event, with its salt and the names of its fields', () => {
  const told = new Map<string, { salted: boolean; fields: string }>()
  for (const [names = '', fields = ''] of rows) {
    // Kinds that share a cell share its fields, told apart by semicolons.
    const kinds = [...names.matchAll(/`([a-z.]+)`( S)?/g)]
    const own = fields.split('; ')
    for (const [index, [, kind = '', salt]] of kinds.entries())
      told.set(kind, { salted: salt !== undefined, fields: own.length === kinds.length ? (own[index] ?? '') : fields })
  }
  expect([...told.keys()].sort()).toEqual(Object.keys(EVENT_FIELDS).sort())
  for (const [kind, { salted, fields }] of told) {
    expect(salted, kind).toBe(SALTED.has(kind as never))
    if (fields.startsWith('as `output`')) continue
    for (const field of Object.keys(EVENT_FIELDS[kind as keyof typeof EVENT_FIELDS]))
      expect.soft(fields, `${kind}: ${field}`).toMatch(new RegExp(`(^|[^a-zA-Z])${field}([^a-zA-Z]|$)`))
  }
})

test('it has the forms that withholding has', () => {
  expect(page).toContain(
    `\`${encodeWithheld({ seq: 2, leaf: '0'.repeat(64), reason: '..' }).replace('0'.repeat(64), '<leaf>')}\``,
  )
  expect(withholdText({ seqs: [2, 5], reason: 'REASON' }).replace(/\d/g, 'SEQ')).toBe('SEQ,SEQ: REASON')
  expect(page).toContain('`SEQ,SEQ,..: REASON`')
})

test('its smallest whole case is the one that the tests are made of', () => {
  const folder = join(import.meta.dirname, '../fixtures/transcript/smallest')
  for (const line of readFileSync(join(folder, 'journal.jsonl'), 'utf8').trimEnd().split('\n'))
    expect(page).toContain(`\n${line}\n`)
  expect(page).toContain(`\`${readFileSync(join(folder, 'allowed_signers'), 'utf8').trim()}\``)
})
