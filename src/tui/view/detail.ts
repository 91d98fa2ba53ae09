import type { Step } from '../../model/index.ts'
import { symbolOf } from '../scene/need-text.ts'
import { SEEN, seenOf } from '../scene/status.ts'
import { inProduction, metadataAround } from '../scene/walk.ts'
import { lookedAt, type ScreenState } from '../state/screen-state.ts'
import { counted } from '../text/counting.ts'
import { evidenceText } from '../text/evidence-text.ts'
import { bounded, cut, exactLines, type Look, pad, proseLines, safe, seg } from '../text/look.ts'
import { markSubstituted } from '../text/substituted.ts'
import type { Line } from '../text/theme.ts'
import { clockText, durationText } from '../text/time-text.ts'
import { widthOf, wrapProse } from '../text/width.ts'
import { contactRows } from './contacts.ts'
import { gateLines } from './gate.ts'

/** All that is known of the step that is looked at, as rows of at most `width` cells; the caller takes a window. */
export function detailLines(look: Look, state: ScreenState, width: number): Line[] {
  const id = lookedAt(state)
  const step = id === null ? undefined : state.scene.walk.steps.get(id)
  if (step === undefined) return [[seg(' no step')]]
  return [
    ...titleLines(look, state, step, width),
    ...factLines(look, state, step, width),
    ...(state.scene.walk.runbook.details.get(step.id)?.detail ?? []).flatMap(text =>
      proseLines(look, text, width, ' '),
    ),
    ...failureLines(look, state, step, width),
    ...scriptLines(look, state, step, width),
    ...expectLines(look, step, width),
    ...offerLines(look, state, step, width),
    ...optionLines(look, state, step, width),
    ...gateLines(look, state, step, width),
    ...formLines(look, state, step, width),
    ...noteLines(look, state, step, width),
  ].map(line => bounded(look, line, width))
}

/** The whole title, in as many rows as it takes; kind, risk and place stand right of it where there is room. */
function titleLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  const risk = step.script === null ? '' : `, ${step.risk}`
  const production = inProduction(state.scene, step.id) ? ', PRODUCTION' : ''
  const place = `${safe(look, state.scene.walk.runbook.path.split('/').at(-1) ?? '')}:${step.line}`
  const about = `${step.kind}${risk}${production}  ${place}`
  const focus = state.pane === 'detail' ? (look.ascii ? '>' : '»') : ' '
  const title = `${focus}${safe(look, step.position)} ${safe(look, step.title)}`
  const room = width - widthOf(about) - 2
  if (widthOf(title) <= room) return [[seg(pad(look, title, room), 'strong'), seg(`  ${about}`)]]
  return [...wrapProse(title, width).map((line): Line => [seg(line, 'strong')]), [seg(` ${about}`)]]
}

function factLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  const { scene } = state
  const record = scene.state.steps.get(step.id)
  const seen = seenOf(scene, step.id, state.nowMs)
  const facts = [
    ...(step.owners.length > 0 ? [`Owner ${step.owners.join(' + ')}`] : []),
    ...(step.durationMs !== null ? [`Planned ${durationText(step.durationMs)}`] : []),
    ...(step.timeoutMs !== null ? [`Time limit ${durationText(step.timeoutMs)}`] : []),
    ...(record !== undefined && record.attempts > 1 ? [`Attempt ${record.attempts}`] : []),
    ...(step.required ? [] : ['not required']),
  ]
  const flow = scene.walk.runbook.flows.recovery.find(
    f => step.recovery !== null && (f.for ?? 'document') === step.recovery,
  )
  const status = record?.status
  const reason = status?.kind === 'skipped' ? status.reason : status?.kind === 'passed' ? status.note : null
  return [
    [
      seg(' '),
      seg(`${symbolOf(seen.state, look.ascii)} ${safe(look, seen.word)}`, SEEN[seen.state].tone),
      seg(facts.length === 0 ? '' : `   ${safe(look, facts.join('   '))}`),
    ],
    ...metadataAround(scene.walk, step.id, 'all').flatMap(text => proseLines(look, text, width, ' ')),
    ...(record?.edited == null
      ? []
      : proseLines(look, `Edited by ${record.edited.by}: "${record.edited.reason}"`, width, ' ')),
    ...(step.when === null ? [] : proseLines(look, `When  "${step.when}"`, width, ' ')),
    ...(reason === null || reason === undefined ? [] : proseLines(look, `Said  "${reason}"`, width, ' ')),
    ...(record?.observed ?? []).flatMap(seenValue =>
      proseLines(
        look,
        `Observed  ${seenValue.name} ${seenValue.value}${seenValue.unit ?? ''}${seenValue.ok === false ? ', NOT met' : seenValue.ok === true ? ', met' : ''}`,
        width,
        ' ',
      ),
    ),
    ...(flow === undefined
      ? []
      : proseLines(look, `If it fails  x opens "${flow.title}", ${counted(flow.steps.length, 'step')}`, width, ' ')),
  ]
}

