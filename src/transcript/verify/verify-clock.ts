import type { DecodedLine } from '../journal/line.ts'
import type { Finding } from './verify-report.ts'

/** What the two clocks of one writer may differ by before it is said. */
const TOLERANCE_MS = 2000

/** Lines that a process of its own may have written: a run that nobody walks is handed over without being gone on with. */
const NEW_WRITER: ReadonlySet<string> = new Set([
  'run.resume',
  'writer.changed',
  'handoff.offer',
  'handoff.withdraw',
  'handoff.accept',
])

export interface ClockCheck {
  add(line: DecodedLine): void
  findings(strict: boolean): Finding[]
}

/** Holds the wall clock against the one that does not jump, per writing process, and against itself. */
export function createClockCheck(): ClockCheck {
  let before: DecodedLine | null = null
  /** Where wall and steady clock stood together. */
  let start: DecodedLine | null = null
  const firsts = new Map<string, { line: number; count: number }>()
  const note = (what: string, line: DecodedLine) => {
    const known = firsts.get(what)
    firsts.set(what, { line: known?.line ?? line.seq + 1, count: (known?.count ?? 0) + 1 })
  }
  return {
    add(line) {
      const isNewWriter = NEW_WRITER.has(line.kind)
      if (before !== null && line.atMs < before.atMs) note('the time goes back', line)
      if (start === null || isNewWriter) start = line
      else {
        const drift = line.atMs - start.atMs - (line.monoMs - start.monoMs)
        if (Math.abs(drift) > TOLERANCE_MS) note('the time and the steady clock part by more than 2 s', line)
        if (before !== null && line.monoMs < before.monoMs) note('the steady clock goes back', line)
      }
      before = line
    },
    findings: strict =>
      [...firsts].map(([what, { line, count }]) => ({
        check: 'clock',
        exit: strict ? 6 : 0,
        message: count === 1 ? what : `${what}; ${count} lines in all`,
        line,
      })),
  }
}
