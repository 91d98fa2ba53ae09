import { isOwn, LASTING_VARIABLES, MADE_BY_BASH } from './own-variables.ts'
import { SESSION_FUNCTIONS } from './session-functions.ts'

/**
 * What a block's bash reads before its first line, through BASH_ENV: it takes over the state that the block before it left, and sees
 * to it that the state is written down when the block ends. Every block is a process of its own, so that none can destroy the session.
 */
export interface SessionStart {
  /** File that receives the state when the block ends; it exists, with mode 0600 and empty. */
  readonly dump: string
  /** File for what only a command prints; as `dump`. */
  readonly lists: string
  /** File that holds `SESSION_MORE`. */
  readonly more: string
  /** State the block before left; null for the first block of a session. */
  readonly state: string | null
  /** State of the session that one without state takes its exported variables and functions from: a recovery's from the main flow's. */
  readonly exportsOf: string | null
  /** Where a session without state starts. */
  readonly cwd: string
  /** Names of all variables that the block's bash is started with. */
  readonly given: readonly string[]
  /** Where this block starts, and it alone: the session goes on from where it stood before. Absolute; null for where it stands. */
  readonly folder: string | null
  /** Names whose value this order gives anew, so that the state does not overwrite it. */
  readonly fresh: readonly string[]
  /** Names that are never written into the state: secrets. */
  readonly secret: readonly string[]
  /** BASH_ENV as the person has it; null if they have none. */
  readonly bashEnv: string | null
}

/** The text for BASH_ENV. */
export function sessionScript(start: SessionStart): string {
  const bashEnv = start.bashEnv === null ? 'unset -v BASH_ENV' : `export BASH_ENV=${shellQuote(start.bashEnv)}`
  const own = [...LASTING_VARIABLES, ...start.secret].join('|')
  const head = [
    `__signoff_file=${shellQuote(start.dump)}`,
    `__signoff_lists=${shellQuote(start.lists)}`,
    `__signoff_more=${shellQuote(start.more)}`,
    `__signoff_own='@(${own}|__signoff_*)'`,
    `__signoff_secret=(${start.secret.join(' ')})`,
    `__signoff_folder=${shellQuote(start.folder ?? '')}`,
    bashEnv,
  ]
  return `${[...head, SESSION_FUNCTIONS, begin(start)].join('\n')}\n`
}

/** One word of shell text whose value is exactly `value`. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`
}

function begin(start: SessionStart): string {
  if (start.state !== null) {
    const isName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    const fresh = start.fresh.filter(isName)
    const old = start.given.filter(name => isName(name) && !fresh.includes(name) && !isOwn(name))
    const functions = start.given.flatMap(name => /^BASH_FUNC_([A-Za-z_][A-Za-z0-9_]*)%%$/.exec(name)?.[1] ?? [])
    return [
      `__signoff_given=(${fresh.map(name => `"${name}=$${name}"`).join(' ')})`,
      `unset -v ${[...old, ...MADE_BY_BASH].join(' ')}`,
      ...(functions.length === 0 ? [] : [`unset -f ${functions.join(' ')}`]),
      // As a terminal has it: what a block names by `alias` the next one calls. Here, since a session that has it on is not set anew.
      'builtin shopt -s expand_aliases',
      // One line, since under `set -v` bash shows the lines that it reads after.
      `. ${shellQuote(start.state)} >/dev/null || __signoff_unread; { __signoff_retrap; __signoff_return && __signoff_nothing=; } 2>/dev/null`,
    ].join('\n')
  }
  return [
    `__signoff_cd ${shellQuote(start.cwd)}`,
    'unset -v OLDPWD',
    '[[ -n ${BASH_ENV-} && -r $BASH_ENV ]] && . "$BASH_ENV"',
    ...(start.exportsOf === null
      ? []
      : [
          `__signoff_fresh=${shellQuote(` ${start.fresh.join(' ')} `)}`,
          '. "$__signoff_more"',
          `__signoff_text=$(__signoff_exports ${shellQuote(start.exportsOf)})`,
          '__signoff_unexport',
          'builtin eval "$__signoff_text"',
          'builtin unset -v __signoff_text',
        ]),
    'builtin trap -- "$__signoff_at_exit" EXIT',
    'builtin shopt -s expand_aliases',
    'builtin set -e -o pipefail',
  ].join('\n')
}
