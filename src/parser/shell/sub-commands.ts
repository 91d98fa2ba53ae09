import type { Risk } from '../../model/index.ts'
import type { Program } from './command-table.ts'

/** All risks, the weakest first. */
export const ORDER: readonly Risk[] = ['view', 'safe', 'change', 'danger']

/** The stronger of risks; `view` for none. */
export function strongest(risks: readonly Risk[]): Risk {
  return ORDER.findLast(risk => risks.includes(risk)) ?? 'view'
}

/**
 * Risk of the longest sub-command of the table that fits; null if none does.
 *
 * @param rest words that are no options, @param all words without the program's name, options included.
 */
export function bySubCommand(program: Program, rest: readonly string[], all: readonly string[]): Risk | null {
  let best: { risk: Risk; length: number } | null = null
  for (const risk of [...ORDER].reverse()) {
    const list = program[risk]
    if (list === undefined) continue
    for (const entry of list.split(', ')) {
      // Most entries end here: tables are long, and this is asked for every command.
      if (!entry.startsWith(rest[0] ?? '-') && !entry.startsWith('-')) continue
      const parts = entry.split(' ')
      // Options of an entry may stand anywhere, its words come first and in order.
      const plain = parts.filter(part => !part.startsWith('-'))
      const options = parts.filter(part => part.startsWith('-'))
      const fits =
        plain.every((part, index) => rest[index] === part) && options.every(option => hasExactly(all, option))
      if (fits && (best === null || parts.length > best.length)) best = { risk, length: parts.length }
    }
  }
  return best?.risk ?? null
}

function hasExactly(words: readonly string[], option: string): boolean {
  if (/^-[A-Za-z]$/.test(option))
    return words.some(word => /^-[A-Za-z]{1,6}$/.test(word) && word.includes(option[1] ?? ''))
  return words.some(word => word === option || word.startsWith(`${option}=`))
}
