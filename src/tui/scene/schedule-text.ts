import { dayClockText, durationText } from '../text/time-text.ts'
import { scheduleOf } from './schedule.ts'
import type { Scene } from './walk.ts'

/** Less than this is on time. */
const ON_TIME_MS = 60_000

/**
 * How the run stands against its plan, in as many words as there is room for: `planned 15:40, ETA 16:10 (30m late)`, or
 * `ETA after 16:10` where some of what is ahead has no planned time. Empty where nothing is planned.
 */
export function scheduleText(scene: Scene, nowMs: number, room: 'short' | 'long'): string {
  const schedule = scheduleOf(scene, nowMs)
  if (schedule === null) return ''
  const { etaMs, isAfter, plannedMs } = schedule
  const eta = `ETA ${isAfter ? 'after ' : ''}${dayClockText(etaMs, nowMs)}`
  if (room === 'short' || plannedMs === null) return eta
  const off = etaMs - plannedMs
  const how = Math.abs(off) < ON_TIME_MS ? 'on time' : `${durationText(Math.abs(off))} ${off > 0 ? 'late' : 'early'}`
  return `planned ${dayClockText(plannedMs, nowMs)}, ${eta} (${how})`
}
