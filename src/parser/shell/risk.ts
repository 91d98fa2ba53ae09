import type { Risk } from '../../model/index.ts'
import { VERB_TOOLS } from './command-table.ts'
import { argumentsOf, baseName, type EffectiveCommand, effectiveCommands, hasOption, programOf } from './effective.ts'
import { asShell, type Shell } from './syntax.ts'
import { riskOfName, riskOfVerb } from './verbs.ts'

/**
 * The risk of a script is that of its strongest command (R16). What is not known is a change, and so is what bash would
 * not even read; a text without a command only shows something.
 */
export function riskOf(script: string | Shell): Risk {
  const shell = asShell(script)
  const commands = effectiveCommands(shell).map(command => riskOfCommand(command, shell.script))
  return strongest([...commands, ...(shell.error === null ? [] : (['change'] as const))])
}

/** The stronger of risks; `view` for none. */
export function strongest(risks: readonly Risk[]): Risk {
  return ORDER.findLast(risk => risks.includes(risk)) ?? 'view'
}

const ORDER: readonly Risk[] = ['view', 'safe', 'change', 'danger']

function riskOfCommand(command: EffectiveCommand, script: string): Risk {
  const { origin, words } = command
  const writes = origin.writes.some(target => !/^(?:\/dev\/(?:null|stdout|stderr|tty)|&?\d|-)$/.test(target))
  const own = words.length === 0 ? 'view' : lowered(command, special(command, script) ?? general(command))
  return strongest([own, writes ? 'safe' : 'view'])
}

/** `--version` looks only, `--dry-run` changes nothing; `--force` makes any change a danger. */
function lowered({ name, words }: EffectiveCommand, risk: Risk): Risk {
  if (words.length === 2 && /^(?:--version|--help|version|help|-V)$/.test(words[1] ?? '')) return 'view'
  if (hasOption(words, '--help') && risk !== 'danger') return 'view'
  const rehearses = words.some(word => /^--(?:dry-run|dryrun|what-if|noop|no-op)(?:=(?!none|false).*)?$/.test(word))
  if (rehearses && !NO_REHEARSAL.has(name)) return risk === 'view' ? 'view' : 'safe'
  return words.some(word => /^--force(?:=true)?$/.test(word)) && risk !== 'view' ? 'danger' : risk
}

// For these such an option is no option, or another thing.
const NO_REHEARSAL = new Set(['rm', 'dd', 'mkfs', 'shred', 'psql', 'mysql', 'kill', 'reboot', 'shutdown'])

/** By the tables: the longest sub-command that fits, then the program, then the words of its name. */
function general({ name, words }: EffectiveCommand): Risk {
  const program = programOf(name)
  if (program === undefined) return unknown(name, words)
  const rest = argumentsOf(words, program.takes)
  if (VERB_TOOLS.has(name) && !programKnows(name)) return byVerbs(rest)
  const found = bySubCommand(program, rest, words.slice(1))
  const dangerous = (program.dangerousWith ?? '').split(' ').some(option => option !== '' && hasOption(words, option))
  return dangerous && found !== 'view' ? 'danger' : (found ?? program.risk)
}

function programKnows(name: string): boolean {
  return programOf(name)?.view !== undefined
}

