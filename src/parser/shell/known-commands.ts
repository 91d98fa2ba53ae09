import { ALSO_COMMANDS, WRAPPERS } from './command-table.ts'
import { baseName, programOf } from './effective.ts'
import { withStandIns } from './stand-ins.ts'

/** True if a line begins with a command that is known: assignments and wrappers before it are looked through. */
export function beginsWithCommand(line: string): boolean {
  const words = withStandIns(line.trim()).split(/\s+/, 12)
  while (words.length > 0 && /^[A-Za-z_]\w*=\S*$/.test(words[0] ?? '')) words.shift()
  const word = words[0] ?? ''
  if (/^\.{1,2}\/[\w.]|^(?:s?bin|scripts?)\/[\w.-]+$/.test(word)) return true
  if (KEYWORDS.has(word)) return words.length > 1
  const name = baseName(word)
  if (!isKnownCommand(name)) return /^\S+\.(?:sh|bash)$/.test(word) && (words.length > 1 || !word.startsWith('/'))
  return !(ALSO_ENGLISH.has(name) && readsAsSentence(words))
}

/** True for a program of the tables, by its name without a directory. */
export function isKnownCommand(name: string): boolean {
  return programOf(name) !== undefined || ALSO_COMMANDS.has(name) || Object.hasOwn(WRAPPERS, name)
}

/** "make sure that …", "find the pod in the list": a command's name at the head of a sentence. */
export function readsAsSentence(words: readonly string[]): boolean {
  return (
    SMALL_WORDS.has((words[1] ?? '').toLowerCase()) ||
    (words.length > 4 && words.slice(1).every(word => /^[a-z]+[.,:]?$/i.test(word)))
  )
}

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '))

const KEYWORDS = set('if for while until case function export source . cd [ [[ set sudo echo')
/** Commands whose names are words of plain English, which a sentence may begin with. */
export const ALSO_ENGLISH = set(
  'make find test time watch open install sort cut head read split join which who date file less more at kill wait set go task service last type command expect host link print copy export source help history info top repo please just patch security port retry reset stack script open serve start yes security pass step age step dig ping true false tree jobs move',
)
const SMALL_WORDS = set(
  'sure the a an that this your our all any some new to for if in on it is are of and or with out up how you we',
)
