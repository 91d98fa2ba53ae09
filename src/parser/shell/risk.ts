import type { Risk } from '../../model/index.ts'
import { VERB_TOOLS } from './command-table.ts'
import { argumentsOf, type EffectiveCommand, effectiveCommands, hasOption, programOf } from './effective.ts'
import { destroysSomething, startedCommands } from './hidden-danger.ts'
import { raisedByOptions } from './script-risk.ts'
import { specialRisk } from './special-risks.ts'
import { bySubCommand, strongest } from './sub-commands.ts'
import { asShell, type Shell } from './syntax.ts'
import { isDevice, isSystemPath, writtenPaths } from './system-paths.ts'
import { isDangerousWord, riskOfName, riskOfVerb } from './verbs.ts'

/**
 * The risk of a script is that of its strongest command (R16). What is not known is a change, and so is what bash would
 * not even read; a text without a command only shows something.
 */
export function riskOf(script: string | Shell): Risk {
  const shell = asShell(script)
  const commands = effectiveCommands(shell).map(command => riskOfCommand(command, shell.script))
  // The body of a function is in the list; what a call hands to it is looked at for itself.
  const calls = shell.commands.filter(({ words }) => shell.functions.has(words[0]?.text ?? ''))
  const handed = calls.map(command =>
    startedDanger(
      command.words.map(word => word.text),
      command,
      shell.script,
    ),
  )
  return strongest([...commands, ...handed, ...(shell.error === null ? [] : (['change'] as const))])
}

function riskOfCommand(command: EffectiveCommand, script: string): Risk {
  const { words, origin, input, behind } = command
  const own = words.length === 0 ? 'view' : lowered(command, ownRisk(command, script))
  const written = riskOfWriting(command, own)
  const known = strongest([own, written])
  if (known === 'danger' || own !== 'change')
    return own === 'safe' && isFarAway(behind, command) ? strongest([known, 'change']) : known
  // Nobody knows what such a command does with what it is handed.
  const says = [...words.slice(1), input ?? ''].some(text => /\W/.test(text) && destroysSomething(text))
  return strongest([known, says ? 'danger' : 'view', startedDanger(words, origin, script)])
}

/** Danger if the words of a command begin a dangerous one somewhere; otherwise they say nothing. */
function startedDanger(words: readonly string[], origin: EffectiveCommand['origin'], script: string): Risk {
  const dangerous = startedCommands(words, origin).some(command => {
    const risk = command.words.length === 0 ? 'view' : lowered(command, ownRisk(command, script))
    return risk === 'danger' || riskOfWriting(command, risk) === 'danger'
  })
  return dangerous ? 'danger' : 'view'
}

function ownRisk(command: EffectiveCommand, script: string): Risk {
  const risk = specialRisk(command, script) ?? general(command)
  return isLocalScript(command) ? strongest([risk, riskOfName(command.name)]) : risk
}

/** `./env`, `scripts/test`: a file of that name beside the runbook, not the program that only looks. */
function isLocalScript({ name, words }: EffectiveCommand): boolean {
  const path = words[0] ?? ''
  const program = programOf(name)
  if (!path.includes('/') || program === undefined || program.view !== undefined || program.safe !== undefined)
    return false
  return !/^\/|^~|(?:^|\/)(?:node_modules|\.?venv|vendor)\//.test(path)
}

/** Writing to the machine's own files is a change, to a disk a danger; any other file is local. */
function riskOfWriting({ name, words, writes }: EffectiveCommand, own: Risk): Risk {
  const targets = writes.filter(target => !/^(?:\/dev\/(?:null|stdout|stderr|tty)|&?\d|-)$/.test(target))
  const paths = [...targets, ...(own === 'safe' ? writtenPaths(name, words) : [])]
  if (paths.some(isDevice)) return 'danger'
  if (paths.some(isSystemPath)) return 'change'
  return targets.length === 0 ? 'view' : 'safe'
}

/** Install, build and the like are safe where they are local and repeatable; on another machine they change that. */
function isFarAway(behind: readonly string[], { name }: EffectiveCommand): boolean {
  return (
    behind.some(wrapper => /^(?:ssh|autossh|kubectl|oc|k|gcloud|fly|flyctl|heroku)$/.test(wrapper)) &&
    programOf(name) !== undefined
  )
}

