/** What can keep us from going on. The table in `cli/exit-codes.ts` turns each into an exit code and advice. */
export type ErrorCode =
  | 'USAGE'
  | 'RUNBOOK_UNREADABLE'
  | 'RUNBOOK_INVALID'
  | 'ANSWERS_INVALID'
  | 'CONFIG_INVALID'
  | 'RELEASE_INVALID'
  | 'KEY_MISSING'
  | 'SECRETS_MISSING'
  | 'KEY_UNUSABLE'
  | 'APPROVER_UNLISTED'
  | 'APPROVER_EXCLUDED'
  | 'REQUEST_OVER'
  | 'SIGNING_FAILED'
  | 'JOURNAL_UNWRITABLE'
  | 'JOURNAL_INVALID'
  | 'TRANSCRIPT_UNREADABLE'
  | 'RUN_NOT_FOUND'
  | 'LOCKED'
  | 'RUNBOOK_CHANGED'
  | 'STATE_UNWRITABLE'
  | 'SHELL_MISSING'
  | 'BUG'

/** We cannot go on. Thrown anywhere, caught in one place in `cli/`. `advice` says what to do next. */
export class SignoffError extends Error {
  readonly code: ErrorCode
  readonly advice: string | null
  constructor(code: ErrorCode, message: string, options: { readonly advice?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SignoffError'
    this.code = code
    this.advice = options.advice ?? null
  }
}
