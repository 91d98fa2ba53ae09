import { countSteps, deviationsOf, deviationText } from '../../model/index.ts'
import { keyName } from '../scene/actions.ts'
import { decisionsOf } from '../scene/approvals.ts'
import { positionOf, shortRun } from '../scene/walk.ts'
import type { ScreenState } from '../state/screen-state.ts'
import { counted } from '../text/counting.ts'
import { type Look, proseLines, safe, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'
import { clockText, spokenDuration } from '../text/time-text.ts'
import { wrapExact } from '../text/width.ts'

/** What a run came to: result, counts, phases, deviations, notes, and what to type next. */
export function finishLines(look: Look, state: ScreenState, next: readonly string[]): Line[] {
  const { scene } = state
  const { need } = scene
  const run = scene.state
  const result = need.kind === 'finished' ? need.result : ''
  const deviations = deviationsOf(run)
  const endedMs = run.lastAtMs
  return [
    row('Result', seg(safe(look, result), result === 'passed' || result === 'rolled-back' ? 'passed' : 'failed')),
    row('Steps', seg(countsText(state))),
    row(
      'Run',
      seg(
        `${safe(look, shortRun(run))}  ${safe(look, scene.walk.runbook.title)} ${safe(look, run.start?.release ?? '')}${run.start?.env == null ? '' : `, ${safe(look, run.start.env)}`}`,
      ),
    ),
    row('Operator', seg(safe(look, run.operator?.principal ?? ''))),
    row(
      'Time',
      seg(
        `${clockText(run.startedAtMs)} to ${clockText(endedMs)}, ${spokenDuration(Math.max(0, endedMs - run.startedAtMs))}`,
      ),
    ),
    ...(run.interruptions === 0 ? [] : [row('Resumed', seg(counted(run.interruptions, 'time')))]),
    row('Seal', seg(`signed by ${safe(look, run.operator?.principal ?? 'the operator')} when this screen is left`)),
    ...next.flatMap((command, index) => commandLines(look, index === 0 ? 'Next' : '', command)),
    [],
    ...phaseLines(look, state),
    [],
    ...decisionLines(look, state),
    row('Deviations', seg(String(deviations.length), deviations.length > 0 ? 'strong' : 'plain')),
    ...deviations.flatMap(one => proseLines(look, deviationText(one), look.columns, '   ')),
    row('Notes', seg(String(run.notes.length), run.notes.length > 0 ? 'strong' : 'plain')),
    ...run.notes.flatMap(note =>
      proseLines(look, `${clockText(note.atMs).slice(0, 5)} ${note.by}: ${note.text}`, look.columns, '   '),
    ),
    [seg(` ${keyName(state.keys, 'proceed')} leaves; ${keyName(state.keys, 'transcript')} shows the transcript.`)],
  ]
}

function row(label: string, value: Line[number]): Line {
  return [seg(` ${label.padEnd(11)}`, 'strong'), value]
}

/** A command is never cut: somebody types or copies it. */
function commandLines(look: Look, label: string, command: string): Line[] {
  const rows = wrapExact(safe(look, command), look.columns - 13)
  return rows.map((text, index) => row(index === 0 ? label : '', seg(text, 'strong')))
}

function countsText({ scene }: ScreenState): string {
  const { passed, failed, unknown, open } = countSteps(scene.state)
  const walked = [...scene.state.steps.values()].filter(({ planned }) => planned.flow === 'main')
  const of = (kind: string): number => walked.filter(({ status }) => status.kind === kind).length
  const parts = [
    `${passed} passed`,
    ...(of('skipped') > 0 ? [`${of('skipped')} skipped`] : []),
    ...(of('not-applicable') > 0 ? [`${of('not-applicable')} not applicable`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} of unknown outcome`] : []),
    ...(open > 0 ? [`${open} open`] : []),
  ]
  return parts.join(', ')
}

/** Who opened the gates, or closed them, and why. */
function decisionLines(look: Look, { scene }: ScreenState): Line[] {
  const decisions = decisionsOf(scene)
  if (decisions.length === 0) return []
  return [
    row('Decisions', seg(String(decisions.length), 'strong')),
    ...decisions.flatMap(({ step, text }) =>
      proseLines(look, `${positionOf(scene.walk, step)} ${text}`, look.columns, '   '),
    ),
  ]
}

/** A row a phase that was walked: how many of its steps are done. */
function phaseLines(look: Look, { scene, outline }: ScreenState): Line[] {
  return outline.flatMap((one): Line[] => {
    if (one.kind !== 'heading' || one.depth > 0) return []
    const kinds = one.steps.map(id => scene.state.steps.get(id)?.status.kind ?? 'pending')
    const done = kinds.filter(kind => kind === 'passed' || kind === 'skipped' || kind === 'not-applicable').length
    return [
      [
        seg(
          ` ${' '.repeat(11)}${done}/${kinds.length}  ${safe(look, one.section.position)} ${safe(look, one.section.title)}`,
        ),
      ],
    ]
  })
}
