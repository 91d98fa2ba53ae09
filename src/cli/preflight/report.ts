import { cleanText } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { exitCodeOf, type PreflightFinding, preflightLines } from './finding.ts'

/** The screen covers what was told before it. Short, since it stands beside what is needed now. */
export function noticeOf(findings: readonly PreflightFinding[]): string | null {
  const count = findings.filter(({ check }) => check !== 'value-missing').length
  return count === 0 ? null : `${count} ${count === 1 ? 'warning' : 'warnings'}: see signoff doctor`
}

/**
 * Tells what would get in the way, once and before step 1. Warnings stop nothing.
 * @returns the exit code where an error keeps the run from starting, else 0.
 */
export function reportPreflight(findings: readonly PreflightFinding[], attended: boolean, io: Io): number {
  const told = findings.filter(({ check }) => check !== 'value-missing')
  for (const line of preflightLines(told, cleanText)) io.say(line)
  // Where nobody is there, they are listed with everything else that nobody will be asked.
  const open = findings.length - told.length
  if (attended && open > 0)
    io.say(`${open} ${open === 1 ? 'value is' : 'values are'} not given yet, and asked when a step needs it`)
  const code = exitCodeOf(findings)
  if (code !== 0) io.say('signoff: the run cannot start like this; nothing was run')
  return code
}
