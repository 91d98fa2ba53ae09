import type { EventOf, Need, StepRecord } from '../../model/index.ts'
import { countSteps, deviationsOf, deviationText, isEnded } from '../../model/index.ts'
import { cleanText } from '../text/clean.ts'
import { counted } from '../text/counting.ts'
import { clockText, deadlineText, spokenDuration } from '../text/time-text.ts'
import { standingOfGate } from './approvals.ts'
import { unmetText } from './narrate.ts'
import { needText } from './need-text.ts'
import { seenOf } from './status.ts'
import { positionOf, type Scene } from './walk.ts'

/** Who holds a run, as its locks tell. */
export interface Holder {
  readonly principal: string
  readonly pid: number
  readonly host: string
  /** Of the lock nothing can be read but whose it is. */
  readonly unreadable?: boolean
}

/** Where a run stands for somebody who only looks at it. */
export type Standing = 'held' | 'paused' | 'interrupted' | 'ended' | 'sealed'

export interface StatusFacts {
  readonly holder: Holder | null
  readonly sealed: boolean
}

export function standingOf({ state }: Pick<Scene, 'state'>, { holder, sealed }: StatusFacts): Standing {
  if (sealed) return 'sealed'
  if (holder !== null) return 'held'
  if (state.result !== null) return 'ended'
  return state.paused === null ? 'interrupted' : 'paused'
}

/** What is needed now, and of whom; null once the run has ended. */
export interface Needed {
  readonly step: string
  readonly position: string
  readonly title: string
  readonly kind: Exclude<Need['kind'], 'finished'>
  readonly what: string
  /** Principals, or roles that are mapped to nobody; empty where only the time or a script must end. */
  readonly of: readonly string[]
}

export function neededOf(scene: Scene): Needed | null {
  const { need, state, walk } = scene
  if (need.kind === 'finished') return null
  const step = walk.steps.get(need.step)
  const waits = need.kind === 'running' || need.kind === 'wait'
  return {
    step: need.step,
    position: positionOf(walk, need.step),
    title: step?.title ?? '',
    kind: need.kind,
    what: whatOf(scene, need),
    of: need.kind === 'gate' ? approversLeft(scene, need) : waits ? [] : [state.operator?.principal ?? 'the operator'],
  }
}

/** Where a run stands, in lines for a person; cleaned. */
export function statusLines(scene: Scene, facts: StatusFacts, nowMs: number): string[] {
  const { state, walk } = scene
  const { start, offer, running } = state
  const counts = countSteps(state)
  const total = counts.passed + counts.failed + counts.skipped + counts.unknown + counts.open
  const needed = neededOf(scene)
  const lines = [
    `Run ${start?.run ?? '?'} of "${walk.runbook.title}", release ${start?.release ?? '?'}${start?.env == null ? '' : `, environment ${start.env}`}.`,
    `Begun ${dayText(state.startedAtMs)}, operated by ${state.operator?.principal ?? '?'}. ${heldText(scene, facts)}`,
    ...(offer === null
      ? []
      : [
          `On offer to ${offer.event.to} since ${clockText(offer.atMs)}${noteOf(offer.event)}.${refusedText(offer.refused)}`,
        ]),
    `Done: ${counts.passed + counts.skipped} of ${total}; ${counts.skipped} skipped, ${counts.failed} failed, ${counts.unknown} of unknown outcome.`,
    ...phaseLines(scene, nowMs),
    ...(running === null
      ? []
      : [
          `Running: ${positionOf(walk, running.step)} ${walk.steps.get(running.step)?.title ?? ''}, attempt ${running.attempt}, since ${clockText(running.sinceMs)}, for ${spokenDuration(nowMs - running.sinceMs)}.`,
        ]),
    ...(needed === null || needed.kind === 'running' ? [] : [neededLine(needed), ...unmetLines(scene, needed)]),
    ...deviationLines(deviationsOf(scene.state).map(deviationText)),
  ]
  return lines.map(line => cleanText(line))
}

/** One line for what is needed now, cleaned by whoever prints it. */
export function neededLine({ position, title, what, of }: Needed): string {
  return `Needed: ${position} ${title}: ${what}${of.length === 0 ? '' : `; of ${of.join(', ')}`}.`
}

function heldText(scene: Scene, facts: StatusFacts): string {
  const { holder } = facts
  switch (standingOf(scene, facts)) {
    case 'sealed':
      return `Ended, ${scene.state.result ?? '?'}, and sealed.`
    case 'held':
      if (holder?.unreadable === true) return `Held by ${holder.principal}, whose lock may not be read here.`
      return `Held by ${holder?.principal ?? '?'}, process ${holder?.pid ?? '?'} on ${holder?.host ?? '?'}.`
    case 'ended':
      return `Ended, ${scene.state.result ?? '?'}, not sealed: signoff resume seals it.`
    case 'paused':
      return `Paused at ${clockText(scene.state.lastAtMs)}: ${scene.state.paused?.reason ?? ''}. Nobody holds it.`
    case 'interrupted':
      return 'Nobody holds it: it was cut off, and signoff resume goes on with it.'
    default:
      return ''
  }
}

