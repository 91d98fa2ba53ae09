import { RUNNERS } from './command-table.ts'
import { baseName, type EffectiveCommand, effectiveCommands } from './effective.ts'
import { readShell } from './syntax.ts'

/** What one script asks of the machine it runs on. */
export interface CalledPrograms {
  /** Names to be found on the PATH, or paths, as they are written; each with the place of its first call. */
  readonly programs: readonly { readonly name: string; readonly offset: number }[]
  /** Functions and aliases: names that it and the scripts behind it may call. */
  readonly defines: readonly string[]
  /** Names whose presence it looks into itself (`command -v jq`). */
  readonly looksFor: readonly string[]
  /** True if it sources a file or changes the PATH: what is not there before may be there behind it. */
  readonly mayBring: boolean
  /** True if it changes the working directory: relative paths behind that lead elsewhere. */
  readonly moves: boolean
}

/**
 * The programs that a script starts on this machine, by its grammar: behind sudo, env, xargs and `bash -c`, but not what runs behind
 * ssh, in a container or out of a package. Builtins, functions, and what is only known when it runs (`$TOOL`), are left out.
 *
 * Needs the grammar of the shell: the runbook that the script is from has had it loaded.
 */
export function calledPrograms(script: string, shell: 'bash' | 'sh' | 'zsh'): CalledPrograms {
  const read = readShell(script)
  const commands = effectiveCommands(read)
  const programs = new Map<string, number>()
  const aliases: string[] = []
  const looksFor: string[] = []
  const call = (word: string, offset: number): void => {
    // What the script does not hold stands in for a placeholder of it.
    if (isProgram(word, shell) && script.includes(word) && !programs.has(word)) programs.set(word, offset)
  }
  for (const command of commands) {
    const { words, origin, behind } = command
    const offset = origin.start
    const outer = localWrappers(command)
    for (const name of outer) call(name === behind[0] ? (origin.words[0]?.text ?? name) : name, offset)
    if (outer.length < behind.length || ELSEWHERE.has(behind.at(-1) ?? '')) continue
    call(words[0] ?? '', offset)
    if (words[0] === 'alias') {
      for (const word of words.slice(1)) {
        const found = /^([^=]+)=["'\s]*([^\s"']*)/.exec(word)
        if (found === null) continue
        aliases.push(found[1] ?? '')
        call(found[2] ?? '', offset)
      }
    }
    if (isLook(words)) looksFor.push(...words.slice(1).filter(word => !word.startsWith('-')))
  }
  return {
    programs: [...programs].map(([name, offset]) => ({ name, offset })),
    defines: [...read.functions, ...aliases],
    looksFor,
    mayBring:
      commands.some(({ words }) => /^(?:source|\.|eval)$/.test(words[0] ?? '')) ||
      read.sets.some(({ name }) => name === 'PATH'),
    moves: commands.some(({ words, behind }) => behind.length === 0 && /^(?:cd|pushd|popd)$/.test(words[0] ?? '')),
  }
}

/** The wrappers of a command that run here: up to the first one whose command runs elsewhere, that one included. */
function localWrappers({ behind }: EffectiveCommand): readonly string[] {
  const at = behind.findIndex(name => ELSEWHERE.has(name))
  return at === -1 ? behind : behind.slice(0, at + 1)
}

/** What they start is on another machine, in a container, or comes out of a package. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...Object.keys(RUNNERS).map(runner => runner.split(' ')[0] ?? ''),
  ...'ssh autossh mosh docker podman nerdctl docker-compose kubectl oc k npx pnpx bunx chroot fakeroot su'.split(' '),
])

/** A name or path that can be looked for as it is written. */
function isProgram(word: string, shell: 'bash' | 'sh' | 'zsh'): boolean {
  if (!/^[\w.+@~-][\w.+@/~-]*$|^\/[\w.+@/-]+$/.test(word) || /^\d+$/.test(word)) return false
  if (word.startsWith('-') || /^[.~-]+$/.test(word)) return false
  return !BUILTINS.has(word) && !(shell === 'zsh' && ZSH_BUILTINS.has(word))
}

function isLook(words: readonly string[]): boolean {
  const name = baseName(words[0] ?? '')
  return (name === 'command' && /^-[vV]$/.test(words[1] ?? '')) || /^(?:type|which|hash|whereis)$/.test(name)
}

const BUILTINS: ReadonlySet<string> = new Set(
  '. : [ [[ alias bg bind break builtin caller case cd command compgen complete compopt continue coproc declare dirs disown do done echo elif else enable esac eval exec exit export false fc fg fi for function getopts hash help history if in jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source suspend test then time times trap true type typeset ulimit umask unalias unset until wait while'.split(
    ' ',
  ),
)
const ZSH_BUILTINS: ReadonlySet<string> = new Set(
  'autoload bindkey chdir compdef compinit emulate float foreach functions integer limit nocorrect noglob print private rehash repeat sched setopt unfunction unhash unlimit unsetopt vared where whence which zcompile zle zmodload zparseopts zstyle'.split(
    ' ',
  ),
)
