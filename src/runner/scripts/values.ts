import type { Slot } from '../../model/index.ts'
import { type Heredoc, heredocAt } from './heredoc-at.ts'

/** A script as the shell is to get it; it may run only if `missing` is empty. */
export interface FilledScript {
  /** With every value entered; the text as it was, nothing entered, if anything is missing. */
  readonly script: string
  /** Parameters without a value, or with one that cannot arrive unaltered in its place. Each once, in order. */
  readonly missing: string[]
}

/**
 * Enters values at their places, each quoted as its place demands, so that the shell reads exactly the value and nothing
 * of it as syntax. All or nothing: a partly filled script is never returned.
 *
 * @param slots places in `script`: UTF-16 units, end exclusive, none inside another, in any order.
 * @throws {RangeError} if slots overlap or lie outside: they belong to another text.
 */
export function enterValues(script: string, slots: readonly Slot[], values: ReadonlyMap<string, string>): FilledScript {
  const ordered = [...slots].sort((a, b) => a.start - b.start)
  const missing = new Set<string>()
  const heredocs: { readonly from: number; readonly to: number; readonly heredoc: Heredoc; readonly slot: Slot }[] = []
  let filled = ''
  let from = 0
  for (const slot of ordered) {
    if (slot.start < from || slot.end < slot.start || slot.end > script.length)
      throw new RangeError(`slot of \`${slot.parameter}\` at ${slot.start}-${slot.end} does not belong to this script`)
    const value = values.get(slot.parameter)
    const heredoc = slot.quoting === 'heredoc' ? heredocAt(script, slot.start) : null
    const entered = value === undefined || !canBePassed(value) ? null : enter(value, script, slot, heredoc)
    if (entered === null) missing.add(slot.parameter)
    filled += script.slice(from, slot.start)
    if (heredoc !== null)
      heredocs.push({ from: filled.length, to: filled.length + (entered ?? '').length, heredoc, slot })
    filled += entered ?? ''
    from = slot.end
  }
  filled += script.slice(from)
  for (const { heredoc, slot, from: start, to } of heredocs)
    if (endsHeredoc(filled, start, to, heredoc)) missing.add(slot.parameter)
  return missing.size === 0 ? { script: filled, missing: [] } : { script, missing: [...missing] }
}

/** No shell can hold a NUL, and a lone surrogate has no bytes. */
function canBePassed(value: string): boolean {
  return !value.includes('\0') && !/\p{Surrogate}/u.test(value)
}

/** The text for one place; null if the value cannot arrive there as it is. */
function enter(value: string, script: string, slot: Slot, heredoc: Heredoc | null): string | null {
  const before = script.slice(0, slot.start)
  if (slot.quoting === 'single') return enterSingle(value, before)
  if (slot.quoting === 'heredoc' && heredoc?.quoted === true) return keepsTabs(value, before, heredoc) ? value : null
  // `$` or a backslash right before the place would take the first character of whatever is entered.
  if (/(?:^|[^\\])(?:\\\\)*(?:\\|\$)$/.test(before)) return null
  // Where the text may be read twice over, only what means nothing to any shell may enter.
  if (isReadAgain(before) && !PLAIN.test(value)) return null
  if (slot.quoting === 'bare') return enterBare(value, script[slot.end] ?? '')
  if (value.includes('}') && before.lastIndexOf('${') > before.lastIndexOf('}')) return null
  if (slot.quoting === 'double') return value.replace(/[\\$`"]/g, '\\$&')
  if (heredoc === null ? value.includes('\n') : !keepsTabs(value, before, heredoc)) return null
  return value.replace(/[\\$`]/g, '\\$&')
}

const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/

function enterBare(value: string, next: string): string {
  // `2` before `>` would name a file descriptor, any word before `(` a function.
  return PLAIN.test(value) && !/[<>(]/.test(next) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`
}

function enterSingle(value: string, before: string): string {
  let opening = before.lastIndexOf("'")
  while (opening > 0 && before[opening - 1] === '\\') opening = before.lastIndexOf("'", opening - 1)
  // In $'…' a backslash escapes. The hexadecimal forms end neither kind of quote, should this be a mistake.
  return before[opening - 1] === '$'
    ? value.replaceAll('\\', String.raw`\x5c`).replaceAll("'", String.raw`\x27`)
    : value.replaceAll("'", String.raw`'\''`)
}

/** True inside backticks or arithmetic, as far as the text before tells; doubt says true. */
function isReadAgain(before: string): boolean {
  const backticks = before.match(/(?<!\\)(?:\\\\)*`/g)?.length ?? 0
  return backticks % 2 === 1 || before.lastIndexOf('((') > before.lastIndexOf('))')
}

/** `<<-` takes the tabs off the beginning of every line, so a value with such tabs would lose them. */
function keepsTabs(value: string, before: string, heredoc: Heredoc): boolean {
  if (!heredoc.stripsTabs) return true
  const beginsLine = /(?:^|\n)\t*$/.test(before)
  return !/\n\t/.test(value) && !(beginsLine && value.startsWith('\t'))
}

/** True if a line that holds something of the value reads as the end of the heredoc. */
function endsHeredoc(text: string, from: number, to: number, { delimiter, stripsTabs }: Heredoc): boolean {
  const start = from === 0 ? 0 : text.lastIndexOf('\n', from - 1) + 1
  const newline = text.indexOf('\n', to)
  const lines = text.slice(start, newline === -1 ? text.length : newline).split('\n')
  return lines.some(line => (stripsTabs ? line.replace(/^\t+/, '') : line) === delimiter)
}
