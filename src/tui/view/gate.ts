import type { ApprovalRecord, GateRecord, Step } from '../../model/index.ts'
import { keyName } from '../scene/actions.ts'
import { criteriaOf, decisionText, type GateStanding, standingOfGate, standingText } from '../scene/approvals.ts'
import { symbolOf } from '../scene/need-text.ts'
import { positionOf, shortRun } from '../scene/walk.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { type Look, pad, proseLines, safe, seg } from '../text/look.ts'
import type { Line, Tone } from '../text/theme.ts'
import { clockText, spokenDuration } from '../text/time-text.ts'
import { widthOf } from '../text/width.ts'

/** Cells before a value: what belongs to one label stands in one column. */
const LABEL = ' '.repeat(12)

/** Who has decided a gate and who is missing, and what they run: first, however long the list of criteria. */
export function gateLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  if (step.kind !== 'gate') return []
  const { scene, keys } = state
  const gate = scene.state.gates.get(step.id)
  const operator = scene.state.operator?.principal ?? 'The operator'
  const standing = standingOfGate(scene, step)
  if (!standing.isOpen) return approvalLines(look, standing, width)
  return [
    ...proseLines(look, standingText(standing), width, ' ').map(strong),
    ...approvalLines(look, standing, width),
    ...(gate === undefined || gate.refused.length === 0
      ? []
      : labelled(look, 'Refused', refusedText(gate), width).map(failed)),
    [
      seg(' They run   ', 'strong'),
      seg(`signoff approve ${safe(look, shortRun(scene.state))} ${safe(look, step.position)}`, 'strong'),
      seg(`   ${keyName(keys, 'copy')} copies it`),
    ],
    ...(gate === undefined || gate.event.touch === 'none' ? [] : touchLines(look, gate.event.touch, width)),
    ...(gate === undefined ? [] : openedLines(look, state, gate.openedAtMs, width)),
    ...proseLines(look, `${operator} operates this run and cannot approve it.`, width, ' '),
    ...(missesCriterion(state, step)
      ? proseLines(look, 'A GO now needs a reason of whoever signs it.', width, ' ')
      : []),
  ]
}

/** More criteria than these are counted as well, since not all of them may be in sight. */
const FEW_CRITERIA = 5

/** What a gate rests on, those that are not met first; of many, how many there are of each. */
export function criteriaLines(look: Look, { scene }: ScreenState, step: Step): Line[] {
  const all = criteriaOf(scene, step)
  if (all.length === 0) return []
  const words = Math.max(...all.map(({ word }) => widthOf(word)))
  const missed = all.some(({ seen }) => seen === 'failed')
  const rows = all.map(({ id, seen, word, value }): Line => {
    const title = `${positionOf(scene.walk, id)} ${scene.walk.steps.get(id)?.title ?? ''}${value === '' ? '' : `: ${value}`}`
    const tone: Tone = seen === 'pending' ? 'plain' : seen
    return [seg(`${symbolOf(seen, look.ascii)} ${pad(look, word, words)}`, tone), seg(`  ${safe(look, title)}`)]
  })
  const counts = [...Map.groupBy(all, ({ word }) => word)].map(([word, those]) => `${those.length} ${word}`).join(', ')
  const summary: Line[] = all.length > FEW_CRITERIA ? [[seg(counts, missed ? 'failed' : 'plain')]] : []
  return [...summary, ...rows].map((row, index): Line => [seg(index === 0 ? ' Criteria   ' : LABEL, 'strong'), ...row])
}

/** As the request says it: those that are skipped or open are not met either. */
function missesCriterion({ scene }: ScreenState, step: Step): boolean {
  const asked = scene.state.gates.get(step.id)?.event.criteria
  return asked === undefined
    ? criteriaOf(scene, step).some(({ seen }) => seen === 'failed')
    : asked.some(({ ok }) => !ok)
}

/** Each reason once, however often somebody tries: what is refused must not push away who is missing. */
function refusedText({ refused }: GateRecord): string {
  return [...Map.groupBy(refused, why => why)]
    .map(([why, times]) => `${REFUSED[why]}${times.length === 1 ? '' : `, ${times.length} times`}`)
    .join('; ')
}

const REFUSED = {
  unlisted: 'a signer who is not listed',
  operator: 'the operator’s own',
  duplicate: 'the same person twice',
  stale: 'one for an old request',
  'other-run': 'one for another run',
  'bad-signature': 'one whose signature does not verify',
  'no-touch': 'one whose key was not touched',
} as const

function touchLines(look: Look, touch: GateRecord['event']['touch'], width: number): Line[] {
  const how = touch === 'presence' ? 'is touched' : 'asks for a PIN or a finger'
  return labelled(look, 'Keys', `only one on a token that ${how} for this signature`, width)
}

