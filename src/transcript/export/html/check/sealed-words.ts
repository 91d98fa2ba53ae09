import { field, readJson, text } from './envelope.ts'
import { broken, type Finding } from './finding.ts'
import type { JournalCheck } from './journal.ts'
import { kindOf } from './statements.ts'

/** What the seal says of the run beside its digests; `verify` folds the run for it, a page counts lines. In the order of the format. */
const WORDS = [
  'run',
  'release',
  'result',
  'startedOn',
  'finishedOn',
  'journal',
  'steps',
  'approvals',
  'operator',
  'signersSha256',
  'parents',
  'masked',
  'interruptions',
] as const

/** Whether the seal says of the run what its lines say, and nothing else. Of a copy only what does not depend on lines that are not there. */
export function checkSealedWords(statement: unknown, journal: JournalCheck): Finding[] {
  const isCopy = journal.withheld.length > 0
  const predicate = field(statement, 'predicate')
  if (keysOf(predicate) !== WORDS.join() || keysOf(statement) !== '_type,subject,predicateType,predicate')
    return [broken('Seal', 'it is not as version 1 has it')]
  const said = isCopy ? saidByEnds(journal.lines) : { ...saidByEnds(journal.lines), ...saidByAll(journal) }
  const wrong = Object.entries(said).find(
    ([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(field(predicate, name)),
  )
  return wrong === undefined ? [] : [broken('Seal', `what it says of "${wrong[0]}" is not what the lines say`)]
}

/** What the first and the last line say; undefined where one of them is withheld. */
function saidByEnds(lines: readonly string[]): Record<string, unknown> {
  const [start, end] = [readJson(lines[0] ?? ''), readJson(lines.at(-1) ?? '')]
  return {
    startedOn: field(start, 't'),
    finishedOn: field(end, 't'),
    steps: field(end, 'steps'),
    signersSha256: field(start, 'signersSha256'),
    parents: field(start, 'parents'),
  }
}

function saidByAll({ lines, bytes, leaves, root }: JournalCheck): Record<string, unknown> {
  const kinds = new Map<string, number>()
  const approvals: object[] = []
  let operator: unknown
  let masked = 0
  let interruptions = 0
  for (const [seq, line] of lines.entries()) {
    const kind = kindOf(line) ?? ''
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    // Nearly all of a long journal is output, which says nothing of this.
    if (kind === 'output' || kind === 'output.late') continue
    const event = readJson(line)
    if (kind === 'approval') approvals.push({ step: field(event, 'step'), seq, principal: field(event, 'principal') })
    if (kind === 'output.end') masked += maskedIn(field(event, 'streams'))
    if (kind === 'run.resume' || kind === 'writer.changed') interruptions++
    operator = operatorAfter(kind, event) ?? operator
  }
  const sorted = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    journal: { lines: lines.length, bytes, head: leaves.at(-1), root, hash: 'rfc6962-sha256', kinds: sorted },
    approvals,
    operator,
    masked,
    interruptions,
  }
}

function maskedIn(streams: unknown): number {
  return Array.isArray(streams) ? streams.reduce((sum: number, one) => sum + Number(field(one, 'masked')), 0) : 0
}

/** Who operates the run from a line on; undefined where it says nothing of that. */
export function operatorAfter(kind: string, event: unknown): { principal: string; keyid: string } | undefined {
  if (kind === 'handoff.accept') return { principal: text(event, 'by'), keyid: text(event, 'keyid') }
  const name = kind === 'writer.changed' ? 'to' : kind === 'run.start' || kind === 'run.resume' ? 'operator' : null
  if (name === null) return undefined
  return { principal: text(event, name, 'principal'), keyid: text(event, name, 'keyid') }
}

function keysOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.keys(value).join() : ''
}
