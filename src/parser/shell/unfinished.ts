import { isKnownCommand } from './known-commands.ts'
import { placeholdersIn } from './stand-ins.ts'
import { asShell, type Shell } from './syntax.ts'

/**
 * What in a script says that it is not to be run as it is (SO022), in words for a person; null if nothing does:
 * an ellipsis, alternatives in place of a value, TODO or TBD, a value in a place where none can be entered safely.
 */
export function unfinishedIn(text: string | Shell): string | null {
  const shell = asShell(text)
  const { script } = shell
  for (const { words, assignments } of shell.commands) {
    const open = assignments.find(({ value }) => /^(?:TODO|TBD|FIXME|\.{3}|…)$/.test(value))
    if (open !== undefined) return `${open.value} as ${open.name}`
    for (const word of words) {
      const written = script.slice(word.start, word.end)
      if (/^(?:\.{3}|…|<\.{3}>|\[\.{3}\])$|=(?:\.{3}|…)$|^["']?(?:\.{3}|…)["']?$/.test(written))
        return `an ellipsis: ${written}`
      const todo = /(?:^|[^A-Za-z])(TODO|TBD|FIXME)(?:$|[^A-Za-z])/.exec(written)
      if (todo !== null && word.literal) return `${todo[1]} in ${written.slice(0, 80)}`
      if (/^\[-{1,2}[A-Za-z][^\]]*\]$/.test(written)) return `an optional part: ${written.slice(0, 80)}`
      if (/^[\w./:=-]*\[[\w.-]+(?:\|[\w.-]+)+\]$|^[\w.-]+(?:\|[\w.-]+){2,}$/.test(written))
        return `alternatives: ${written.slice(0, 80)}`
    }
  }
  const alternatives =
    bareOnly(
      shell,
      placeholdersIn(script).filter(found => found.alternatives),
    ) ??
    piped(shell) ??
    lastOfTwo(shell)
  if (alternatives !== undefined) return `alternatives: ${alternatives.written.slice(0, 80)}`
  const comment = shell.comments.find(({ text }) => /\b(?:TODO|TBD|FIXME)\b/.test(text))
  if (comment !== undefined) return `${/TODO|TBD|FIXME/.exec(comment.text)?.[0]} in a comment`
  const template = templateIn(shell)
  if (template !== null) return `a template: ${template.slice(0, 80)}`
  return valueOutOfReach(shell)
}

/** `--env a|b|c` and `{a|b}` parse as pipes. Two or more bars without a space around them are no pipe anybody writes. */
function piped(shell: Shell): { start: number; written: string } | undefined {
  const found = Array.from(shell.script.matchAll(PIPED), match => ({ start: match.index, written: match[0] }))
  return bareOnly(shell, found)
}

/** `deploy --env staging|production` with nothing behind it: what follows the bar is no program that is known. */
function lastOfTwo(shell: Shell): { start: number; written: string } | undefined {
  const found = Array.from(shell.script.matchAll(TWO_AT_END), match => ({ start: match.index, written: match[0] }))
  return bareOnly(
    shell,
    found.filter(({ written }) => !isKnownCommand(written.slice(written.indexOf('|') + 1))),
  )
}

const TWO_AT_END = /(?<=[ \t=])[A-Za-z][\w.-]{0,40}\|[A-Za-z][\w.-]{0,40}(?=[ \t]*$)/gm

/**
 * What another program was to fill in before bash reads it, and bash would misread: `<%= x %>`, `{% if %}`, `{{ x | y }}`,
 * `${{ x }}`, `</x>`, `<...>`. Templates in quotes are handed on, except those of CI and with a filter.
 */
function templateIn(shell: Shell): string | null {
  const found = Array.from(shell.script.matchAll(TEMPLATE), match => ({ start: match.index, written: match[0] }))
  const bare = bareOnly(shell, found)
  return bare?.written ?? found.find(one => OF_CI.test(one.written) && !inComment(shell, one.start))?.written ?? null
}

const TEMPLATE =
  /<%[^\n]{0,200}?%>|\{%[^\n]{0,200}?%\}|\$?\{\{[^{}\n]{0,200}[ |$][^{}\n]{0,200}\}\}|<\/[A-Za-z][\w.-]{0,40}>|<(?:\.{2,}|…|-+)>/g
const OF_CI = /^\$\{\{|^\{\{-?\s*[A-Za-z_]\w*\s*\|/

/** The first that bash itself would read; in quotes and heredocs alternatives are a value like any other. */
function bareOnly<T extends { start: number }>(shell: Shell, found: readonly T[]): T | undefined {
  const surroundings = shell.surroundings(found.map(({ start }) => start))
  return found.find(({ start }, index) => surroundings[index] === 'bare' && !inComment(shell, start))
}

const PIPED =
  /(?<![^\s="'{[(])[{[(]?[A-Za-z][\w.-]{0,40}(?:\|[A-Za-z][\w.-]{0,40}){2,20}[}\])]?(?=\s|$)|(?<=[\s=])[{[][A-Za-z][\w.-]{0,40}\|[A-Za-z][\w.-]{0,40}[}\]]/g

function inComment(shell: Shell, offset: number): boolean {
  return shell.comments.some(comment => comment.offset <= offset && offset < comment.offset + comment.text.length)
}

/** A value enters as a literal, which arithmetic, `$'…'` and backticks would read once more. */
function valueOutOfReach(shell: Shell): string | null {
  const found = placeholdersIn(shell.script).filter(({ start, markup }) => !markup && !inComment(shell, start))
  const surroundings = shell.surroundings(found.map(({ start }) => start))
  for (const [index, { written }] of found.entries()) {
    const place = OUT_OF_REACH.get(surroundings[index] ?? 'bare')
    if (place !== undefined) return `${written.slice(0, 80)} stands ${place}, where no value can be entered safely`
  }
  return null
}

const OUT_OF_REACH: ReadonlyMap<string, string> = new Map([
  ['arithmetic', 'in an arithmetic expression'],
  ['ansi', "in $'…'"],
  ['backtick', 'in `…`'],
])
