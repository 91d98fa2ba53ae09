import type { Need } from '../../model/index.ts'
import { counted, numbersTo } from '../text/counting.ts'
import { durationText, stopwatchText } from '../text/time-text.ts'
import { silentMs } from './silence.ts'
import { SEEN, type Seen, type SeenState, seenOf } from './status.ts'
import { type Scene, shortRun } from './walk.ts'

/** What is needed now, in one sentence for row 2; not cleaned. */
export interface NeedText {
  readonly state: SeenState
  /** In capitals: `NEEDS YOU`. */
  readonly label: string
  /** The step, by position and title: cut first where there is no room. */
  readonly title: string
  /** What to do, and by which key. */
  readonly ask: string
}

export function needText(scene: Scene, nowMs: number, picked: string): NeedText {
  const { need } = scene
  if (need.kind === 'finished')
    return {
      state: need.result === 'passed' ? 'passed' : 'failed',
      label: 'FINISHED',
      title: need.result,
      ask: 'Enter leaves',
    }
  const step = scene.walk.steps.get(need.step)
  const title = `${step?.position ?? need.step} ${step?.title ?? ''}`.trim()
  const seen = seenOf(scene, need.step, nowMs)
  switch (need.kind) {
    case 'run':
      return of('ready', 'READY', title, runText(need, step?.interaction === 'terminal'))
    case 'confirm':
      return of(
        'needs',
        'NEEDS YOU',
        title,
        `${need.evidence === null ? 'Space ticks' : `Space asks for ${need.evidence.name}`}, c cannot confirm`,
      )
    case 'manual':
      return of('needs', 'NEEDS YOU', title, 'do this, then Enter')
    case 'choose':
      return of('needs', 'NEEDS YOU', title, chooseText(need, picked))
    case 'condition':
      return of('needs', 'NEEDS YOU', title, `"${need.when}"? y or n, for ${counted(need.steps.length, 'step')}`)
    case 'values':
      return of('blocked', 'NEEDS YOU', title, `f fills ${need.names.join(', ')}`)
    case 'form':
      return of('needs', 'NEEDS YOU', title, 'Enter fills in the form')
    case 'gate':
      return gateText(scene, need, title)
    case 'wait':
      return waitText(need, title, nowMs)
    case 'running':
      return of('running', 'RUNNING', title, `${runningFor(scene, need, nowMs)}: Ctrl-C stop options, p pause after`)
    case 'decide':
      return decideText(scene, need, title, seen)
    case 'changed':
      return of(
        'needs',
        'NEEDS YOU',
        title,
        `the runbook file ${need.now === null ? 'is gone: Enter decides' : 'has changed: Enter shows how'}`,
      )
    case 'blocked':
      return of('blocked', 'BLOCKED', title, `${need.why}: e edits it, m by hand, s skip`)
    default:
      need satisfies never
      return of('needs', 'NEEDS YOU', title, '')
  }
}

function runText({ level }: Extract<Need, { kind: 'run' }>, inTerminal: boolean): string {
  if (level !== 'L1') return 'Enter opens the review'
  return inTerminal ? 'Enter runs it in this terminal' : 'Enter runs it'
}

/** The symbol of a state, or its ASCII form. */
export function symbolOf(state: SeenState, ascii: boolean): string {
  return ascii ? SEEN[state].ascii : SEEN[state].symbol
}

function chooseText(need: Extract<Need, { kind: 'choose' }>, picked: string): string {
  const option = need.options[Number(picked) - 1]
  return option === undefined
    ? `choose ${numbersTo(need.options.length)}, then Enter`
    : `Enter takes ${picked} ${option}`
}

function gateText(scene: Scene, need: Extract<Need, { kind: 'gate' }>, title: string): NeedText {
  if (need.asksText !== null) return of('needs', 'NEEDS YOU', title, `Enter asks for "${need.asksText}"`)
  const signed = scene.state.gates.get(need.step)?.approvals.length ?? 0
  const position = title.split(' ')[0] ?? ''
  // Where no roles are named, any two different signers decide.
  const asked = Math.max(need.approvers.length, need.approvers.length === 0 ? 2 : 1)
  return of(
    'needs',
    'NEEDS APPROVAL',
    position,
    `${signed} of ${asked} signed; they run  signoff approve ${shortRun(scene.state)} ${position}`,
  )
}

/** A probe that must pass all along and fails needs a person at once, while the time runs on. */
function waitText(need: Extract<Need, { kind: 'wait' }>, title: string, nowMs: number): NeedText {
  const { probe = null } = need
  const left = need.untilMs > nowMs ? `${stopwatchText(need.untilMs - nowMs)} left` : ''
  if (probe === null) return of('waiting', 'WAITING', title, `${left || stopwatchText(0)}: t ends or extends it`)
  if (probe.notPolled !== null)
    return of('needs', 'NEEDS YOU', title, `its check is not polled, ${probe.notPolled}: u runs it, t for more`)
  const until = probe.limitMs === null ? '' : `, gives up in ${stopwatchText(probe.limitMs - nowMs)}`
  const last = probe.last === null ? 'first check' : `check ${probe.polls} ${probe.last}`
  const text = `${left === '' ? '' : `${left}, `}${last}, every ${durationText(probe.everyMs)}${until}: t for more`
  return probe.watches && probe.last === 'failed'
    ? of('needs', 'NEEDS YOU', title, text)
    : of('waiting', 'WAITING', title, text)
}

function runningFor(scene: Scene, need: Extract<Need, { kind: 'running' }>, nowMs: number): string {
  const limit = scene.walk.steps.get(need.step)?.timeoutMs ?? null
  const since = stopwatchText(nowMs - need.sinceMs)
  const silent = silentMs(need, nowMs)
  const time = limit === null ? since : `${since} of ${durationText(limit)}`
  return silent === null ? time : `${time}, silent for ${durationText(silent)}`
}

function decideText(scene: Scene, need: Extract<Need, { kind: 'decide' }>, title: string, seen: Seen): NeedText {
  const contacts = scene.walk.runbook.contacts.length === 0 ? '' : '  C contacts'
  const task = scene.walk.steps.get(need.step)?.kind === 'task' ? '  e edit' : ''
  const keys = `r retry${task}  s skip  m by hand${need.recovery === null ? '' : '  x recovery'}${contacts}`
  switch (need.state) {
    case 'unknown':
      return of('unknown', 'OUTCOME UNKNOWN', title, 'Enter decides what is true')
    case 'no-go':
      return of('failed', 'NO-GO', title, `r ask again  ${need.recovery === null ? '' : 'x recovery  '}q pause or end`)
    default:
      return of(seen.state, seen.word.toUpperCase(), title, keys)
  }
}

function of(state: SeenState, label: string, title: string, ask: string): NeedText {
  return { state, label, title, ask }
}
