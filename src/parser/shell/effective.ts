import { PROGRAMS, type Program, RUNNERS, WRAPPERS } from './command-table.ts'
import { readShell, type Shell, type SimpleCommand } from './syntax.ts'

/** A command as it takes effect: behind sudo, env, npx, xargs, `bash -c '…'`, ssh and their kin. */
export interface EffectiveCommand {
  /** Its name without a directory: `kubectl`, `deploy.sh`. */
  readonly name: string
  readonly words: readonly string[]
  /** The command of the script that it came from: its place, its redirections. */
  readonly origin: SimpleCommand
  /** Its input is not the terminal. */
  readonly fed: boolean
  /** Its input where the script holds it. */
  readonly input: string | null
  /** Targets of its output redirections, those of the wrappers around it included. */
  readonly writes: readonly string[]
  /** The wrappers it stands behind, outermost first. */
  readonly behind: readonly string[]
}

/** What is known of a program; undefined if nothing is. */
export function programOf(name: string): Program | undefined {
  if (Object.hasOwn(PROGRAMS, name)) return PROGRAMS[name]
  return name.startsWith('mkfs.') ? PROGRAMS.mkfs : undefined
}

/**
 * All commands of a script as they take effect, in order. Calls of functions that the script defines itself are left out.
 *
 * @param input what the script as a whole is fed, where that is known.
 */
export function effectiveCommands(shell: Shell, depth = 0, input: string | null = null): readonly EffectiveCommand[] {
  if (depth > 0 || input !== null) return unwrapAll(shell, depth, input)
  const known = ofWholeScripts.get(shell) ?? unwrapAll(shell, 0, null)
  ofWholeScripts.set(shell, known)
  return known
}

/** Several questions are asked about each script; a `Shell` never changes, and takes its commands along when it goes. */
const ofWholeScripts = new WeakMap<Shell, readonly EffectiveCommand[]>()

function unwrapAll(shell: Shell, depth: number, input: string | null): EffectiveCommand[] {
  return shell.commands.flatMap(command => {
    const words = command.words.map(word => word.text)
    if (shell.functions.has(words[0] ?? '')) return []
    const given = command.fed ? command.input : input
    return unwrap(words, { origin: command, fed: command.fed, input: given, writes: command.writes }, [], depth)
  })
}

/** Words read as a command of their own, wherever in another command they stand. */
export function commandsIn(words: readonly string[], origin: SimpleCommand): EffectiveCommand[] {
  return unwrap(words, { origin, fed: true, input: null, writes: [] }, [], 1)
}

/** Splits words into options (with their values) and the rest: `-n prod get pods` is `get pods` for kubectl. */
export function argumentsOf(words: readonly string[], takes = ''): string[] {
  const rest: string[] = []
  const taking = new Set(takes.split(' '))
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') return [...rest, ...words.slice(index + 1)]
    if (taking.has(word)) index++
    else if (!word.startsWith('-') || word === '-') rest.push(word)
  }
  return rest
}

/** True if one of the options stands among the words, also as `--option=value`. Short ones are found in clusters too. */
export function hasOption(words: readonly string[], ...options: readonly string[]): boolean {
  return words.some(word =>
    options.some(
      option =>
        word === option ||
        (option.startsWith('--') && word.startsWith(`${option}=`)) ||
        (/^-[A-Za-z]$/.test(option) && /^-[A-Za-z]+$/.test(word) && word.includes(option[1] ?? '')),
    ),
  )
}

const DEEPEST = 8

type Around = Pick<EffectiveCommand, 'origin' | 'fed' | 'input' | 'writes'>

function unwrap(
  words: readonly string[],
  around: Around,
  behind: readonly string[],
  depth: number,
): EffectiveCommand[] {
  const name = baseName(words[0] ?? '')
  const self: EffectiveCommand = { name, words, ...around, behind }
  if (name === '' || depth > DEEPEST || behind.length > DEEPEST) return [self]
  const inner = innerWords(name, words)
  if (inner !== null) return inner.length === 0 ? [self] : unwrap(inner, around, [...behind, name], depth)
  const script = innerScript(name, words)
  if (script !== null) return nested(self, script, depth, false)
  if (around.input !== null && readsScript(name, words)) return nested(self, around.input, depth, true)
  if (name === 'find' || name === 'fd') {
    const exec = words.findIndex(word => /^-(?:exec|execdir|ok|okdir|x|X|-exec|-exec-batch)$/.test(word))
    if (exec !== -1) return [self, ...unwrap(words.slice(exec + 1), around, [...behind, name], depth)]
  }
  const behindDashes = behindDashesOf(name, words)
  return behindDashes === null ? [self] : [self, ...unwrap(behindDashes, around, [...behind, name], depth)]
}