/** `--version` looks only, `--dry-run` changes nothing; `--force` makes any change a danger. */
function lowered({ name, words }: EffectiveCommand, risk: Risk): Risk {
  if (words.length === 2 && /^(?:--version|--help|version|help|-V)$/.test(words[1] ?? '') && !BUMPS.has(name))
    return 'view'
  if (hasOption(words, '--help') && risk !== 'danger') return 'view'
  if (rehearses(words) && !NO_REHEARSAL.has(name)) return risk === 'view' ? 'view' : 'safe'
  return words.some(word => /^--force(?:=true)?$/.test(word)) && risk !== 'view' ? 'danger' : risk
}

/** `--dry-run`, `--dry-run=client`; a value that says no, or that only the shell knows, is no rehearsal. */
function rehearses(words: readonly string[]): boolean {
  return words.some((word, index) => {
    const said = /^--(?:dry-run|dryrun|what-if|noop|no-op)(?:=(.*))?$/.exec(word)
    const value = said?.[1] ?? words[index + 1] ?? ''
    return said !== null && !/^(?:none|false|no|off|0)$/i.test(value) && !(said[1] !== undefined && /[$`]/.test(value))
  })
}

// For these such an option is no option, or another thing.
const NO_REHEARSAL = new Set(['rm', 'dd', 'mkfs', 'shred', 'psql', 'mysql', 'kill', 'reboot', 'shutdown'])
/** Whose word `version` makes a new one, and more. */
const BUMPS = new Set(['lerna', 'changeset', 'changesets', 'yarn'])

/** By the tables: the longest sub-command that fits, then the program, then the words of its name. */
function general({ name, words }: EffectiveCommand): Risk {
  const program = programOf(name)
  if (program === undefined) return unknown(name, words)
  const rest = argumentsOf(words, program.takes)
  if (VERB_TOOLS.has(name) && program.view === undefined) return byVerbs(name, words)
  const found =
    bySubCommand(program, rest, words.slice(1)) ??
    // The first word may be the value of an option that the table does not know.
    (/^-/.test(words[words.indexOf(rest[0] ?? '') - 1] ?? '')
      ? bySubCommand(program, rest.slice(1), words.slice(1))
      : null)
  const dangerous = (program.dangerousWith ?? '').split(' ').some(option => option !== '' && hasOption(words, option))
  return dangerous && found !== 'view' && found !== 'safe' ? 'danger' : (found ?? program.risk)
}

/**
 * `aws ec2 terminate-instances`, `gcloud run services delete x`: the words that may be verbs, danger before all. It only looks
 * if a reading verb stands where the operation stands: names of resources (`logs`) are no verbs.
 */
function byVerbs(name: string, words: readonly string[]): Risk {
  const plain = words.filter(
    (word, index) =>
      index > 0 &&
      !word.startsWith('-') &&
      (!/^--?[a-z][\w-]*$/.test(words[index - 1] ?? '') || FLAGS.has(words[index - 1] ?? '')),
  )
  const operations =
    name === 'aws' ? plain.slice(1, 2) : plain.slice(0, 5).filter(word => !/^(?:logs?|status)$/.test(word))
  const verbs = operations.flatMap(word => riskOfVerb(word) ?? [])
  const dangerous = argumentsOf(words)
    .slice(0, 5)
    .some(word => riskOfVerb(word) === 'danger')
  if (dangerous || (plain[1] === 'sync' && hasOption(words, '--delete'))) return 'danger'
  return verbs.includes('change') ? 'change' : (verbs[0] ?? 'change')
}

// Global options without a value, so that the word behind them is none.
const FLAGS: ReadonlySet<string> = new Set(
  '--debug --no-verify-ssl --no-paginate --no-sign-request --no-cli-pager --quiet --verbose -q -m --recursive'.split(
    ' ',
  ),
)

/** A program nobody told us about: a script is judged by its name, danger words among the arguments count. */
function unknown(name: string, words: readonly string[]): Risk {
  const named = raisedByOptions(words, riskOfName(name))
  const plain = argumentsOf(words)
  const dangerous =
    plain.slice(0, 6).some(word => /^[a-z:-]+$/.test(word) && riskOfName(word) === 'danger') ||
    plain.slice(0, 3).some(isDangerousWord)
  if (dangerous) return 'danger'
  // A word of English that is a program's name says nothing of what it does with the rest.
  return named === 'safe' && !/[-_.:/]|^test/.test(words[0] ?? '') && words.length > 1 ? 'change' : named
}

export { strongest } from './sub-commands.ts'
