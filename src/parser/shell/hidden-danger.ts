import { WRAPPERS } from './command-table.ts'
import { baseName, commandsIn, type EffectiveCommand, programOf } from './effective.ts'
import type { SimpleCommand } from './syntax.ts'

/**
 * The commands that a command nobody understands may start: `docker run … alpine rm -rf /d`, `tmux new -d 'rm -rf x'`. They
 * are guesses, which may only raise a risk.
 */
export function startedCommands(words: readonly string[], origin: SimpleCommand): EffectiveCommand[] {
  return words.slice(0, MOST_WORDS).flatMap((word, index) => {
    if (index === 0 || word === '' || isTextOf(words[index - 1] ?? '')) return []
    const script = /^(?:--[\w-]+=)?(\S+\s[\s\S]*)$/.exec(word)?.[1]
    if (script !== undefined)
      return isProgram(script.trim().split(/\s/, 1)[0] ?? '') ? commandsIn(['sh', '-c', script], origin) : []
    return isProgram(word) && index < words.length - 1 ? commandsIn(words.slice(index), origin) : []
  })
}

/** True if a text (an argument, the input of an interpreter) speaks of what cannot be taken back. */
export function destroysSomething(text: string): boolean {
  return DESTROYS.test(text)
}

const MOST_WORDS = 24

function isProgram(word: string): boolean {
  const name = baseName(word)
  return programOf(name) !== undefined || Object.hasOwn(WRAPPERS, name) || /^(?:ba|z|da|k)?sh$/.test(name)
}

/** `--title "rm -rf is gone"`, `--name reboot`: text and names, never commands. */
function isTextOf(option: string): boolean {
  return (
    option === '-m' ||
    (/^--[a-z][\w-]*$/.test(option) &&
      !/^--(?:rm|it|interactive|tty|detach|privileged|command|run|eval|exec|shell|init|yes|quiet)$/.test(option))
  )
}

const DESTROYS =
  /\b(?:drop\s+(?:table|database|schema|index|keyspace|collection|user|role|view)|delete\s+from|truncate\s+(?:table\s+)?\w|dropDatabase|deleteMany|delete_all|destroy_all|drop_table|drop_database|rmtree|rmSync|rmdirSync|unlinkSync|flush_?all|flush_?db)\b|\bFLUSH(?:ALL|DB)\b/i