function openedLines(look: Look, { nowMs }: ScreenState, openedAtMs: number, width: number): Line[] {
  const ago = spokenDuration(Math.max(0, nowMs - openedAtMs))
  return labelled(look, 'Opened', `${clockText(openedAtMs)}, ${ago} ago`, width)
}

interface Row {
  readonly name: string
  readonly person: string
  readonly word: string
  readonly tone: Tone
  readonly reason: string | null
}

/** A row for each that is missing, then for each that was given with its reason, then what was said to earlier requests. */
function approvalLines(look: Look, { given, missing, earlier, askedAgain }: GateStanding, width: number): Line[] {
  const rows: Row[] = [
    ...missing.map(
      ({ name, role, people }): Row => ({
        name,
        person: role === null ? '' : people.join(' or '),
        word: 'no answer yet',
        tone: 'plain',
        reason: null,
      }),
    ),
    ...given.map(rowOf),
  ]
  const inColumns = rows.filter(({ person }) => person !== '')
  const columns = {
    name: Math.max(0, ...inColumns.map(({ name }) => widthOf(safe(look, name)))),
    person: Math.max(0, ...inColumns.map(({ person }) => widthOf(safe(look, person)))),
  }
  const words = Math.max(0, ...rows.map(({ word }) => widthOf(word)))
  const isWide = LABEL.length + columns.name + columns.person + words + 4 <= width
  return [
    ...rows.flatMap((row, index) =>
      rowLines(look, row, index === 0 ? ' Approvals  ' : LABEL, isWide ? columns : { name: 0, person: 0 }, width),
    ),
    ...earlier.flatMap(one => {
      const who = `${one.event.role ?? 'signer'}, ${one.event.principal}`
      return labelled(look, 'Before', `${decisionText(one)} ${timeOf(one)}, ${who}: of an old request`, width)
    }),
    ...(askedAgain === null ? [] : labelled(look, 'Again', askedAgain, width)),
  ]
}

/** Nothing of it is cut: where it has no room in one row, it takes more of them. */
function rowLines(
  look: Look,
  row: Row,
  label: string,
  columns: { readonly name: number; readonly person: number },
  width: number,
): Line[] {
  const inColumn = (text: string, cells: number) =>
    cells === 0 ? safe(look, text) : pad(look, safe(look, text), cells)
  const who =
    row.person === ''
      ? safe(look, row.name)
      : `${inColumn(row.name, columns.name)}  ${inColumn(row.person, columns.person)}`
  const quoted = row.reason === null ? '' : `"${safe(look, row.reason)}"`
  const used = LABEL.length + widthOf(who) + 2 + widthOf(row.word)
  const line: Line = [seg(label, 'strong'), seg(`${who}  `), seg(row.word, row.tone)]
  if (quoted !== '' && used + 2 + widthOf(quoted) <= width) return [[...line, seg(`  ${quoted}`)]]
  const [first = [], ...others] = used <= width ? [line] : wrapped(look, label, `${who}  ${row.word}`, row.tone, width)
  return [first, ...others, ...(quoted === '' ? [] : proseLines(look, quoted, width, `${LABEL}  `))]
}

function wrapped(look: Look, label: string, text: string, tone: Tone, width: number): Line[] {
  return proseLines(look, text, width - 2, LABEL).map((line, index) =>
    index === 0
      ? [seg(label, 'strong'), ...line.map(one => seg(one.text.slice(LABEL.length), tone))]
      : [seg('  '), ...line.map(one => seg(one.text, tone))],
  )
}

function rowOf(one: ApprovalRecord): Row {
  const { event, reason } = one
  return {
    name: event.role ?? 'signer',
    person: event.principal,
    word: `${event.decision === 'go' ? 'GO' : 'NO-GO'} ${timeOf(one)}, key verified`,
    tone: event.decision === 'go' ? 'passed' : 'failed',
    reason,
  }
}

function timeOf({ atMs }: ApprovalRecord): string {
  return clockText(atMs).slice(0, 5)
}

/** A word in its column, and prose beside it. */
function labelled(look: Look, label: string, text: string, width: number): Line[] {
  return proseLines(look, text, width, LABEL).map((line, index) =>
    index === 0
      ? [seg(` ${label.padEnd(LABEL.length - 1)}`, 'strong'), ...line.map(one => seg(one.text.slice(LABEL.length)))]
      : line,
  )
}

function strong(line: Line): Line {
  return line.map(({ text }) => seg(text, 'strong'))
}

function failed(line: Line): Line {
  return line.map(({ text }) => seg(text, 'failed'))
}
