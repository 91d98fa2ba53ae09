import { baseName, programOf } from './effective.ts'
import { isKnownCommand } from './known-commands.ts'
import { type Range, readShell } from './syntax.ts'

/**
 * A line that ends in an option that wants a value, where no command begins the next line: the value was cut off onto a
 * line of its own (SO015). The place of that option; null if there is none.
 */
export function lostContinuation(script: string): Range | null {
  const { commands } = readShell(script)
  for (const [index, { words }] of commands.entries()) {
    const last = words.at(-1)
    const next = commands[index + 1]
    if (last === undefined || next === undefined || words.length < 2) continue
    const takes = programOf(baseName(words[0]?.text ?? ''))?.takes?.split(' ') ?? []
    const between = script.slice(last.end, next.start)
    if (!takes.includes(last.text) || !/^[ \t]*\n\s*$/.test(between)) continue
    const begins = next.words[0]?.text ?? ''
    if (next.words.length === 1 && !isKnownCommand(baseName(begins)) && !begins.startsWith('./'))
      return { start: last.start, end: last.end }
  }
  return null
}
