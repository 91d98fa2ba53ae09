import type { Need } from '../../model/index.ts'
import { counted, numbersTo } from '../text/counting.ts'
import { durationText, stopwatchText } from '../text/time-text.ts'
import { type ActionName, DEFAULT_KEYS, type KeyMap, keyName } from './actions.ts'
import { standingOfGate } from './approvals.ts'
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
  /** The title where that has no room. */
  readonly short?: string
  /** What to do, and by which key. */
  readonly ask: string
}

/** @param keys as the person has them. */
export function needText(scene: Scene, nowMs: number, picked: string, keys: KeyMap = DEFAULT_KEYS): NeedText {
  const { need } = scene
  const key = (action: ActionName): string => keyName(keys, action)
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
        `${key('tick')} ${need.evidence === null ? 'ticks' : `asks for ${need.evidence.name}`}, ${key('cannot')} cannot confirm`,
      )
    case 'manual':
      return of('needs', 'NEEDS YOU', title, 'do this, then Enter')
    case 'choose':
      return of('needs', 'NEEDS YOU', title, chooseText(need, picked))
    case 'condition':
      return of('needs', 'NEEDS YOU', title, `y or n: "${need.when}"? for ${counted(need.steps.length, 'step')}`)
    case 'values':
      return of('blocked', 'NEEDS YOU', title, `${key('fill')} fills ${need.names.join(', ')}`)
    case 'form':
      return of('needs', 'NEEDS YOU', title, 'Enter fills in the form')
    case 'gate':
      return gateText(scene, need, title)
    case 'wait':
      return waitText(need, title, nowMs, key)
    case 'running':
      return {
        ...of(
          'running',
          'RUNNING',
          `${title}, ${runningFor(scene, need, nowMs)}`,
          `${key('stop')} stop options, ${key('pause-after')} pause after`,
        ),
        short: `${step?.position ?? ''}, ${runningFor(scene, need, nowMs)}`,
      }
    case 'decide':
      return decideText(scene, need, title, seen, key)
    case 'changed':
      return of(
        'needs',
        'NEEDS YOU',
        title,
        `the runbook file ${need.now === null ? 'is gone: Enter decides' : 'has changed: Enter shows how'}`,
      )
    case 'held':
      return of('blocked', 'BLOCKED', title, `${key('block')} lifts it: "${need.reason}", ${need.by}`)
    case 'blocked':
      return of(
        'blocked',
        'BLOCKED',
        title,
        `${need.why}: ${key('edit')} edits it, ${key('by-hand')} by hand, ${key('skip')} skip`,
      )
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
  const position = title.split(' ')[0] ?? ''
  const { given, needed } = standingOfGate(scene, { id: need.step, approvers: [...need.approvers] })
  return of(
    'needs',
    'NEEDS APPROVAL',
    position,
    `${given.length} of ${needed}, by  signoff approve ${shortRun(scene.state)} ${position}`,
  )
}

/** A probe that must pass all along and fails needs a person at once, while the time runs on. */
function waitText(need: Extract<Need, { kind: 'wait' }>, title: string, nowMs: number, key: KeyOf): NeedText {
  const { probe = null } = need
  const left = need.untilMs > nowMs ? `${stopwatchText(need.untilMs - nowMs)} left` : ''
  if (probe === null)
    return of('waiting', 'WAITING', title, `${left || stopwatchText(0)}: ${key('wait')} ends or extends it`)
  if (probe.notPolled !== null)
    return of(
      'needs',
      'NEEDS YOU',
      title,
      `its check is not polled, ${probe.notPolled}: ${key('offer')} runs it, ${key('wait')} for more`,
    )
  const until = probe.limitMs === null ? '' : `, gives up in ${stopwatchText(probe.limitMs - nowMs)}`
  const last = probe.last === null ? 'first check' : `check ${probe.polls} ${probe.last}`
  const text = `${left === '' ? '' : `${left}, `}${last}, every ${durationText(probe.everyMs)}${until}: ${key('wait')} for more`
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

/** `2.2, exit 1 after 00:44: r retry  e edit …`: what has happened to which step, and the ways on. */
function decideText(
  scene: Scene,
  need: Extract<Need, { kind: 'decide' }>,
  title: string,
  seen: Seen,
  key: KeyOf,
): NeedText {
  const step = scene.walk.steps.get(need.step)
  const record = scene.state.steps.get(need.step)
  const contacts = scene.walk.runbook.contacts.length === 0 ? '' : `  ${key('contacts')} contacts`
  const edit = step?.kind === 'task' ? `  ${key('edit')} edit` : ''
  const recovery = need.recovery === null ? '' : `  ${key('recover')} recovery`
  const ways = `${key('retry')} retry${edit}  ${key('skip')} skip  ${key('by-hand')} by hand${recovery}${contacts}`
  const position = step?.position ?? need.step
  const after = record?.lastEnd == null ? '' : ` after ${stopwatchText(record.lastEnd.ms)}`
  switch (need.state) {
    case 'unknown':
      return of('unknown', 'OUTCOME UNKNOWN', title, 'Enter decides what is true')
    case 'no-go':
      return of('failed', 'NO-GO', title, `${key('retry')} ask again${recovery}  ${key('pause')} pause or end`)
    case 'failed': {
      const how = seen.word.replace(/^failed(?:, )?/, '')
      const short = `${position}${how === '' ? '' : `, ${how}`}`
      return { ...of('failed', 'FAILED', `${short}${after}`, ways), short }
    }
    case 'timed-out':
      return { ...of('failed', 'TIMED OUT', `${position}${after}`, ways), short: position }
    case 'cancelled':
      return {
        ...of('stopped', 'STOPPED', `${position}${seen.word.replace(/^stopped/, '')}${after}`, ways),
        short: position,
      }
    case 'declined':
      return of('failed', 'DECLINED', `${position}${seen.word.replace(/^declined/, '')}`, ways)
    default:
      need.state satisfies never
      return of(seen.state, seen.word.toUpperCase(), title, ways)
  }
}

type KeyOf = (action: ActionName) => string

function of(state: SeenState, label: string, title: string, ask: string): NeedText {
  return { state, label, title, ask }
}
