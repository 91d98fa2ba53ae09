import type { StepRecord } from '../../../model/index.ts'

/** The states that a reader filters by. */
export const STATES = ['passed', 'failed', 'unknown', 'skipped', 'not-applicable', 'open', 'not-entered'] as const
export type State = (typeof STATES)[number]

/** A state as a reader meets it: the word is always there, symbol and colour repeat it. */
export interface ShownState {
  readonly state: State
  readonly symbol: string
  readonly word: string
}

/** @param touched whether anything is recorded of the step. */
export function shownState({ planned, status }: StepRecord, touched: boolean): ShownState {
  switch (status.kind) {
    case 'passed':
      return { state: 'passed', symbol: '✔', word: status.how === 'go' ? 'GO' : PASSED[status.how] }
    case 'failed':
      return { state: 'failed', symbol: '✖', word: failedWord(status.why, status.exit) }
    case 'skipped':
      return { state: 'skipped', symbol: '↷', word: status.how === 'jump' ? 'jumped over' : 'skipped' }
    case 'not-applicable':
      return { state: 'not-applicable', symbol: '∅', word: NOT_APPLICABLE[status.cause] }
    case 'unknown':
      return { state: 'unknown', symbol: '?', word: 'outcome unknown' }
    case 'running':
      return { state: 'open', symbol: '↻', word: 'running' }
    case 'waiting':
      return { state: 'open', symbol: '⧗', word: 'waiting' }
    case 'open-gate':
      return { state: 'open', symbol: '⚑', word: 'waiting for approval' }
    case 'pending':
      return planned.flow !== 'main' && !touched
        ? { state: 'not-entered', symbol: '·', word: 'not entered' }
        : { state: 'open', symbol: '◌', word: 'open' }
    default:
      status satisfies never
      return { state: 'open', symbol: '◌', word: 'open' }
  }
}

/** The names of states, for filters. */
export const STATE_WORDS: Readonly<Record<State, { readonly symbol: string; readonly word: string }>> = {
  passed: { symbol: '✔', word: 'passed' },
  failed: { symbol: '✖', word: 'failed' },
  unknown: { symbol: '?', word: 'unknown' },
  skipped: { symbol: '↷', word: 'skipped' },
  'not-applicable': { symbol: '∅', word: 'not applicable' },
  open: { symbol: '◌', word: 'open' },
  'not-entered': { symbol: '·', word: 'not entered' },
}

const PASSED = {
  script: 'passed',
  confirmed: 'confirmed',
  chosen: 'chosen',
  filled: 'filled in',
  waited: 'waited',
  'by-hand': 'resolved by hand',
} as const

const NOT_APPLICABLE = {
  person: 'not applicable',
  'other-option': 'not chosen',
  condition: 'not applicable',
  selection: 'not selected',
} as const

function failedWord(why: Extract<StepRecord['status'], { kind: 'failed' }>['why'], exit: number | null): string {
  switch (why) {
    case 'exit':
      return exit === null ? 'failed' : `failed, exit ${exit}`
    case 'timed-out':
      return 'timed out'
    case 'cancelled':
      return 'stopped'
    case 'declined':
      return 'declined'
    case 'no-go':
      return 'NO-GO'
    default:
      why satisfies never
      return 'failed'
  }
}
