import type { TableBlock } from '../blocks.ts'
import { readCondition } from '../conditions.ts'
import { type At, type Draft, draft, type Reading, type Rule, reading } from '../draft.ts'
import { evidenceIn } from '../evidence.ts'
import type { InlineCode } from '../text/prose.ts'
import { plainTitle } from '../text/words.ts'
import { leadIn, leadTitle } from './lead.ts'
import { offerIn } from './offer.ts'
import { writtenText } from './text.ts'

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
    if (columns === null) return toWork(at, block)
    return reading(block.rows.map(row => toStep(row, columns)).filter(step => step.title !== ''))
  },
}

/** A table of commands that a text tells to choose from (`… and revoke immediately:`) is work, though none can be run as it is. */
function toWork(at: At, block: TableBlock): Reading | null {
  const lead = leadIn(at)
  const holdsCommands = block.header.some(name => /\bcommands?$/i.test(name))
  // "Code | Meaning | Action" explains, unless the text before it tells somebody to act.
  const holdsActions = block.header.some(name => /\bactions?$/i.test(name)) && TELLS_TO_ACT.test(lead)
  if (!(holdsCommands || holdsActions) || !/:$/.test(lead) || at.section.role === 'reference') return null
  const { when, title } = readCondition(leadTitle(at))
  const rows = [block.header, ...block.rows.map(row => row.cells.map(one => one.text))].map(cells => cells.join(' | '))
  return reading([
    draft({
      kind: 'manual',
      title: plainTitle(title),
      rule: 'R20',
      line: block.line,
      endLine: block.endLine,
      original: writtenText(at.page.source, block),
      when,
      detail: rows,
      blockRisk: 'change',
    }),
  ])
}

const TELLS_TO_ACT =
  /\b(?:take|do|follow|perform|carry out|run|choose|act|decide|apply|execute)\b[^.]*:$|^(?:identify|find|determine|match|pick|select|look up)\b/i

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
  const command = columns.command === -1 ? null : cell(columns.command)
  const offer = offerIn(command?.codes ?? check.codes)
  const evidence = /^[<>≤≥=]/.test(expected) ? evidenceIn(`${name} ${expected}`) : evidenceIn(title)
  return draft({
    kind: 'confirmation',
    title: plainTitle(title),
    rule: 'R20',
    line: row.line,
    endLine: row.line,
    original: row.cells.map(one => one.text).join(' | '),
    when,
    offer,
    evidence,
    expect: evidence === null && expected !== '' ? { kind: 'shown', text: expected } : null,
    detail: [
      // How to look stays with the check where nothing of it can be run: a dashboard, a text with `...`.
      ...(command === null || command.text === '' || command.text === `\`${offer?.text ?? ''}\``
        ? []
        : [`How: ${command.text}`]),
      ...(expected === '' ? [] : [`Expected: ${expected}`]),
    ],
  })
}
