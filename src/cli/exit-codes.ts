import type { Ending, ErrorCode, Result } from '../model/index.ts'

/** What a code means, for `signoff help exit-codes` and the table of docs/commands.md. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'complete; for `partial` runs (--only, --until) the selection is complete'],
  ['1', 'a step failed and the run stopped, or the run was aborted; lint, plan and doctor: findings of level error'],
  ['2', 'usage'],
  ['20', 'paused, or a person, a value, a key or an approval is needed'],
  ['21', 'NO-GO'],
  ['22', 'rolled back'],
  ['23', 'rollback incomplete'],
  ['24', 'another process holds the run or took it over, somebody else operates it, or the runbook changed'],
  ['65', 'runbook, answers or configuration invalid'],
  ['70', 'a bug of ours'],
  ['74', 'the journal, or the answer, could not be written'],
  ['128+n', 'ended by signal n'],
]

/** What `verify` answers with; the first that applies of 8, 4, 5, 3, 6, 7. */
export const VERIFY_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'verified'],
  ['2', 'usage'],
  ['3', 'intact but unsealed, in progress or torn'],
  ['4', 'integrity'],
  ['5', 'signature or trust'],
  ['6', 'policy'],
  ['7', 'another runbook, release or commit'],
  ['8', 'unreadable'],
  ['70', 'a bug of ours'],
  ['74', 'verified, and standard output could not be written'],
]

/** What `approve` answers with, beside 20 for a key that is missing and 65 for a request that cannot be trusted. */
export const APPROVE_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ['0', 'signed'],
  ['2', 'usage, or nothing was decided'],
  ['5', 'this key may not decide this gate: unlisted, revoked, not asked'],
  ['6', 'whoever operates the run, or has decided already'],
  ['7', 'the request stands no more: answered, asked anew, ended, of another run'],
]

const BY_ERROR: Readonly<Record<ErrorCode, number>> = {
  USAGE: 2,
  RELEASE_INVALID: 2,
  RUN_NOT_FOUND: 2,
  RUNBOOK_UNREADABLE: 65,
  RUNBOOK_INVALID: 65,
  ANSWERS_INVALID: 65,
  CONFIG_INVALID: 65,
  KEY_MISSING: 20,
  SECRETS_MISSING: 20,
  KEY_UNUSABLE: 20,
  APPROVER_UNLISTED: 5,
  APPROVER_EXCLUDED: 6,
  REQUEST_OVER: 7,
  SIGNING_FAILED: 20,
  JOURNAL_UNWRITABLE: 74,
  STATE_UNWRITABLE: 74,
  JOURNAL_INVALID: 65,
  TRANSCRIPT_UNREADABLE: 8,
  LOCKED: 24,
  RUNBOOK_CHANGED: 24,
  SHELL_MISSING: 65,
  BUG: 70,
}

export function exitCodeOfError(code: ErrorCode): number {
  return BY_ERROR[code]
}

export function exitCodeOfResult(result: Result): number {
  switch (result) {
    case 'passed':
    case 'partial':
      return 0
    case 'failed':
    case 'aborted':
      return 1
    case 'no-go':
      return 21
    case 'rolled-back':
      return 22
    case 'rollback-incomplete':
      return 23
    default:
      result satisfies never
      return 70
  }
}

/** Pauses that are not simply "somebody or something is needed", which is 20. */
const PAUSED: Partial<Readonly<Record<Extract<Ending, { kind: 'paused' }>['why'], number>>> = {
  failed: 1,
  rejected: 65,
  changed: 24,
}

export function exitCodeOfEnding(ending: Ending): number {
  switch (ending.kind) {
    case 'ended':
      return exitCodeOfResult(ending.result)
    case 'paused':
      return PAUSED[ending.why] ?? 20
    case 'signal':
      return 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[ending.signal]
    default:
      ending satisfies never
      return 70
  }
}
