/** What the tag of a fence says about its text (rule R10). */
export type FenceKind = 'shell' | 'untagged' | 'windows' | 'console' | 'query' | 'template' | 'inert' | 'text'

const SHELL = /^(?:sh|shell|bash|zsh|ksh|dash|shellscript|shell-?script|azurecli(?:-interactive)?|azcli|terminal)$/
const CONSOLE = /^(?:console|shell-?session|sh-?session|bash-?session|terminal-?session)$/
const WINDOWS = /^(?:powershell(?:-interactive)?|pwsh|ps1?|cmd|bat|batch|dos)$/
const QUERY =
  /^(?:sql|psql|mysql|pgsql|postgres(?:ql)?|plsql|tsql|promql|logql|kusto|kql|cql|cypher|graphql|redis|mongodb?|rails|irb|iex|pycon|repl)$/
const INERT = /^(?:markdown|md|mdx|mermaid)$/

export function fenceKind(language: string | null): FenceKind {
  if (language === null || language === '') return 'untagged'
  // Pandoc's braces around the tag; lines to highlight behind it.
  const tag = language.replace(/^\{?\.?/, '').replace(/\{[\d,-]*\}$|\}$/, '')
  if (SHELL.test(tag)) return 'shell'
  if (CONSOLE.test(tag)) return 'console'
  if (WINDOWS.test(tag)) return 'windows'
  if (QUERY.test(tag)) return 'query'
  return INERT.test(tag) ? 'inert' : 'text'
}

/** Whether a tag names a language that a configuration can give an interpreter: no shell, console or text. */
export function canHaveInterpreter(tag: string): boolean {
  return fenceKind(tag) === 'text'
}

export function isShellTag(language: string | null): boolean {
  const kind = fenceKind(language)
  return kind === 'shell' || kind === 'console'
}

/** Code that an interpreter's console takes: behind a session opener it is meant for that console. */
export function isProgramText(language: string | null): boolean {
  return /^(?:ruby|rb|python3?|py|javascript|js|elixir|erlang|php|lua|scala|clojure|groovy)$/.test(language ?? '')
}
