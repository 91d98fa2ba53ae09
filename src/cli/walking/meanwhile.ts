import { type Entry, type RunState, signedReason } from '../../model/index.ts'
import type { RunRecord } from '../../tui/index.ts'

/**
 * What has happened to a run since somebody last walked it, in a few words for row 2: the last of it, `meanwhile 3.1: GO by
 * priya@example.com 14:52, 1 more in the transcript`. Null where nothing has, and for a run that was never left.
 */
export async function meanwhileText(record: RunRecord, { steps, interruptions }: RunState): Promise<string | null> {
  if (interruptions === 0) return null
  let since: Entry[] = []
  let paused = false
  for await (const { entry } of record.read(0, { kind: 'events' })) {
    const { kind } = entry.event
    // Killed, it has no word of its pause: then it is what followed on the resumption.
    if (kind === 'run.pause' || (kind === 'run.resume' && !paused)) since = []
    if (kind === 'run.pause' || kind === 'run.resume') paused = kind === 'run.pause'
    since.push(entry)
  }
  const texts = since.flatMap(entry => textOf(entry, step => steps.get(step)?.planned.position ?? step) ?? [])
  const last = texts.at(-1)
  if (last === undefined) return null
  return `meanwhile ${last}${texts.length === 1 ? '' : `, ${texts.length - 1} more in the transcript`}`
}

function textOf({ event, atMs }: Entry, at: (step: string) => string): string | null {
  switch (event.kind) {
    case 'approval':
      return `${at(event.step)}: ${event.decision === 'go' ? 'GO' : 'NO-GO'} by ${event.principal} ${clock(atMs)}${saidIn(event.envelope)}`
    case 'approval.refused':
      return `an approval was refused ${clock(atMs)}`
    case 'step.end':
      return `${at(event.step)} ended ${clock(atMs)}, ${event.exit === null ? event.outcome : `exit ${event.exit}`}`
    case 'note':
      return `a note by ${event.by} ${clock(atMs)}`
    default:
      return null
  }
}

function saidIn(envelope: string): string {
  const reason = signedReason(envelope)
  return reason === null ? '' : ` "${reason}"`
}

function clock(atMs: number): string {
  const at = new Date(atMs)
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
}
