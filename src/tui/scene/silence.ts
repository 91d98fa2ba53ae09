import type { Need } from '../../model/index.ts'

/** How long a running script has said nothing, once that is long enough to be pointed out; else null. */
export function silentMs(need: Need, nowMs: number): number | null {
  if (need.kind !== 'running' || need.silence === undefined) return null
  const ms = nowMs - need.silence.sinceMs
  return ms >= need.silence.afterMs ? ms : null
}
