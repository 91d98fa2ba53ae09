import type { TableBlock } from '../blocks.ts'
import { readCondition } from '../conditions.ts'
import { type Draft, draft, type Rule, reading } from '../draft.ts'
import { evidenceIn } from '../evidence.ts'
import type { InlineCode } from '../prose.ts'
import { plainTitle } from '../words.ts'
import { offerIn } from './offer.ts'

const CHECK = /^(?:checks?|steps?|verification|verify|what to check|item|task|test)$/i
const COMMAND = /^(?:commands?|how(?: to)?(?: check)?|run|query)$/i
const EXPECTED =
  /^(?:expected(?: (?:result|output|value|outcome))?|expectation|pass(?:es)? (?:if|when)|criteri(?:on|a)|result)$/i

/** Rule R20: a table of checks is a confirmation a row. Matrices, thresholds, contacts and history are text. */
export const checkTable: Rule = {
  rule: 'R20',
  name: 'check table',
  read(at) {
    const { block } = at
    if (block.kind !== 'table' || at.item !== null) return null
    const columns = columnsOf(block)
    if (columns === null) return null
    return reading(block.rows.map(row => toStep(row, columns)).filter(step => step.title !== ''))
  },
}

interface Columns {
  readonly check: number
  readonly command: number
  readonly expected: number
}

function columnsOf(block: TableBlock): Columns | null {
  const find = (pattern: RegExp) => block.header.findIndex(name => pattern.test(name))
  const columns = { check: find(CHECK), command: find(COMMAND), expected: find(EXPECTED) }
  return columns.check !== -1 && (columns.command !== -1 || columns.expected !== -1) ? columns : null
}

function toStep(row: TableBlock['rows'][number], columns: Columns): Draft {
  const cell = (index: number) => row.cells[index] ?? { text: '', codes: [] as readonly InlineCode[] }
  const check = cell(columns.check)
  const expected = cell(columns.expected).text
  const { when, title } = readCondition(check.text)
  const name = title.replace(/\s*[<>≤≥=].*$/, '')
  const evidence = /^[<>≤≥=]/.test(expected) ? evidenceIn(`${name} ${expected}`) : evidenceIn(title)
  return draft({
    kind: 'confirmation',
    title: plainTitle(title),
    rule: 'R20',
    line: row.line,
    endLine: row.line,
    original: row.cells.map(one => one.text).join(' | '),
    when,
    offer: offerIn(columns.command === -1 ? check.codes : cell(columns.command).codes),
    evidence,
    expect: evidence === null && expected !== '' ? { kind: 'shown', text: expected } : null,
    detail: expected === '' ? [] : [`Expected: ${expected}`],
  })
}
