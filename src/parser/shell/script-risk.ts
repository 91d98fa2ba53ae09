import type { Risk } from '../../model/index.ts'
import { argumentsOf, baseName, type EffectiveCommand, hasOption, programOf } from './effective.ts'
import { bySubCommand, strongest } from './sub-commands.ts'
import { riskOfName, wordsOfName } from './verbs.ts'

/** Risk of what is only known by its name: package scripts, targets, goals, tasks. Null leaves it to the tables. */
export function riskOfScripts(command: EffectiveCommand): Risk | null {
  const { name } = command
  if (PACKAGE_MANAGERS.has(name)) return packageScript(command)
  if (TARGETS.has(name)) return targets(command)
  if (GOALS.has(name)) return goals(command)
  return TASKS.has(name) ? tasks(command) : null
}

/** What the options behind a script's name add: `./check.sh --fix`, `verify.mjs --delete`. */
export function raisedByOptions(words: readonly string[], risk: Risk): Risk {
  const options = words.flatMap(word => /^--([a-z][a-z.-]*)(?:=(?!false|no|0).*)?$/.exec(word)?.[1] ?? [])
  if (options.some(takesAway)) return strongest([risk, 'danger'])
  const acts = options.some(option =>
    /^(?:apply|execute|deploy|fix|write|publish|push|migrate|restart|rollback|live|no-dry-run)$/.test(option),
  )
  return strongest([risk, acts ? 'change' : 'view'])
}

/** `--delete`, `--delete-blocks`, `--rewrite.to-delete-config-file`; not `--no-delete`, `--skip-prune`. */
function takesAway(option: string): boolean {
  const words = option.split(/[.-]/)
  if (/^(?:no|not|skip|without|keep|disable|ignore|exclude)$/.test(words[0] ?? '')) return false
  return words.some(word => TAKES_AWAY.has(word)) || option === 'reset' || option === 'force'
}

const TAKES_AWAY: ReadonlySet<string> = new Set(['delete', 'destroy', 'drop', 'purge', 'wipe', 'prune', 'erase'])

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '))

const PACKAGE_MANAGERS = set('npm pnpm yarn bun')
const TARGETS = set('make gmake just task rake gulp grunt invoke inv mage xc mask')
const GOALS = set('mvn mvnw gradle gradlew sbt')
const TASKS = set('turbo nx lerna tox nox')

function packageScript({ name, words }: EffectiveCommand): Risk | null {
  const rest = argumentsOf(words, programOf(name)?.takes)
  const at = rest[0] === 'workspace' ? 2 : rest[0] === 'workspaces' || rest[0] === 'global' ? 1 : 0
  const [verb, script] = rest.slice(at)
  if (verb === undefined) return name === 'yarn' ? 'safe' : 'view'
  if (verb === 'run' || verb === 'run-script' || verb === 'rr')
    return script === undefined ? 'view' : raisedByOptions(words, riskOfName(script))
  if (verb === 'start' || verb === 'dev' || verb === 'serve' || verb === 'create') return 'change'
  const known = programOf(name)
  if (known !== undefined && bySubCommand(known, rest.slice(at), words.slice(1)) !== null)
    // A package's own `test` is a script too, and may be handed options.
    return /^(?:test|t|tst)$/.test(verb) ? raisedByOptions(words, 'safe') : null
  return name === 'npm' ? 'change' : raisedByOptions(words, riskOfName(verb))
}

function targets({ name, words }: EffectiveCommand): Risk {
  const program = programOf(name)
  const rest = argumentsOf(words, program?.takes ?? '-f -C -d').filter(word => !/^\w+=/.test(word))
  const isMake = name.endsWith('make')
  if (
    hasOption(
      words,
      '--just-print',
      '--list',
      '--summary',
      ...(isMake ? ['-n'] : []),
      ...(name === 'rake' ? ['-T'] : []),
    )
  )
    return 'view'
  if (rest.length === 0) return isMake ? 'safe' : 'view'
  return strongest(
    rest.flatMap(target => {
      const known = program === undefined ? null : bySubCommand(program, [target], words.slice(1))
      return [riskOfName(target), known ?? 'view']
    }),
  )
}

/** Every goal of `mvn clean deploy` counts, wherever it stands. */
function goals({ name, words }: EffectiveCommand): Risk | null {
  const program = programOf(name)
  const rest = argumentsOf(words, program?.takes)
  if (program === undefined || rest.length === 0) return null
  return strongest(rest.map(goal => riskOfGoal(program, goal)))
}

function riskOfGoal(program: NonNullable<ReturnType<typeof programOf>>, goal: string): Risk {
  const known = bySubCommand(program, [goal], [goal])
  if (known !== null) return known
  const last = goal.replace(/^[+:]/, '').split(':').at(-1) ?? goal
  if (/^(?:publish|upload|release|deploy|closeAnd)/.test(last)) return /(?:Local|M2)$/.test(last) ? 'safe' : 'danger'
  if (goal.includes(':')) return bySubCommand(program, [last], [last]) ?? riskOfName(last)
  const [first = ''] = wordsOfName(last)
  return /^(?:assemble|boot|process|generate|site|jar|war|integration|pre|post)$/.test(first) && last !== 'bootRun'
    ? 'safe'
    : riskOfName(last)
}

/** `turbo run deploy`, `nx run api:deploy`, `nx affected -t build`, `tox -e publish`: the tasks they name. */
function tasks({ name, words }: EffectiveCommand): Risk | null {
  if (name === 'lerna' && words[1] !== 'run') return null
  if (name === 'tox' || name === 'nox') {
    const named = words.filter((_, index) => /^-[es]$/.test(words[index - 1] ?? '')).flatMap(word => word.split(','))
    return strongest(['safe', ...named.filter(word => !/^py\d*/.test(word)).map(riskOfName)])
  }
  const rest = argumentsOf(words, '-t --target --targets --filter -p --projects --parallel')
  const behind = words.flatMap((word, index) => {
    const joined = /^(?:--targets?|-t)=(.+)$/.exec(word)?.[1]
    return joined ?? (/^(?:-t|--targets?)$/.test(words[index - 1] ?? '') ? word : [])
  })
  const runs = /^(?:run|run-many|affected)$/.test(rest[0] ?? '')
  if (name === 'nx' && !runs && !/^\w+$/.test(rest[0] ?? '')) return null
  if (name === 'nx' && !runs && bySubCommand(programOf('nx') ?? { risk: 'change' }, rest, words.slice(1)) !== null)
    return null
  const named = [
    ...(runs ? rest.slice(1) : rest.slice(0, name === 'nx' ? 1 : undefined)),
    ...behind.flatMap(word => word.split(',')),
  ]
  return named.length === 0
    ? 'change'
    : strongest(named.map(task => riskOfName(baseName(task.split(':').at(-1) ?? task))))
}
