import { cleanText } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { exitCodeOf, keepsFromGoingOn, type PreflightFinding, preflightLines } from './finding.ts'

/** The screen covers what was told before it. Short, since it stands beside what is needed now. */
export function noticeOf(findings: readonly PreflightFinding[]): string | null {
  const count = findings.filter(isTold).length
  return count === 0 ? null : `${count} ${count === 1 ? 'warning' : 'warnings'}: see signoff doctor`
}

/**
 * Tells what would get in the way, once and before the next step. Warnings stop nothing.
 *
 * @param going `on`: the run has begun already. Whoever attends it can mend most things in it and nowhere else; and a script that runs
 * is followed to its end whatever is in the way of the steps behind it.
 * @returns the exit code where an error keeps the run from starting or going on, else 0.
 */
export function reportPreflight(
  findings: readonly PreflightFinding[],
  going: { readonly attended: boolean; readonly on: boolean; readonly running: boolean },
  io: Io,
): number {
  for (const line of preflightLines(findings.filter(isTold), cleanText)) io.say(line)
  // Where nobody is there, they are listed with everything else that nobody will be asked.
  const open = findings.filter(({ check }) => check === 'value-missing').length
  if (going.attended && open > 0)
    io.say(
      `${open === 1 ? '1 value is' : `${open} values are`} not given yet, and asked when a step needs ${open === 1 ? 'it' : 'them'}`,
    )
  if (going.running) return 0
  const code = exitCodeOf(going.on && going.attended ? findings.filter(keepsFromGoingOn) : findings)
  if (code !== 0) io.say(`signoff: the run cannot ${going.on ? 'go on' : 'start'} like this; nothing was run`)
  return code
}

/** What was answered, chosen or selected is in the plan; `doctor` lists it, a run does not repeat it. */
function isTold({ check, level }: PreflightFinding): boolean {
  return level !== 'info' && check !== 'value-missing'
}
