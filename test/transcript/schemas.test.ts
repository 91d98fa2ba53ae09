import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EVENT_FIELDS } from '../../src/model/index.ts'
import { readJournal } from '../../src/transcript/journal/read-journal.ts'
import { encodeWithheld } from '../../src/transcript/journal/withheld-line.ts'
import { buildApprovalRequest } from '../../src/transcript/statements/approval-request.ts'
import { sealJournal } from '../../src/transcript/statements/seal.ts'
import { accepts, schemaOf } from '../helpers/json-schema.ts'
import * as eventful from './helpers/eventful-run.ts'
import * as run from './helpers/run.ts'

const line = schemaOf('journal-line')
const payloadOf = (envelope: string) => JSON.parse(Buffer.from(JSON.parse(envelope).payload, 'base64').toString())
const linesOf = (journal: Uint8Array) => Buffer.from(journal).toString().trimEnd().split('\n')

describe('the schemas of docs/schemas', () => {
  it('accept the smallest whole case, line by line, and its seal', async () => {
    const journal = readFileSync(new URL('../fixtures/transcript/smallest/journal.jsonl', import.meta.url))
    for (const text of linesOf(journal)) expect(accepts(line, JSON.parse(text))).toBe(true)
    const seal = await sealJournal(journal, (await readJournal(journal)).chain, run.operator)
    expect(accepts(schemaOf('envelope'), JSON.parse(seal.line))).toBe(true)
    expect(accepts(schemaOf('seal'), payloadOf(seal.line))).toBe(true)
  })

  it('accept all that runs write: lines, requests, approvals, addenda, reports', async () => {
    for (const writer of [await run.wholeRun(), await eventful.eventfulRun()]) {
      const bundle = await run.sealed(writer)
      for (const text of linesOf(writer.bytes())) expect(accepts(line, JSON.parse(text)), text).toBe(true)
      expect(accepts(schemaOf('seal'), payloadOf(bundle))).toBe(true)
      expect(accepts(schemaOf('verify'), await run.verify(writer.bytes(), bundle))).toBe(true)
    }
    const open = run.atGate()
    const request = JSON.parse(await buildApprovalRequest(open.bytes(), 'flip-dns'))
    expect(accepts(schemaOf('approval-request'), request)).toBe(true)
    const approval = await run.approvalOf(open, run.manager, 'Release Manager')
    expect(accepts(schemaOf('approval'), payloadOf(approval.envelope))).toBe(true)
  })

  it('refuse a line with a field less or a field more, of every kind of a run', async () => {
    for (const text of linesOf((await eventful.eventfulRun()).bytes())) {
      const value = JSON.parse(text)
      expect(line({ ...value, more: 1 }), text).toBe(false)
      for (const field of Object.keys(value)) {
        const { [field]: _, ...less } = value
        expect(line(less), `${text} without ${field}`).toBe(false)
      }
    }
  })

  it('know every kind, let others pass that begin as a line does, and know what is withheld', () => {
    const { anyOf } = JSON.parse(
      readFileSync(new URL('../../docs/schemas/journal-line-1.schema.json', import.meta.url), 'utf8'),
    )
    const kinds = anyOf.map((one: { properties: { kind?: { const?: string } } }) => one.properties.kind?.const)
    expect(new Set(kinds.filter(Boolean))).toEqual(new Set(Object.keys(EVENT_FIELDS)))
    const common = { seq: 2, prev: 'a'.repeat(64), t: '2026-11-22T14:50:00.000Z', mono: 0 }
    expect(accepts(line, { ...common, kind: 'weather', sun: true })).toBe(true)
    expect(line({ seq: 2, kind: 'weather' })).toBe(false)
    expect(accepts(line, JSON.parse(encodeWithheld({ seq: 2, leaf: 'a'.repeat(64), reason: 'r' })))).toBe(true)
  })
})