/** A line for each phase; of the one that is walked now, its steps. */
function phaseLines(scene: Scene, nowMs: number): string[] {
  const { state, need, walk } = scene
  const here = need.kind === 'finished' ? null : (walk.places.get(need.step)?.phase.id ?? null)
  return walk.runbook.phases.flatMap(phase => {
    const records = [...state.steps.values()].filter(({ planned }) => planned.phase === phase.id)
    const forward = records.filter(({ planned }) => planned.flow === 'main')
    // A way back is no part of the way forward: it counts once it is walked, and by itself.
    const back = records.filter(({ planned }) => state.recovery?.steps.includes(planned.id) === true)
    const lines = [
      ...(forward.length === 0 ? [] : [`  ${phase.position} ${phase.title}: ${doneText(forward)}`]),
      ...(back.length === 0 ? [] : [`  ${phase.position} ${phase.title}, way back: ${doneText(back)}`]),
    ]
    if (phase.id !== here) return lines
    const walked = state.recovery === null ? forward : back
    const steps = walked.map(
      ({ planned }) => `    ${planned.position} ${planned.title}: ${seenOf(scene, planned.id, nowMs).word}`,
    )
    return [...lines, ...steps]
  })
}

/** What a failed step was held against and did not meet, beside the decision that it needs. */
function unmetLines({ state }: Scene, { step, kind }: Needed): string[] {
  return kind === 'decide' ? unmetOf(state, step).map(check => `  Not met: ${unmetText(check)}.`) : []
}

/** Checks of the last attempt that were not met. */
export function unmetOf(state: Scene['state'], step: string): StepRecord['checks'] {
  return (state.steps.get(step)?.checks ?? []).filter(({ ok }) => !ok)
}

function doneText(records: readonly StepRecord[]): string {
  return `${records.filter(({ status }) => isEnded(status)).length} of ${records.length} done`
}

function whatOf(scene: Scene, need: Exclude<Need, { kind: 'finished' }>): string {
  switch (need.kind) {
    case 'run':
      return 'to be run'
    case 'confirm':
      return need.evidence === null ? 'to be confirmed' : `to be confirmed, with ${need.evidence.name}`
    case 'manual':
      return 'to be done by hand, and recorded'
    case 'choose':
      return `a choice: ${need.options.join(' | ')}`
    case 'condition':
      return `whether it applies: "${need.when}"`
    case 'values':
      return `a value for ${need.names.join(', ')}`
    case 'form':
      return 'a form to be filled in'
    case 'gate': {
      const gate = scene.state.gates.get(need.step)
      const left = (gate?.event.need.length ?? 0) - (gate?.approvals.length ?? 0)
      return `${counted(Math.max(0, left), 'approval')} by signature`
    }
    case 'wait':
      return `waits until ${deadlineText(need.untilMs, scene.state.lastAtMs)}`
    case 'running':
      return 'it is running'
    case 'decide':
      return `a decision: ${need.state}`
    case 'held':
      return `blocked by ${need.by}: ${need.reason}`
    case 'blocked':
      return need.why
    case 'changed':
      return needText(scene, 0, '').ask.replace(/:.*/, '')
    default:
      need satisfies never
      return ''
  }
}

/** Who can still give one of the approvals that a gate lacks. */
function approversLeft(scene: Scene, need: Extract<Need, { kind: 'gate' }>): string[] {
  const step = scene.walk.steps.get(need.step)
  if (step === undefined) return []
  const { missing } = standingOfGate(scene, step)
  if (missing.every(({ role, people }) => role === null && people.length === 0)) return ['any signer but the operators']
  return missing.map(({ name, role, people }) =>
    role === null || people.length === 0 ? name : `${role} (${people.join(' or ')})`,
  )
}

function deviationLines(texts: readonly string[]): string[] {
  return texts.length === 0
    ? ['Deviations: none.']
    : [`Deviations: ${texts.length}.`, ...texts.map(text => `  ${text}`)]
}

function noteOf({ note }: EventOf<'handoff.offer'>): string {
  return note === null ? '' : `: ${note}`
}

function refusedText(refused: Iterable<string>): string {
  const reasons = [...refused]
  return reasons.length === 0 ? '' : ` Acceptances refused: ${reasons.join(', ')}.`
}

function dayText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
