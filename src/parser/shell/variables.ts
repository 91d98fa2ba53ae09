import { asShell, type Shell, type VariableRead } from './syntax.ts'

/** Names that a script gives a value that lasts: assigned, exported, read, for, declare; not those set for one command only. */
export function setsVariables(script: string | Shell): string[] {
  return [...firstSets(script).keys()]
}

/** The same names with the offset at which each is first set. */
export function firstSets(script: string | Shell): Map<string, number> {
  const first = new Map<string, number>()
  for (const { name, start } of asShell(script).sets) if (!first.has(name)) first.set(name, start)
  return first
}

/** Names whose values a script uses, whoever set them; without those that every shell has. */
export function readsVariables(script: string | Shell): string[] {
  return [...new Set(asShell(script).reads.map(({ name }) => name))].filter(name => !isShellVariable(name))
}

/** Reads that need a value from outside: not set before them, no default, not after a `source`. In order. */
export function readsFromOutside(shell: Shell): VariableRead[] {
  const sourcedAt =
    shell.commands.find(({ words }) => /^(?:source|\.|eval)$/.test(words[0]?.text ?? ''))?.start ?? Infinity
  const setBefore = new Set<string>()
  let next = 0
  return shell.reads.filter(read => {
    for (let set = shell.sets[next]; set !== undefined && set.end <= read.start; set = shell.sets[++next])
      if (set.gives) setBefore.add(set.name)
    return !read.hasDefault && read.start < sourcedAt && !setBefore.has(read.name) && !isShellVariable(read.name)
  })
}

/** HOME, PATH and their kin: every shell, login or CI system has them. `HOST` is none: bash does not set it. */
export function isShellVariable(name: string): boolean {
  return SHELL_VARIABLES.has(name) || /^(?:LC_|BASH|XDG_|ZSH_)/.test(name)
}

const SHELL_VARIABLES: ReadonlySet<string> = new Set(
  'HOME PATH PWD OLDPWD USER USERNAME LOGNAME SHELL TERM TMPDIR TMP TEMP LANG LANGUAGE HOSTNAME HOSTTYPE OSTYPE MACHTYPE UID EUID GROUPS RANDOM SRANDOM SECONDS LINENO IFS PPID EDITOR VISUAL PAGER COLUMNS LINES DISPLAY SHLVL REPLY OPTARG OPTIND OPTERR FUNCNAME PIPESTATUS DIRSTACK EPOCHSECONDS EPOCHREALTIME PS1 PS2 PS3 PS4 MAIL MANPATH COMP_WORDS COMP_CWORD COMPREPLY MAPFILE COPROC SUDO_USER SUDO_UID SSH_AUTH_SOCK SSH_AGENT_PID SSH_ASKPASS SSH_CLIENT SSH_CONNECTION SSH_ORIGINAL_COMMAND SSH_TTY SIGNOFF SIGNOFF_RUN SIGNOFF_STEP SIGNOFF_ATTEMPT _'.split(
    ' ',
  ),
)
