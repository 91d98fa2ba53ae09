import type { Risk } from '../../model/index.ts'
import { argumentsOf, baseName, type EffectiveCommand, hasOption, programOf } from './effective.ts'
import { riskOfGit } from './git-risk.ts'
import { riskOfRequest } from './request-risk.ts'
import { raisedByOptions, riskOfScripts } from './script-risk.ts'
import { riskOfSql } from './sql-risk.ts'
import { bySubCommand, strongest } from './sub-commands.ts'
import { riskOfName } from './verbs.ts'

/** Risk of programs whose options or arguments say more than a sub-command; null leaves it to the tables. */
export function specialRisk(command: EffectiveCommand, script: string): Risk | null {
  const { name, words, origin, input, fed } = command
  if (name === 'git')
    return riskOfGit(
      words,
      origin.words.map(word => script.slice(word.start, word.end)),
    )
  if (SQL_SHELLS.has(name)) return riskOfSql(name, words, input, fed)
  const rule = SPECIAL.get(name)
  return (rule === undefined ? null : rule(command)) ?? riskOfRequest(name, words) ?? riskOfScripts(command)
}

type Special = (command: EffectiveCommand) => Risk | null

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '))

const SQL_SHELLS = set('psql mysql mariadb sqlite3 cqlsh sqlcmd mongosh mongo clickhouse-client')

/** `bash deploy.sh`: by the name of the file, and by the options it is handed. */
const byScriptName: Special = ({ words }) => {
  const at = words.findIndex((word, index) => index > 0 && !word.startsWith('-'))
  if (at !== -1 && hasOption(words.slice(0, at), '-n')) return 'view'
  const file = words[at]
  return at === -1 || file === undefined ? 'change' : raisedByOptions(words, riskOfName(baseName(file)))
}

/** An interpreter: by the module or file it runs. What it is handed as text is a change. */
const interpreter: Special = ({ words }) => {
  const module = words[words.indexOf('-m') + 1]
  if (words.includes('-m') && module !== undefined)
    return /^(?:venv|pytest|unittest|build|compileall|json\.tool|mypy|black|ruff|flake8|pylint|ensurepip)$/.test(module)
      ? 'safe'
      : raisedByOptions(words, riskOfName(module))
  if (words.some(word => /^-[cer]$|^--(?:eval|print)$|^-[a-z]*[pi]e$/.test(word))) return 'change'
  const file = words.slice(1).find(word => !word.startsWith('-'))
  return file === undefined ? 'change' : raisedByOptions(words, riskOfName(baseName(file)))
}

/** Programs that look, unless one of these stands among their words. */
const lookingUnless =
  (acts: RegExp, risk: Risk = 'change'): Special =>
  ({ words }) =>
    words.slice(1).some(word => acts.test(word)) ? risk : 'view'

