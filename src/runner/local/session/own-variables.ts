/**
 * Variables that belong to the shell or to Signoff, and are never written into the state, though they outlast a shell that is about to
 * end: bash does not let them go, makes them again, or would close a descriptor; or they are read while the state is written down.
 */
export const LASTING_VARIABLES = words(`
  _ BASHOPTS BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ENV BASH_LINENO BASH_SOURCE BASH_VERSINFO BASH_XTRACEFD DIRSTACK EUID FUNCNAME
  GROUPS OLDPWD PIPESTATUS PPID PWD SHELLOPTS SHLVL SIGNOFF SIGNOFF_ATTEMPT SIGNOFF_RUN SIGNOFF_STEP UID
`)

/** The others: a shell that ends unsets them before it lists its variables, which is cheaper than to tell each of them from the rest. */
export const PASSING_VARIABLES = words(`
  BASH BASHPID BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_EXECUTION_STRING BASH_LOADABLES_PATH BASH_MONOSECONDS BASH_REMATCH
  BASH_SUBSHELL BASH_TRAPSIG BASH_VERSION COMP_WORDBREAKS EPOCHREALTIME EPOCHSECONDS HISTCMD LINENO RANDOM SECONDS SRANDOM
`)

/** Variables that bash makes when it starts: one that a block has unset stays unset. */
export const MADE_BY_BASH = words('HOSTNAME HOSTTYPE IFS MACHTYPE OPTERR OPTIND OSTYPE PATH PS4 SHELL TERM')

/** Whether a variable belongs to the shell or to Signoff. */
export function isOwn(name: string): boolean {
  return LASTING_VARIABLES.includes(name) || PASSING_VARIABLES.includes(name)
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
