import type { Finding, VerifyReport } from './verify-report.ts'

/** One transcript among those that were verified together. */
export interface VerifiedRun {
  /** Id of the run: the name of its folder. */
  readonly run: string
  /** Null where its files could not be read. */
  readonly report: VerifyReport | null
}

/**
 * Holds what each run says of those before it against what is there: a run names every other that none names yet, so that a deleted one
 * is missed by the next. Deleting the newest shows only from outside.
 */
export function checkParents(runs: readonly VerifiedRun[]): Finding[] {
  const there = new Map(runs.map(one => [one.run, one]))
  const findings: Finding[] = []
  for (const { run, report } of runs)
    for (const parent of report?.run?.parents ?? []) {
      const found = (message: string) => findings.push({ check: 'parents', exit: 4, message, line: null })
      const other = there.get(parent.run)
      if (other === undefined) found(`run ${parent.run} is not there, and run ${run} names it as one before it`)
      else if (other.report === null) continue
      else if (other.report.journal?.leaf0 !== parent.leaf0)
        found(`run ${parent.run} does not begin as run ${run} found it`)
      else if (parent.seal !== null && other.report.seal?.sha256 !== parent.seal)
        found(`run ${parent.run} has not the seal that run ${run} found it with`)
    }
  return findings
}
