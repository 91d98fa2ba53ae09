import type { EventOf } from './run-event.ts'

/** Commands that run blocks of other languages than shell, by the tag of the block. */
export type RunInterpreters = Readonly<Record<string, readonly string[]>>

/** The interpreters of an event as a map. */
export function interpretersOfEvent(entries: EventOf<'run.interpreters'>['interpreters']): RunInterpreters {
  return Object.fromEntries(entries.map(({ tag, command }) => [tag, command]))
}

/** What a run, or the rest of it, runs blocks of other languages with, as a sentence. */
export function interpretersText({ interpreters, was }: EventOf<'run.interpreters'>): string {
  const before = interpretersOfEvent(was ?? [])
  const now = interpretersOfEvent(interpreters)
  const shown = (command: readonly string[] | undefined): string =>
    command === undefined ? 'nothing any more' : `"${command.join(' ')}"`
  if (was === null)
    return `Blocks are run by interpreters: ${interpreters.map(({ tag }) => `${tag} by ${shown(now[tag])}`).join(', ')}`
  const tags = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  const changes = tags
    .filter(tag => shown(before[tag]) !== shown(now[tag]))
    .map(tag => `${tag} by ${shown(now[tag])}${before[tag] === undefined ? '' : `, was ${shown(before[tag])}`}`)
  return `The configuration names other interpreters than before: ${changes.join('; ')}`
}