/** `aws-vault exec prod -- kubectl …`: of a program that nothing is known of, what stands behind `--` counts too if it is a command that is known. */
function behindDashesOf(name: string, words: readonly string[]): readonly string[] | null {
  const dashes = words.indexOf('--')
  if (dashes < 1 || programOf(name) !== undefined || Object.hasOwn(WRAPPERS, name)) return null
  const inner = baseName(words[dashes + 1] ?? '')
  return programOf(inner) !== undefined || Object.hasOwn(WRAPPERS, inner) ? words.slice(dashes + 1) : null
}

/** The commands of a text that a command runs as a script. One that cannot be read leaves the command itself: unknown. */
function nested(self: EffectiveCommand, script: string, depth: number, isInput: boolean): EffectiveCommand[] {
  const shell = readShell(script)
  const commands = effectiveCommands(shell, depth + 1, isInput ? null : self.input)
  const inside = commands.map(command => ({
    ...command,
    origin: self.origin,
    fed: command.fed || isInput,
    writes: [...self.writes, ...command.writes],
    behind: [...self.behind, self.name, ...command.behind],
  }))
  const unread = shell.error !== null || (inside.length === 0 && script.trim() !== '')
  return unread || self.name === 'trap' || self.name === 'alias' ? [self, ...inside] : inside
}

/** Whether a command takes its input for a script: a shell without a file, `ssh host`, `su`. */
function readsScript(name: string, words: readonly string[]): boolean {
  const rest = words.slice(1)
  if (SHELL.test(name)) return rest.every(word => /^-/.test(word)) || rest.includes('-s') || rest[0] === '/dev/stdin'
  if (name === 'su' || name === 'at' || name === 'batch') return true
  return (name === 'ssh' || name === 'autossh') && afterOptions(rest, SSH_TAKES).length === 1
}

const SHELL = /^(?:ba|z|da|k|fi|a)?sh$/

/** The words that a wrapper starts; null if the command is no wrapper, empty if it starts nothing. */
function innerWords(name: string, words: readonly string[]): readonly string[] | null {
  if (/^(?:docker|podman|kubectl|oc|k)$/.test(name)) return containerCommand(words)
  if (INTERPRETERS.has(name)) return interpreted(words)
  // Options of the runner itself may stand before its word: `pnpm --filter api exec prisma …`.
  const started = afterOptions(words.slice(1), programOf(name)?.takes ?? '')
  const runner = `${name} ${started[0] ?? ''}`
  if (Object.hasOwn(RUNNERS, runner)) {
    const rest = started.slice(1)
    const dashes = rest.indexOf('--')
    if (dashes !== -1) return rest.slice(dashes + 1)
    if (RUNNERS[runner] === true) return []
    const command = afterOptions(rest, '-p --package -n')
    return name === 'direnv' ? command.slice(1) : packageCommand(command[0] ?? '') === '' ? [] : inPackage(command)
  }
  // `pnpm prisma migrate reset`: a package's own command, where the program is known and its word is no command of the runner.
  if (RUNS_BINARIES.has(name)) {
    const own = started[0] === 'workspace' ? started.slice(2) : started
    const known = isOwnCommand(name, own[0] ?? '') ? undefined : programOf(own[0] ?? '')
    if (known !== undefined && known.risk !== 'view') return own
  }
  if (!Object.hasOwn(WRAPPERS, name)) return null
  // These keep a meaning of their own with these options: a shell as root, a look for where a program lies.
  if (
    (name === 'sudo' && words.some(word => /^-[a-zA-Z]*[isel]$|^--(?:login|shell|edit|list)$/.test(word))) ||
    (name === 'command' && /^-[vV]$/.test(words[1] ?? ''))
  )
    return null
  if (name === 'env' && words.some(word => /^-S|^--split-string/.test(word))) return null
  if ((name === 'flock' || name === 'runuser') && words.some(word => word === '-c' || word === '--command')) return null
  if (/^(?:npx|pnpx|bunx)$/.test(name) && words.some(word => word === '-c' || word === '--call')) return null
  let rest = afterOptions(words.slice(1), WRAPPERS[name] ?? '')
  if (name === 'timeout' || name === 'flock' || name === 'chroot') rest = rest.slice(1)
  while (/^[A-Za-z_]\w*=/.test(rest[0] ?? '')) rest = rest.slice(1)
  // `watch 'kubectl get pods | grep x'`: its words are a script.
  if ((name === 'watch' || name === 'parallel') && /\s/.test(rest[0] ?? '')) return ['sh', '-c', rest.join(' ')]
  return /^(?:npx|pnpx|bunx)$/.test(name) ? inPackage(rest) : rest
}

/** `python manage.py migrate`, `python -m twine upload`: the program that the table knows by what it is called. */
function interpreted(words: readonly string[]): readonly string[] | null {
  if (words.some(word => /^-[cer]$|^--(?:eval|print)$/.test(word))) return null
  const module = words.indexOf('-m')
  const at = module === -1 ? words.findIndex((word, index) => index > 0 && !word.startsWith('-')) : module + 1
  const name = baseName(words[at] ?? '')
  const program = at < 1 ? undefined : programOf(name)
  const isKnown = program?.view !== undefined || program?.safe !== undefined || program?.risk === 'danger'
  return isKnown ? [name, ...words.slice(at + 1)] : null
}

