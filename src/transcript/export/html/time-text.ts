import { type Html, html } from './html-text.ts'

/** `2026-11-22 14:50:09`; UTC, which the page says once. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')
}

/** A time for people, with the exact one for machines. */
export function time(atMs: number): Html {
  return marked(atMs, timeText(atMs))
}

/** A time inside of a run, as short as the run allows. */
export type Clock = (atMs: number) => Html

/** Within one day the time of day says all; over several the day stands with it. */
export function clockFor(fromMs: number, toMs: number): Clock {
  const from = timeText(fromMs).slice(0, 10) === timeText(toMs).slice(0, 10) ? 11 : 5
  return atMs => marked(atMs, timeText(atMs).slice(from))
}

function marked(atMs: number, text: string): Html {
  return html`<time datetime="${new Date(atMs).toISOString()}">${text}</time>`
}
