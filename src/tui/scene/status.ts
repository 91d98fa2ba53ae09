import type { StepRecord, StepStatus } from '../../model/index.ts'
import { isEnded } from '../../model/index.ts'
import type { Tone } from '../text/theme.ts'
import { durationText, stopwatchText } from '../text/time-text.ts'
import { neededStep, type Scene } from './walk.ts'

/** The thirteen states that a person sees; the word is always beside the symbol. */
export type SeenState =
  | 'pending'
  | 'ready'
  | 'running'
  | 'needs'
  | 'waiting'
  | 'passed'
  | 'failed'
  | 'stopped'
  | 'skipped'
  | 'not-applicable'
  | 'blocked'
  | 'rolled-back'
  | 'unknown'

export const SEEN: Readonly<
  Record<SeenState, { readonly symbol: string; readonly ascii: string; readonly tone: Tone }>
> = {
  pending: { symbol: '◌', ascii: '[ ]', tone: 'plain' },
  ready: { symbol: '▸', ascii: '[>]', tone: 'ready' },
  running: { symbol: '↻', ascii: '[*]', tone: 'running' },
  needs: { symbol: '⚑', ascii: '[?]', tone: 'needs' },
  waiting: { symbol: '⧗', ascii: '[@]', tone: 'running' },
  passed: { symbol: '✔', ascii: '[+]', tone: 'passed' },
  failed: { symbol: '✖', ascii: '[x]', tone: 'failed' },
  stopped: { symbol: '!', ascii: '[!]', tone: 'stopped' },
  skipped: { symbol: '↷', ascii: '[-]', tone: 'skipped' },
  'not-applicable': { symbol: '∅', ascii: '[~]', tone: 'plain' },
  blocked: { symbol: '⊘', ascii: '[#]', tone: 'stopped' },
  'rolled-back': { symbol: '↺', ascii: '[<]', tone: 'rolled-back' },
  unknown: { symbol: '?', ascii: '[??]', tone: 'unknown' },
}

export interface Seen {
  readonly state: SeenState
  readonly word: string
}

/** How a step stands, in the words of docs/terminal.md, section 3. */
export function seenOf(scene: Scene, id: string, nowMs: number): Seen {
  const record = scene.state.steps.get(id)
  if (record === undefined) return { state: 'pending', word: 'pending' }
  if (isRolledBack(scene, id, record.status)) return { state: 'rolled-back', word: 'rolled back' }
  const current = neededStep(scene) === id
  if (scene.state.running?.step === id) return running(scene, id)
  if (!isEnded(record.status) && [...scene.state.blockers.values()].some(({ step }) => step === id))
    return { state: 'blocked', word: 'blocked by a note' }
  return fromStatus(scene, record, current, nowMs)
}

function fromStatus(scene: Scene, record: StepRecord, current: boolean, nowMs: number): Seen {
  const { status } = record
  switch (status.kind) {
    case 'pending':
      return current ? asked(scene) : { state: 'pending', word: 'pending' }
    case 'running':
      return { state: 'running', word: 'running' }
    case 'waiting':
      return { state: 'waiting', word: `waiting ${stopwatchText(status.untilMs - nowMs)} left` }
    case 'open-gate':
      return { state: 'needs', word: 'needs approval' }
    case 'passed':
      return { state: 'passed', word: passedWord(status.how) }
    case 'failed':
      return status.why === 'cancelled'
        ? { state: 'stopped', word: stoppedWord(record) }
        : { state: 'failed', word: failedWord(status) }
    case 'skipped':
      return { state: 'skipped', word: 'skipped' }
    case 'not-applicable':
      return { state: 'not-applicable', word: status.cause === 'other-option' ? 'not chosen' : 'not applicable' }
    case 'unknown':
      return { state: 'unknown', word: 'outcome unknown' }
    default:
      status satisfies never
      return { state: 'pending', word: 'pending' }
  }
}

function asked(scene: Scene): Seen {
  if (scene.need.kind === 'run') return { state: 'ready', word: 'ready' }
  if (scene.need.kind === 'blocked') return { state: 'blocked', word: 'blocked' }
  if (scene.need.kind === 'values')
    return { state: 'blocked', word: `blocked by ${scene.need.names[0] ?? 'a value'} unfilled` }
  return { state: 'needs', word: 'needs you' }
}

function running(scene: Scene, id: string): Seen {
  const endless = scene.walk.steps.get(id)?.interaction === 'endless'
  return { state: 'running', word: endless ? 'running until you stop it' : 'running' }
}

function passedWord(how: Extract<StepStatus, { kind: 'passed' }>['how']): string {
  if (how === 'go') return 'GO'
  return how === 'by-hand' ? 'resolved by hand' : 'passed'
}

function failedWord(status: Extract<StepStatus, { kind: 'failed' }>): string {
  switch (status.why) {
    case 'exit':
      return status.exit === null ? 'failed' : `failed, exit ${status.exit}`
    case 'timed-out':
      return `timed out after ${durationText(status.ms)}`
    case 'declined':
      return status.by === null ? 'declined' : `declined by ${status.by}`
    case 'no-go':
      return 'NO-GO'
    case 'cancelled':
      return 'stopped'
    default:
      status.why satisfies never
      return 'failed'
  }
}

/** `stopped by Kim Lee (SIGTERM)`. */
function stoppedWord({ status, lastEnd }: StepRecord): string {
  const by = (status.kind === 'failed' ? status.by : null) ?? lastEnd?.stoppedBy ?? null
  const signal = lastEnd?.signal == null ? '' : ` (${lastEnd.signal})`
  return `stopped${by === null ? '' : ` by ${by}`}${signal}`
}

/** A task of the main flow that a finished recovery has undone: those of the phase, or of the whole document. */
function isRolledBack(scene: Scene, id: string, status: StepStatus): boolean {
  const { recovery } = scene.state
  if (recovery?.ended !== 'complete' || status.kind !== 'passed' || recovery.steps.includes(id)) return false
  const place = scene.walk.places.get(id)
  const undone =
    recovery.for === null || recovery.for === id || [place?.phase.id, place?.section.id].includes(recovery.for)
  return undone && scene.walk.steps.get(id)?.kind === 'task'
}
