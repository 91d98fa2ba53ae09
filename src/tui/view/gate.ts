import type { Step, StepRecord } from '../../model/index.ts'
import { keyName } from '../scene/actions.ts'
import { symbolOf } from '../scene/need-text.ts'
import { positionOf, shortRun } from '../scene/walk.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { counted } from '../text/counting.ts'
import { type Look, pad, proseLines, safe, seg } from '../text/look.ts'
import type { Line, Tone } from '../text/theme.ts'
import { clockText, spokenDuration } from '../text/time-text.ts'
import { widthOf } from '../text/width.ts'

/** A gate: its criteria, who must sign, who has signed, and what they run. No key of the operator opens it. */
export function gateLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  if (step.kind !== 'gate') return []
  const { scene, keys } = state
  const gate = scene.state.gates.get(step.id)
  const operator = scene.state.operator?.principal ?? 'The operator'
  const ago = gate === undefined ? '' : spokenDuration(Math.max(0, state.nowMs - gate.openedAtMs))
  return [
    ...(gate === undefined ? [] : [[seg(` Opened     ${clockText(gate.openedAtMs)}, ${ago} ago`)]]),
    ...criteriaLines(look, state, step, width),
    ...approvalLines(look, state, step, width),
    ...(gate === undefined || gate.refused.length === 0
      ? []
      : proseLines(look, `Refused    ${gate.refused.map(why => REFUSED[why]).join('; ')}`, width, ' ').map(failed)),
    [
      seg(' They run   ', 'strong'),
      seg(`signoff approve ${safe(look, shortRun(scene.state))} ${safe(look, step.position)}`, 'strong'),
      seg(`   ${keyName(keys, 'copy')} copies it`),
    ],
    ...proseLines(look, `${operator} operates this run and cannot approve it.`, width, ' '),
  ]
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

interface Criterion {
  readonly seen: 'passed' | 'failed' | 'pending'
  readonly word: string
  readonly value: string
}

/** What a criterion has come to: a value beyond its limit is not met, though somebody confirmed it with a reason. */
function criterionOf(record: StepRecord | undefined): Criterion {
  const observed = record?.observed ?? []
  const value = observed
    .map(({ value: given, unit, op, want }) => {
      const measure = unit === null ? '' : ` ${unit}`
      return `${given}${measure}${op === null || want === null ? '' : ` (${op} ${want}${measure})`}`
    })
    .join(', ')
  if (observed.some(({ ok }) => ok === false)) return { seen: 'failed', word: 'NOT met', value }
  switch (record?.status.kind) {
    case 'passed':
      return { seen: 'passed', word: 'met', value }
    case 'failed':
      return { seen: 'failed', word: 'NOT met', value }
    case 'not-applicable':
      return { seen: 'pending', word: 'not applicable', value }
    case 'skipped':
      return { seen: 'pending', word: 'skipped', value }
    default:
      return { seen: 'pending', word: 'pending', value }
  }
}

function criteriaLines(look: Look, { scene }: ScreenState, step: Step, width: number): Line[] {
  const all = (step.criteria ?? []).map(id => ({ id, ...criterionOf(scene.state.steps.get(id)) }))
  const words = Math.max(0, ...all.map(({ word }) => widthOf(word)))
  const rows = all.map(({ id, seen, word, value }, index): Line => {
    const title = `${positionOf(scene.walk, id)} ${scene.walk.steps.get(id)?.title ?? ''}${value === '' ? '' : `: ${value}`}`
    const tone: Tone = seen === 'pending' ? 'plain' : seen
    return [
      seg(index === 0 ? ' Criteria   ' : ' '.repeat(12), 'strong'),
      seg(`${symbolOf(seen, look.ascii)} ${pad(look, word, words)}`, tone),
      seg(`  ${safe(look, title)}`),
    ]
  })
  const missed = all.some(({ seen }) => seen === 'failed')
  return missed
    ? [...rows, ...proseLines(look, 'A GO now needs a reason of whoever signs it.', width, ' '.repeat(12))]
    : rows
}

/** Who has signed and who still may: as the request says it, since a role that is mapped to nobody is open to any signer. */
function approvalLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  const gate = state.scene.state.gates.get(step.id)
  const given = gate?.approvals ?? []
  const need =
    gate?.event.need ??
    (step.approvers ?? []).map(({ role, principal }) => ({ role, from: principal === null ? null : [principal] }))
  const open = need.filter(({ role }) => role !== null && !given.some(({ event }) => event.role === role))
  const anybody = need.filter(({ role }) => role === null)
  const missing = anybody.length - given.filter(({ event }) => event.role === null).length
  const from = anybody.flatMap(one => one.from ?? [])
  const rows: { readonly role: string; readonly who: string; readonly word: string; readonly tone: Tone }[] = [
    ...given.map(({ event, atMs }) => ({
      role: event.role ?? 'signer',
      who: event.principal,
      word: `${event.decision === 'go' ? 'GO' : 'NO-GO'} ${clockText(atMs).slice(0, 5)}, signature verified`,
      tone: (event.decision === 'go' ? 'passed' : 'failed') as Tone,
    })),
    ...open.map(({ role, from: people }) => ({
      role: role ?? '',
      who: people === null ? '' : people.join(' or '),
      word: 'no answer yet',
      tone: 'plain' as Tone,
    })),
    ...(missing > 0
      ? [
          {
            role: from.length > 0 ? from.join(' or ') : `any ${counted(missing, 'signer')}`,
            who: '',
            word: 'no answer yet',
            tone: 'plain' as Tone,
          },
        ]
      : []),
  ]
  const roles = Math.max(0, ...rows.map(({ role }) => widthOf(safe(look, role))))
  const people = Math.max(0, ...rows.map(({ who }) => widthOf(safe(look, who))))
  const isWide = 14 + roles + people + Math.max(0, ...rows.map(({ word }) => widthOf(word))) <= width
  return rows.map(({ role, who, word, tone }, index): Line => {
    const name = isWide ? pad(look, safe(look, role), roles) : safe(look, role)
    const person = who === '' ? '' : `  ${isWide ? pad(look, safe(look, who), people) : safe(look, who)}`
    return [seg(index === 0 ? ' Approvals  ' : ' '.repeat(12), 'strong'), seg(`${name}${person}  `), seg(word, tone)]
  })
}

function failed(line: Line): Line {
  return line.map(({ text }) => seg(text, 'failed'))
}
