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
  /** The wrappers it stands behind, outermost first. */
  readonly behind: readonly string[]
}

/** What is known of a program; undefined if nothing is. */
export function programOf(name: string): Program | undefined {
  return Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined
}

/** All commands of a script as they take effect, in order. Calls of functions that the script defines itself are left out. */
export function effectiveCommands(shell: Shell, depth = 0): EffectiveCommand[] {
  return shell.commands.flatMap(command => {
    const words = command.words.map(word => word.text)
    if (shell.functions.has(words[0] ?? '')) return []
    return unwrap(words, command, [], depth)
  })
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

function unwrap(
  words: readonly string[],
  origin: SimpleCommand,
  behind: readonly string[],
  depth: number,
): EffectiveCommand[] {
  const name = baseName(words[0] ?? '')
  const self: EffectiveCommand = { name, words, origin, fed: origin.fed, behind }
  if (name === '' || depth > DEEPEST || behind.length > DEEPEST) return [self]
  const inner = innerWords(name, words)
  if (inner !== null) return inner.length === 0 ? [self] : unwrap(inner, origin, [...behind, name], depth)
  const script = innerScript(name, words)
  if (script !== null) {
    const nested = effectiveCommands(readShell(script), depth + 1)
    return nested.map(command => ({ ...command, origin, behind: [...behind, name, ...command.behind] }))
  }
  if (name === 'find') {
    const exec = words.findIndex(word => /^-(?:exec|execdir|ok)$/.test(word))
    if (exec !== -1) return [self, ...unwrap(words.slice(exec + 1), origin, [...behind, name], depth)]
  }
  return [self]
}

/** The words that a wrapper starts; null if the command is no wrapper, empty if it starts nothing. */
function innerWords(name: string, words: readonly string[]): readonly string[] | null {
  if (/^(?:docker|podman|kubectl|oc|k)$/.test(name)) return containerCommand(words)
  const runner = `${name} ${words[1] ?? ''}`
  if (Object.hasOwn(RUNNERS, runner) && !/^(?:docker|podman) /.test(runner)) {
    const rest = words.slice(2)
    const dashes = rest.indexOf('--')
    if (dashes !== -1) return rest.slice(dashes + 1)
    return RUNNERS[runner] === true ? [] : afterOptions(rest, '-p --package -n')
  }
  if (!Object.hasOwn(WRAPPERS, name)) return null
  // These keep a meaning of their own with these options: a shell as root, a look for where a program lies.
  if (
    (name === 'sudo' && words.some(word => /^-[a-zA-Z]*[isel]$|^--(?:login|shell|edit|list)$/.test(word))) ||
    (name === 'command' && /^-[vV]$/.test(words[1] ?? ''))
  )
    return null
  let rest = afterOptions(words.slice(1), WRAPPERS[name] ?? '')
  if (name === 'timeout' || name === 'flock' || name === 'chroot') rest = rest.slice(1)
  while (/^[A-Za-z_]\w*=/.test(rest[0] ?? '')) rest = rest.slice(1)
  if (/^(?:npx|pnpx|bunx)$/.test(name))
    rest = [packageCommand(rest[0] ?? ''), ...rest.slice(1)].filter(word => word !== '')
  return rest
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

/** The script that a shell, eval or ssh is handed as text; null if there is none. */
function innerScript(name: string, words: readonly string[]): string | null {
  if (/^(?:ba|z|da|k|fi)?sh$/.test(name)) {
    const at = words.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word))
    return at === -1 ? null : (words[at + 1] ?? null)
  }
  if (name === 'eval') return words.slice(1).join(' ')
  if (name === 'su') {
    const at = words.findIndex(word => word === '-c' || word === '--command')
    return at === -1 ? null : (words[at + 1] ?? null)
  }
  if (name === 'ssh' || name === 'autossh') {
    const rest = afterOptions(words.slice(1), SSH_TAKES).slice(1)
    const command = afterOptions(rest, SSH_TAKES)
    return command.length === 0 ? null : command.join(' ')
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
