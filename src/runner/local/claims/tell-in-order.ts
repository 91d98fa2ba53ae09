import type { ScriptReport } from '../../ports.ts'

export type Tell = (report: ScriptReport) => Promise<void>

/** Reports one at a time, in the order in which they were made. */
export function tellInOrder(report: Tell): Tell {
  let last: Promise<void> = Promise.resolve()
  return next => {
    const told = last.then(() => report(next))
    // Each caller sees its own failure; the next report is made all the same.
    last = told.catch(() => undefined)
    return told
  }
}
