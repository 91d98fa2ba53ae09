import { counted } from './counting.ts'

/** Time of day in the zone of the process: `15:07:41`. */
export function clockText(atMs: number): string {
  const at = new Date(atMs)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':')
}

/** Time of day for something ahead or past: `16:10`, on another day `Tue 16:10`, and further away its date. */
export function dayClockText(atMs: number, nowMs: number): string {
  const at = new Date(atMs)
  const clock = clockText(atMs).slice(0, 5)
  if (at.toDateString() === new Date(nowMs).toDateString()) return clock
  if (Math.abs(atMs - nowMs) < 6 * 86_400_000) return `${DAYS[at.getDay()] ?? ''} ${clock}`
  return `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`
}

/** A moment that is waited for, to the second: `16:10:09`, on another day `Tue 16:10:09`, further away with its date. */
export function deadlineText(atMs: number, nowMs: number): string {
  const seconds = `:${twoDigits(new Date(atMs).getSeconds())}`
  const text = dayClockText(atMs, nowMs)
  return text.includes(':') ? `${text}${seconds}` : `${text} ${clockText(atMs)}`
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Short form for rows: `<0.1s`, `0.4s`, `44s`, `1m12s`, `2h05m`. */
export function durationText(ms: number): string {
  if (ms > 0 && ms < 100) return '<0.1s'
  if (ms < 1000) return `${Math.floor(ms / 100) / 10}s`
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${twoDigits(seconds % 60)}s`
  return `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`
}

/** Running clock: `00:42`, `12:41`, `2:03:05`. */
export function stopwatchText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const rest = `${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`
  return seconds < 3600 ? rest : `${Math.floor(seconds / 3600)}:${rest}`
}

/** In words, for sentences: `2 seconds`, `1 minute 12 seconds`, `2 hours 5 minutes`. */
export function spokenDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return counted(seconds, 'second')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return joined(counted(minutes, 'minute'), seconds % 60, 'second')
  return joined(counted(Math.floor(minutes / 60), 'hour'), minutes % 60, 'minute')
}

function joined(first: string, rest: number, noun: string): string {
  return rest === 0 ? first : `${first} ${counted(rest, noun)}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