function bySubCommand(
  program: NonNullable<ReturnType<typeof programOf>>,
  rest: readonly string[],
  all: readonly string[],
): Risk | null {
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

/** `aws ec2 terminate-instances`: the first word that is a verb, danger before all. */
function byVerbs(rest: readonly string[]): Risk {
  const verbs = rest.slice(0, 5).flatMap(word => riskOfVerb(word) ?? [])
  return verbs.includes('danger') ? 'danger' : (verbs[0] ?? 'change')
}

/** A program nobody told us about: a script is judged by its name, danger words among the arguments count. */
function unknown(name: string, words: readonly string[]): Risk {
  const named = riskOfName(name)
  const dangerous = argumentsOf(words)
    .slice(0, 6)
    .some(word => /^[a-z:-]+$/.test(word) && riskOfName(word) === 'danger')
  return dangerous
    ? 'danger'
    : named === 'safe' && !/[-_.:/]|^test/.test(words[0] ?? '') && words.length > 1
      ? 'change'
      : named
}

type Special = (command: EffectiveCommand, script: string) => Risk | null

/** Programs whose options or arguments say more than a sub-command; null leaves it to the tables. */
function special(command: EffectiveCommand, script: string): Risk | null {
  const rule = SPECIAL.get(command.name)
  return rule === undefined ? null : rule(command, script)
}

const byScriptName: Special = ({ words }) => {
  const file = words.slice(1).find(word => !word.startsWith('-'))
  if (hasOption(words, '-n') && words.length > 2) return 'view'
  return file === undefined ? 'change' : riskOfName(baseName(file))
}

const sql: Special = ({ words, fed }) => {
  if (hasOption(words, '-l', '--list') && words.length < 4) return 'view'
  const statements = words.filter((_, index) =>
    /^(?:-c|-e|--command|--execute|-Q|-q|--query|--eval)$/.test(words[index - 1] ?? ''),
  )
  const inline = words.flatMap(word => /^--(?:command|execute|query|eval)=(.*)$/s.exec(word)?.[1] ?? [])
  const text = [...statements, ...inline, ...(words[0]?.endsWith('sqlite3') ? words.slice(2) : [])].join('; ')
  if (/\b(?:drop|delete|truncate|dropDatabase|deleteMany|remove)\b/i.test(text)) return 'danger'
  const reads =
    text !== '' &&
    text
      .split(';')
      .every(part =>
        /^\s*(?:$|select\b(?![\s\S]*\binto\b)|show\b|explain\b|describe\b|\\[dlz]|\.tables|\.schema|pragma\b)/i.test(
          part,
        ),
      )
  return reads && !fed && !hasOption(words, '-f', '--file') ? 'view' : 'change'
}

const curl: Special = ({ words }) => {
  const method = methodOf(words)
  if (method === 'DELETE') return 'danger'
  const sends =
    words.some(word => /^(?:-d|-F|-T|--data.*|--form.*|--upload-file|--json)(?:=.*)?$|^-[dFT]./.test(word)) &&
    !hasOption(words, '-G', '--get')
  if ((method !== null && !/^(?:GET|HEAD|OPTIONS)$/.test(method)) || (sends && method === null)) return 'change'
  return words.some(word => /^-[A-Za-z]*[oO]$|^--output|^--remote-name/.test(word)) && !words.includes('/dev/null')
    ? 'safe'
    : 'view'
}

function methodOf(words: readonly string[]): string | null {
  for (const [index, word] of words.entries()) {
    if (/^(?:-[A-Za-z]*X|--request|--method)$/.test(word)) return (words[index + 1] ?? '').toUpperCase()
    const joined = /^(?:-X|--request=|--method=)([A-Za-z]+)$/.exec(word)?.[1]
    if (joined !== undefined) return joined.toUpperCase()
  }
  return null
}

const packageScript: Special = ({ name, words }) => {
  const rest = argumentsOf(words, programOf(name)?.takes)
  const at = rest[0] === 'workspace' ? 2 : rest[0] === 'workspaces' || rest[0] === 'global' ? 1 : 0
  const [verb, script] = rest.slice(at)
  if (verb === undefined) return name === 'yarn' ? 'safe' : 'view'
  if (verb === 'run' || verb === 'run-script' || verb === 'rr')
    return script === undefined ? 'view' : riskOfName(script)
  if (verb === 'start' || verb === 'dev' || verb === 'serve' || verb === 'create') return 'change'
  const known = programOf(name)
  if (known !== undefined && bySubCommand(known, rest.slice(at), words.slice(1)) !== null) return null
  return name === 'npm' ? 'change' : riskOfName(verb)
}

const targets: Special = ({ name, words }) => {
  const rest = argumentsOf(words, programOf(name)?.takes ?? '-f -C -d').filter(word => !/^\w+=/.test(word))
  if (hasOption(words, '-n', '--just-print', '--list', '--summary')) return 'view'
  return rest.length === 0 ? (name.endsWith('make') ? 'safe' : 'view') : strongest(rest.map(riskOfName))
}

const python: Special = command => {
  const { words } = command
  const module = words[words.indexOf('-m') + 1]
  if (words.includes('-m') && module !== undefined) {
    if (/^(?:venv|pytest|unittest|build|compileall|json\.tool|mypy|black|ruff|flake8|pylint|ensurepip)$/.test(module))
      return 'safe'
    if (module === 'pip') return general({ ...command, name: 'pip', words: words.slice(words.indexOf('-m') + 1) })
    return riskOfName(module)
  }
  const file = words.slice(1).findIndex(word => !word.startsWith('-'))
  const known = file === -1 ? undefined : programOf(baseName(words[file + 1] ?? ''))
  if (words.includes('-c') || words.includes('-e') || words.includes('-r')) return 'change'
  if (known !== undefined)
    return general({ ...command, name: baseName(words[file + 1] ?? ''), words: words.slice(file + 1) })
  return file === -1 ? 'change' : riskOfName(baseName(words[file + 1] ?? ''))
}

const gitPush: Special = ({ words, origin }, script) => {
  if (argumentsOf(words, '-C -c')[0] !== 'push') return gitLocal(words)
  if (
    hasOption(
      words,
      '-f',
      '-d',
      '--force',
      '--force-with-lease',
      '--force-if-includes',
      '--delete',
      '--mirror',
      '--tags',
      '--follow-tags',
      '--prune',
    )
  )
    return 'danger'
  // The words as written, since `<tag>` was read as a stand-in.
  const written = origin.words.map(word => script.slice(word.start, word.end))
  return written.some(word =>
    /^(?:tag|refs\/tags\/.*|[+:].+|"?v?\$?\{?<?(?:release[-_]?)?(?:tag|version)(?:[-_]name)?>?\}?"?|v\d+\.\S*|v?X\.Y\S*|<v[^>]*>)$/i.test(
      word,
    ),
  )
    ? 'danger'
    : 'change'
}

function gitLocal(words: readonly string[]): Risk | null {
  const [verb] = argumentsOf(words, '-C -c')
  if (verb === 'clean') return hasOption(words, '-n') ? 'view' : 'danger'
  const listing = verb === 'branch' || verb === 'tag' || verb === 'remote'
  return listing && argumentsOf(words, '-C -c').length === 1 && !hasOption(words, '-D', '-d') ? 'view' : null
}

const SPECIAL: ReadonlyMap<string, Special> = new Map<string, Special>([
  ...['psql', 'mysql', 'mariadb', 'sqlite3', 'cqlsh', 'sqlcmd', 'mongosh', 'mongo', 'clickhouse-client'].map(
    name => [name, sql] as const,
  ),
  ...['npm', 'pnpm', 'yarn', 'bun'].map(name => [name, packageScript] as const),
  ...['make', 'gmake', 'just', 'task', 'rake', 'gulp', 'grunt', 'invoke', 'inv', 'mage', 'xc', 'mask'].map(
    name => [name, targets] as const,
  ),
  ...['python', 'python3', 'python2', 'node', 'deno', 'ruby', 'perl', 'php', 'tsx', 'ts-node', 'Rscript'].map(
    name => [name, python] as const,
  ),
  ...['bash', 'sh', 'zsh', 'dash', 'ksh', 'fish'].map(name => [name, byScriptName] as const),
  ['source', sourced],
  ['.', sourced],
  ['curl', curl],
  ['git', gitPush],
  [
    'rm',
    ({ words }) =>
      words.some(word => /^-[A-Za-z]*[rR]|^--recursive|^--no-preserve-root/.test(word)) ? 'danger' : 'change',
  ],
  ['find', ({ words }) => (words.includes('-delete') ? 'danger' : null)],
  ['sed', ({ words }) => (words.some(word => /^-[A-Za-z]*i|^--in-place/.test(word)) ? 'safe' : 'view')],
  ['yq', ({ words }) => (hasOption(words, '-i', '--inplace') ? 'safe' : 'view')],
  [
    'rsync',
    ({ words }) =>
      words.some(word => /^-[A-Za-z]*n|^--dry-run/.test(word))
        ? 'safe'
        : words.some(word => word.startsWith('--delete'))
          ? 'danger'
          : 'change',
  ],
  [
    'wget',
    ({ words }) =>
      words.some(word => /^-[A-Za-z]*O-$|^--spider/.test(word)) || words[words.indexOf('-O') + 1] === '-'
        ? 'view'
        : 'safe',
  ],
  ['crontab', ({ words }) => (hasOption(words, '-r') ? 'danger' : hasOption(words, '-l') ? 'view' : 'change')],
  ['mount', ({ words }) => (words.length === 1 ? 'view' : 'change')],
  ['git-cliff', () => 'safe'],
  ['docker', dockerPush],
  ['podman', dockerPush],
  ['aws', ({ words }) => (argumentsOf(words)[1] === 'sync' && hasOption(words, '--delete') ? 'danger' : null)],
  ['twine', ({ words }) => (words[1] === 'check' ? 'safe' : null)],
  ['gh', ghApi],
  ['service', ({ words }) => (words.at(-1) === 'status' ? 'view' : null)],
  ['goreleaser', ({ words }) => (hasOption(words, '--snapshot', '--skip-publish', '--skip=publish') ? 'safe' : null)],
])

function sourced({ words }: EffectiveCommand): Risk {
  const file = baseName(words[1] ?? '')
  return /^\.?env|\.env|rc$|profile$|activate|completion|^env|vars|\.conf$|nvm\.sh/.test(file) || file === ''
    ? 'safe'
    : riskOfName(file)
}

function dockerPush({ words }: EffectiveCommand): Risk | null {
  const [first, second] = argumentsOf(words)
  if (first === 'buildx' && second === 'build' && hasOption(words, '--push')) return 'change'
  if (first === 'build' && hasOption(words, '--push')) return 'change'
  return null
}

function ghApi({ words }: EffectiveCommand): Risk | null {
  if (argumentsOf(words, '-R --repo')[0] !== 'api') return null
  const method = methodOf(words)
  if (method === 'DELETE') return 'danger'
  const sends = words.some(word => /^(?:-f|-F|--field|--raw-field|--input)(?:=.*)?$/.test(word))
  return (method ?? (sends ? 'POST' : 'GET')) === 'GET' ? 'view' : 'change'
}