const awk: Special = ({ words }) => {
  const text = words.slice(1).join(' ')
  if (/\bsystem\s*\(|\|\s*(?:getline|")|"\s*\|/.test(text)) return 'change'
  return /-i\s*inplace|print[^}]*>/.test(text) ? 'safe' : 'view'
}

const sed: Special = ({ words }) => {
  if (words.some(word => /^-[A-Za-z]*i|^--in-place/.test(word))) return 'safe'
  const scripts = words.slice(1).filter(word => !word.startsWith('-'))
  if (scripts.some(text => /(?:^|;|\d)e\s|\/[gpI\d]*e[gpI]*(?:;|$)/.test(text) && !text.includes('.'))) return 'change'
  return scripts.some(text => /\/[gpI\d]*w\s+\S/.test(text)) ? 'safe' : 'view'
}

const openssl: Special = ({ words }) => {
  if (words.includes('-revoke')) return 'danger'
  return words.includes('-out') || words.includes('-keyout') ? 'safe' : null
}

const ip: Special = ({ words }) => {
  const rest = argumentsOf(words)
  const object = /^(?:a|addr|address|r|ro|route|l|link|n|neigh|rule|maddr|netns)$/.test(rest[0] ?? '')
  return object && (rest.length === 1 || /^(?:show|list|ls|get)$/.test(rest[1] ?? '')) ? 'view' : 'change'
}

const docker: Special = ({ words }) => {
  const [first, second] = argumentsOf(words, programOf('docker')?.takes)
  const builds = first === 'build' || (first === 'buildx' && second === 'build')
  return builds && (hasOption(words, '--push') || words.some(word => /type=registry|push=true/.test(word)))
    ? 'change'
    : null
}

/** `redis-cli FLUSHALL` and `flushall` are one command. */
const redis: Special = ({ name, words, input }) => {
  const program = programOf(name)
  if (program === undefined) return null
  const lower = words.map(word => word.toLowerCase())
  const rest = argumentsOf(words, program.takes).map(word => word.toLowerCase())
  const one = bySubCommand(program, rest, lower.slice(1)) ?? (rest.length === 0 ? readingRedis(words) : 'change')
  const fed = (input ?? '').split('\n').flatMap(line => {
    const said = line.trim().toLowerCase().split(/\s+/)
    return said[0] === '' ? [] : [bySubCommand(program, said, []) ?? 'change']
  })
  return strongest(input === null ? [one] : fed)
}

function readingRedis(words: readonly string[]): Risk {
  return hasOption(words, '--scan', '--bigkeys', '--stat', '--version', '--latency', '--memkeys') ? 'view' : 'change'
}

const sourced: Special = ({ words }) => {
  const file = baseName(words[1] ?? '')
  if (file === '' || riskOfName(file) === 'danger') return file === '' ? 'safe' : 'danger'
  return /^\.?env|\.env|rc$|profile$|activate|completion|vars|\.conf$|nvm\.sh/.test(file) ? 'safe' : riskOfName(file)
}

const SPECIAL: ReadonlyMap<string, Special> = new Map<string, Special>([
  ...['python', 'python3', 'python2', 'node', 'deno', 'ruby', 'perl', 'php', 'tsx', 'ts-node', 'Rscript'].map(
    name => [name, interpreter] as const,
  ),
  ...['bash', 'sh', 'zsh', 'dash', 'ksh', 'fish'].map(name => [name, byScriptName] as const),
  ...['awk', 'gawk', 'mawk'].map(name => [name, awk] as const),
  ...['docker', 'podman', 'nerdctl'].map(name => [name, docker] as const),
  ...['redis-cli', 'valkey-cli', 'keydb-cli'].map(name => [name, redis] as const),
  ['source', sourced],
  ['.', sourced],
  [
    'rm',
    ({ words }) =>
      words.some(word => /^-[A-Za-z]*[rR]|^--recursive|^--no-preserve-root/.test(word)) ? 'danger' : 'change',
  ],
  [
    'find',
    ({ words }) =>
      words.includes('-delete') ? 'danger' : words.some(word => /^-f(?:print0?|printf|ls)$/.test(word)) ? 'safe' : null,
  ],
  ['sed', sed],
  ['yq', ({ words }) => (hasOption(words, '-i', '--inplace') ? 'safe' : 'view')],
  ['sort', ({ words }) => (words.some(word => /^-[A-Za-z]*o|^--output/.test(word)) ? 'safe' : 'view')],
  ['uniq', ({ words }) => (argumentsOf(words, '-f -s -w').length > 1 ? 'safe' : 'view')],
  [
    'rsync',
    ({ words }) =>
      words.some(word => /^-[A-Za-z]*n|^--dry-run/.test(word))
        ? 'safe'
        : words.some(word => word.startsWith('--delete'))
          ? 'danger'
          : 'change',
  ],
  ['crontab', ({ words }) => (hasOption(words, '-r') ? 'danger' : hasOption(words, '-l') ? 'view' : 'change')],
  ['mount', ({ words }) => (words.length === 1 ? 'view' : 'change')],
  ['date', lookingUnless(/^-s|^--set|^\d{8,12}(?:\.\d\d)?$/)],
  ['hostname', lookingUnless(/^[^-]|^-F/)],
  ['ifconfig', ({ words }) => (argumentsOf(words).length > 1 ? 'change' : 'view')],
  ['route', lookingUnless(/^(?:add|del|delete|change|flush)$/)],
  ['arp', lookingUnless(/^-[dsf]/)],
  ['dmesg', lookingUnless(/^-[A-Za-z]*[CcnDE]|^--(?:clear|read-clear|console-\w+)/)],
  [
    'journalctl',
    command =>
      strongest([
        lookingUnless(/^--(?:rotate|flush|sync|relinquish-var)/)(command) ?? 'view',
        lookingUnless(/^--vacuum/, 'danger')(command) ?? 'view',
      ]),
  ],
  ['ip', ip],
  ['openssl', openssl],
  [
    'gpg',
    ({ words }) =>
      words.some(word => /^--delete-/.test(word))
        ? 'danger'
        : hasOption(words, '--send-keys', '--refresh-keys')
          ? 'change'
          : null,
  ],
  ...['nc', 'ncat', 'netcat', 'socat'].map(
    name =>
      [
        name,
        ({ fed, words }: EffectiveCommand) => (fed || hasOption(words, '-l', '-e', '-c') ? 'change' : 'view'),
      ] as const,
  ),
  ['git-cliff', () => 'safe'],
  ['gsutil', ({ words }) => (words.includes('rsync') && hasOption(words, '-d') ? 'danger' : null)],
  ['twine', ({ words }) => (words[1] === 'check' ? 'safe' : null)],
  ['service', ({ words }) => (words.at(-1) === 'status' ? 'view' : null)],
  ['goreleaser', ({ words }) => (hasOption(words, '--snapshot', '--skip-publish', '--skip=publish') ? 'safe' : null)],
  ['manage.py', ({ words }) => (words[1] === 'migrate' && words.includes('zero') ? 'danger' : null)],
  ['netlify', ({ words }) => (words[1] === 'api' && !/^(?:get|list|search)/.test(words[2] ?? '') ? 'change' : null)],
  [
    'ansible-playbook',
    ({ words }) => {
      const plays = argumentsOf(words, '-i -e -l -t --inventory --extra-vars --limit --tags -u')
      return plays.some(file => riskOfName(baseName(file)) === 'danger') &&
        !hasOption(words, '--check', '--syntax-check', '-C')
        ? 'danger'
        : null
    },
  ],
  [
    'bq',
    ({ words }) => (words.includes('query') ? riskOfSql('bq', ['bq', '-q', words.at(-1) ?? ''], null, false) : null),
  ],
  [
    'terraform',
    ({ words }) => (words.some(word => word === '-migrate-state' || word === '-force-copy') ? 'change' : null),
  ],
  ['gh', ({ words }) => (words[1] === 'release' && words.includes('--draft=false') ? 'danger' : null)],
])