/** Where a step has failed, whom to call stands above its script. */
function failureLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  const { need } = state.scene
  return need.kind === 'decide' && need.step === step.id ? contactRows(look, state, width) : []
}

function scriptLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  const { need, walk } = state.scene
  const edited = state.scene.state.steps.get(step.id)?.edited ?? null
  const entered = need.kind === 'run' && need.step === step.id ? need.script : (edited?.script ?? step.script)
  if (entered === null)
    return step.kind === 'manual' && step.original !== null ? originalLines(look, step.original, width) : []
  const template = edited !== null || entered === step.script ? null : step.script
  const slots = walk.runbook.details.get(step.id)?.slots ?? []
  return [
    [seg(` Script  ${safe(look, step.language ?? 'bash')}${edited === null ? '' : ', EDITED'}`, 'strong')],
    ...markSubstituted(template, entered, slots).flatMap((line, index) =>
      exactLines(look, line, width, index === 0 ? ' $ ' : '   '),
    ),
  ]
}

/** The text of a block that people carry out elsewhere, exactly as it stands. */
function originalLines(look: Look, original: string, width: number): Line[] {
  const lines = original.replace(/\n$/, '').split('\n')
  return lines.length < 2 ? [] : lines.flatMap(line => exactLines(look, [seg(line)], width, '   '))
}

function expectLines(look: Look, step: Step, width: number): Line[] {
  return [
    ...(step.expect === null
      ? []
      : step.expect.text
          .split('\n')
          .flatMap((line, index) => exactLines(look, [seg(line)], width, index === 0 ? ' Expected  ' : '           '))),
    ...(step.evidence === null ? [] : proseLines(look, `Asks for  ${evidenceText(step.evidence)}`, width, ' ')),
  ]
}

function offerLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  if (step.offer === null) return []
  const { need, walk } = state.scene
  const live = need.kind !== 'finished' && need.step === step.id && 'offer' in need ? need.offer : null
  const entered = live?.script ?? step.offer
  const slots = walk.runbook.details.get(step.id)?.offerSlots ?? []
  const missing =
    live === null || live.missing.length === 0
      ? 'u runs it, and ticks nothing'
      : `needs ${live.missing.join(', ')}: f fills it`
  return [
    [seg(' Offers  ', 'strong'), seg(safe(look, missing))],
    ...markSubstituted(entered === step.offer ? null : step.offer, entered, slots).flatMap((line, index) =>
      exactLines(look, line, width, index === 0 ? ' $ ' : '   '),
    ),
  ]
}

function optionLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  const { need } = state.scene
  if (step.options === null) return []
  const asked = need.kind === 'choose' && need.step === step.id
  const chosen = state.scene.state.choices.get(step.id)
  return step.options.flatMap((option, index): Line[] => {
    const picked = asked && state.picked === String(index + 1)
    const word = chosen === option.name ? '  chosen' : ''
    const text = ` ${picked ? '>' : ' '} ${index + 1} ${safe(look, option.name)}  ${counted(option.steps.length, 'step')}${word}`
    return [[seg(cut(look, text, width), picked || word !== '' ? 'strong' : 'plain')]]
  })
}

function formLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  const { need } = state.scene
  if (need.kind !== 'form' || need.step !== step.id) return []
  return need.fields.flatMap(field => proseLines(look, `${field.label}: ${field.value ?? '(asked)'}`, width, '   '))
}

function noteLines(look: Look, state: ScreenState, step: Step, width: number): Line[] {
  return state.scene.state.notes
    .filter(note => note.step === step.id)
    .flatMap(note =>
      proseLines(look, `Note  "${note.text}" ${note.by} ${clockText(note.atMs).slice(0, 5)}`, width, ' '),
    )
}
