import type { Entry } from '../../model/index.ts'
import type { Drive } from '../../runner/index.ts'

/**
 * A run that goes on has a script to follow before its front end is loaded. What that script said meanwhile is told to the first who
 * listens, and then all that comes, so that nobody is asked about an output that was never shown.
 */
export function heardMeanwhile(drive: Drive): Drive {
  let kept: Entry[] | null = []
  const stop = drive.onEntry(entry => {
    if (OUTPUT.has(entry.event.kind)) kept?.push(entry)
  })
  return {
    ...drive,
    onEntry(listener) {
      const early = kept ?? []
      kept = null
      stop()
      for (const entry of early) listener(entry, drive.snapshot())
      return drive.onEntry(listener)
    },
  }
}

const OUTPUT: ReadonlySet<Entry['event']['kind']> = new Set<Entry['event']['kind']>([
  'output',
  'output.late',
  'output.end',
])
