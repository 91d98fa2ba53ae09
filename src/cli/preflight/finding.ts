import { z } from 'zod'

/**
 * What is looked at before a run, with what a finding of it is and, for errors, the exit code of a run that it keeps from
 * starting: 20 for what a person must give, 65 for what is written wrongly, 74 for a disk that takes no record.
 */
export const CHECKS = {
  'runbook-invalid': { level: 'error', exit: 65 },
  'nothing-to-walk': { level: 'error', exit: 65 },
  'expectation-unreadable': { level: 'error', exit: 65 },
  'config-invalid': { level: 'error', exit: 65 },
  'key-missing': { level: 'error', exit: 20 },
  'key-revoked': { level: 'error', exit: 20 },
  'key-not-valid': { level: 'error', exit: 20 },
  'key-expires': { level: 'warning', exit: 0 },
  'signers-line-broken': { level: 'warning', exit: 0 },
  'signers-line-may-do-everything': { level: 'warning', exit: 0 },
  'signers-time-needs-openssh': { level: 'warning', exit: 0 },
  'revoked-keys-unreadable': { level: 'error', exit: 20 },
  'gate-cannot-open': { level: 'error', exit: 20 },
  'approver-cannot-sign': { level: 'warning', exit: 0 },
  'role-not-mapped': { level: 'warning', exit: 0 },
  'shell-missing': { level: 'error', exit: 65 },
  'command-missing': { level: 'warning', exit: 0 },
  'value-missing': { level: 'warning', exit: 0 },
  'needs-terminal': { level: 'warning', exit: 0 },
  'step-unreachable': { level: 'warning', exit: 0 },
  'step-blocked': { level: 'warning', exit: 0 },
  'gate-left-out': { level: 'warning', exit: 0 },
  'steps-left-out': { level: 'info', exit: 0 },
  'folder-not-writable': { level: 'error', exit: 74 },
  'disk-full': { level: 'error', exit: 74 },
  'disk-low': { level: 'warning', exit: 0 },
  'line-ends-converted': { level: 'warning', exit: 0 },
  'program-missing': { level: 'warning', exit: 0 },
} as const satisfies Record<string, { level: 'error' | 'warning' | 'info'; exit: number }>
export type Check = keyof typeof CHECKS

export const PreflightFindingSchema = z.strictObject({
  check: z.enum(Object.keys(CHECKS) as [Check, ...Check[]]),
  level: z.enum(['error', 'warning', 'info']),
  /** The file that it is about: the runbook, the signers file, a folder; null for the machine as a whole. */
  path: z.string().nullable(),
  line: z.int().positive().nullable(),
  column: z.int().positive().nullable(),
  /** Where, what was expected, what was found. */
  message: z.string(),
  /** Positions of the steps that it is about. */
  steps: z.array(z.string()),
  /** What to do next. */
  help: z.string(),
})
/** Something that would get in the way of a run, found before its first step. */
export type PreflightFinding = z.infer<typeof PreflightFindingSchema>

/** `signoff doctor --json`. */
export const DoctorReportSchema = z.strictObject({
  schema: z.literal('signoff.doctor/1'),
  /** Null where only the workspace was looked at. */
  runbook: z.strictObject({ path: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }).nullable(),
  /** The `.signoff` folder, whether it is there or not. */
  workspace: z.string(),
  findings: z.array(PreflightFindingSchema),
  counts: z.strictObject({ error: z.int().nonnegative(), warning: z.int().nonnegative() }),
})
export type DoctorReport = z.infer<typeof DoctorReportSchema>

/** Makes a finding; its level is that of its check. */
export function preflightFinding(
  check: Check,
  message: string,
  help: string,
  place: Partial<Pick<PreflightFinding, 'path' | 'line' | 'column' | 'steps'>> = {},
): PreflightFinding {
  const { path = null, line = null, column = line === null ? null : 1, steps = [] } = place
  return { check, level: CHECKS[check].level, path, line, column, message, steps: [...steps], help }
}

/** The exit code of a run that these findings keep from starting: the record first, then people, then texts. 0 without an error. */
export function exitCodeOf(findings: readonly PreflightFinding[]): number {
  const codes = new Set<number>(findings.map(({ check }) => CHECKS[check].exit))
  return [74, 20, 65].find(code => codes.has(code)) ?? 0
}

/**
 * Errors that keep a run from going on wherever somebody attends it: there is no record without a disk, and no seal without a sound
 * key. At any other a person can skip, edit, hand over or roll back, which nobody could outside of the run.
 */
export function keepsFromGoingOn({ check, level }: PreflightFinding): boolean {
  return level === 'error' && (CHECKS[check].exit === 74 || OF_THE_KEY.has(check))
}

const OF_THE_KEY: ReadonlySet<Check> = new Set(['key-revoked', 'key-not-valid', 'revoked-keys-unreadable'])

/** `release.md:12:1: warning: … [command-missing]`, with what to do below it. */
export function preflightLines(findings: readonly PreflightFinding[], clean: (text: string) => string): string[] {
  return findings.flatMap(({ check, level, path, line, column, message, help }) => {
    const place = path === null ? '' : line === null ? `${clean(path)}: ` : `${clean(path)}:${line}:${column ?? 1}: `
    return [`${place}${level}: ${clean(message)} [${check}]`, ...(help === '' ? [] : [`   help: ${clean(help)}`])]
  })
}