const INTERPRETERS: ReadonlySet<string> = new Set('python python3 python2 php ruby node'.split(' '))

function inPackage(words: readonly string[]): readonly string[] {
  return [packageCommand(words[0] ?? ''), ...words.slice(1)].filter(word => word !== '')
}

const RUNS_BINARIES: ReadonlySet<string> = new Set(['pnpm', 'yarn', 'bun'])

/** A word that the package manager reads itself: its own sub-commands. */
function isOwnCommand(name: string, word: string): boolean {
  if (/^(?:run|exec|dlx|x|init|create|start|workspace|workspaces|node)$/.test(word)) return true
  const { view, safe, change, danger } = programOf(name) ?? {}
  // Most words stand in none of the lists: they are taken apart only where one of them does.
  return [view, safe, change, danger].some(
    list => list?.includes(word) && list.split(', ').some(entry => entry.split(' ', 1)[0] === word),
  )
}

/** `kubectl exec pod -- ls`, `docker exec app ls`: what runs inside. Null where there is nothing inside to see. */
function containerCommand(words: readonly string[]): readonly string[] | null {
  const program = programOf(baseName(words[0] ?? ''))
  const plain = argumentsOf(words, program?.takes)
  const verb = plain[0] === 'compose' ? plain[1] : plain[0]
  if (verb !== 'exec' && verb !== 'rsh') return null
  const dashes = words.indexOf('--')
  if (dashes !== -1) return words.slice(dashes + 1)
  const at = words.indexOf(verb)
  const rest = afterOptions(
    words.slice(at + 1),
    '-u --user -e --env -w --workdir --env-file -n --namespace -c --container --index',
  )
  const inside = afterOptions(rest.slice(1), '-c --container -n --namespace')
  return inside.length === 0 ? null : inside
}

/** The script that a shell, eval, ssh, a trap or an alias is handed as text; null if there is none. */
function innerScript(name: string, words: readonly string[]): string | null {
  if (SHELL.test(name)) {
    const at = words.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word))
    return at === -1 ? null : (words[at + 1] ?? null)
  }
  switch (name) {
    case 'eval':
      return words.slice(1).join(' ')
    case 'su':
    case 'runuser':
    case 'flock':
    case 'script':
      return behindOption(words, /^(?:-[a-z]*c|--command)$/)
    case 'npx':
    case 'pnpx':
    case 'bunx':
      return behindOption(words, /^(?:-c|--call)$/)
    case 'env':
      return behindOption(words, /^(?:-S|--split-string)$/)
    case 'nix-shell':
      return behindOption(words, /^--(?:run|command)$/)
    case 'vagrant':
    case 'fly':
    case 'flyctl':
    case 'gcloud':
      return words.includes('ssh') ? behindOption(words, /^(?:-c|-C|--command)$/) : null
    case 'trap':
      return words.length > 2 && !/^-/.test(words[1] ?? '-') ? (words[1] ?? null) : null
    case 'alias': {
      const meant = words.slice(1).flatMap(word => /^[\w.:-]+=(.+)$/s.exec(word)?.[1] ?? [])
      return meant.length === 0 ? null : meant.join('\n')
    }
    case 'ssh':
    case 'autossh': {
      const command = afterOptions(afterOptions(words.slice(1), SSH_TAKES).slice(1), SSH_TAKES)
      return command.length === 0 ? null : command.join(' ')
    }
    default:
      return null
  }
}

/** The word behind an option, or joined to it by `=`. */
function behindOption(words: readonly string[], option: RegExp): string | null {
  for (const [index, word] of words.entries()) {
    if (index > 0 && option.test(word)) return words[index + 1] ?? null
    const joined = /^(--[\w-]+)=(.*)$/s.exec(word)
    if (joined !== null && option.test(joined[1] ?? '')) return joined[2] ?? null
  }
  return null
}

export const SSH_TAKES = '-i -p -l -o -F -J -L -R -D -W -b -c -E -e -I -m -O -Q -S -w -B'

/** Words behind the leading options and their values. */
export function afterOptions(words: readonly string[], takes: string): readonly string[] {
  const taking = new Set(takes.split(' '))
  let index = 0
  for (; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') return words.slice(index + 1)
    if (!word.startsWith('-') || word === '-') break
    if (taking.has(word)) index++
  }
  return words.slice(index)
}

/** `cowsay@latest` and `@scope/tool` start `cowsay` and `tool`. */
function packageCommand(word: string): string {
  return word.replace(/^@[^/]+\//, '').replace(/@[^@/]*$/, '')
}

/** The name without its directory. */
export function baseName(word: string): string {
  return word === '.' ? '.' : word.slice(word.lastIndexOf('/') + 1)
}
