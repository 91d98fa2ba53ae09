import type { FormField } from '../../model/index.ts'
import { repairDoubleEncoding } from '../text/encoding.ts'

const KEY =
  /^([ \t]*(?:[-*+][ \t]+)?)(?:\*\*|__)?([\p{L}][\p{L}\p{N} /&'()-]{0,40}?)(?:\*\*|__)?[ \t]*:(?=\s|$|\*\*|__)[ \t]*(?:\*\*|__)?[ \t]*/u
/** `[x]`, but no box, link or name of a link. */
const BRACKET = /(?<![\])])\[([^[\]\n]{1,80})\](?![(:[])/g
/** `{{ x }}`, `{% x %}`, `<% x %>`, `{x}` and `<x>`: tokens of a template (rule R21). Nothing of them is evaluated. */
const TOKEN =
  /\{\{-?\s*\.?([^{}\n]{1,60}?)\s*-?\}\}|<%[=-]?\s*([^%\n]{1,60}?)\s*-?%>|\{\s*(\p{L}[\p{L}\p{N} _.'/-]{0,60}?)\s*\}|<(\p{L}[\p{L}\p{N} _/-]{0,60})>/gu
/** Tokens that decide or repeat, and tags of HTML, are none that somebody fills in. */
const NO_FIELD =
  /^(?:[#/!>&]|(?:if|else|elsif|elif|end\w*|range|with|for|unless|block|each|include|do)\b|(?:details(?: open)?|summary|br|b|i|em|strong|p|a|ul|ol|li|div|span|img|code|pre|sub|sup|kbd|table|tr|td|th|h[1-6])$)/i
/** Longer values, and those with links, are prose that happens to begin with a word and a colon. */
const LONGEST_HINT = 160

/**
 * Rule R21: the fields of a template: `Key: value` lines, a key with bullets or nothing behind it, `[x]` and template tokens.
 * Offsets are UTF-16 units into `text`. What fills a field is decided once the whole page is known.
 */
export function fieldsIn(text: string): FormField[] {
  const fields: FormField[] = []
  const rows = rowsOf(text)
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]
    if (row === undefined) break
    const key = KEY.exec(row.text)
    const label = key?.[2]?.trim()
    const valueStart = row.start + (key?.[0].length ?? 0)
    const value = row.text.slice(key?.[0].length ?? 0).trimEnd()
    if (key === null || label === undefined || /^(?:https?|ftp)$/i.test(label) || isProse(value)) {
      fields.push(...opensIn(row))
    } else if (value !== '') {
      fields.push(field(label, text, valueStart, valueStart + value.length))
    } else {
      const below = bulletsBelow(rows, index)
      if (below.length > 0 && below.every(one => KEY.exec(one.text) === null && opensIn(one).length === 0)) {
        const first = below[0] ?? row
        const last = below.at(-1) ?? row
        fields.push(field(label, text, first.start, last.start + last.text.trimEnd().length))
        index += below.length
      } else if (below.length === 0 && isLeftOpen(rows, index)) {
        fields.push(field(label, text, valueStart, valueStart))
      }
    }
  }
  return named(fields)
}

function isProse(value: string): boolean {
  return value.length > LONGEST_HINT || /\]\(/.test(value)
}

/** `- Operator:` among other keys waits for its value; one that stands alone leads to what follows it. */
function isLeftOpen(rows: readonly Row[], index: number): boolean {
  const isKey = (row: Row | undefined) => row !== undefined && KEY.test(row.text)
  return isKey(rows[index - 1]) || isKey(rows[index + 1])
}

interface Row {
  readonly text: string
  readonly start: number
}

function rowsOf(text: string): Row[] {
  let start = 0
  return text.split('\n').map(row => {
    const made = { text: row, start }
    start += row.length + 1
    return made
  })
}

/** Bullets behind a key: for one that is a bullet itself, only those below it. */
function bulletsBelow(rows: readonly Row[], index: number): Row[] {
  const below: Row[] = []
  const own = /^(\s*)[-*+]\s/.exec(rows[index]?.text ?? '')?.[1]?.length ?? -1
  for (const row of rows.slice(index + 1)) {
    const bullet = /^(\s*)(?:[-*+]|\d+[.)])\s+/.exec(row.text)
    if (bullet === null || (bullet[1] ?? '').length <= own) break
    below.push(row)
  }
  return below
}

/** `[x]` and tokens of a line, in order. */
function opensIn(row: Row): FormField[] {
  const brackets = [...row.text.matchAll(BRACKET)]
    .filter(found => !/^[ xX]$/.test(found[1] ?? ''))
    .map(found => open(row, found.index, found[0], found[1] ?? ''))
  const tokens = [...row.text.matchAll(TOKEN)]
    .map(found => open(row, found.index, found[0], found[1] ?? found[2] ?? found[3] ?? found[4] ?? ''))
    .filter(one => !NO_FIELD.test(one.label) && !brackets.some(other => one.start < other.end && other.start < one.end))
  return [...brackets, ...tokens].sort((a, b) => a.start - b.start)
}

function open(row: Row, index: number, written: string, label: string): FormField {
  const start = row.start + index
  return { label: repairDoubleEncoding(label), hint: written, start, end: start + written.length, source: null }
}

function field(label: string, text: string, start: number, end: number): FormField {
  return {
    label: repairDoubleEncoding(label),
    hint: repairDoubleEncoding(text.slice(start, end)),
    start,
    end,
    source: null,
  }
}

/**
 * Two fields of one label are told apart by a number, since answers name them; a `[x]` or token that is written again is
 * the same question, and filled in wherever it stands.
 */
function named(fields: readonly FormField[]): FormField[] {
  const seen = new Map<string, number>()
  const written = new Map<string, FormField>()
  return fields.map(one => {
    const isToken = /^[[<{]/.test(one.hint) && one.end > one.start
    const first = isToken ? written.get(one.hint) : undefined
    if (first !== undefined) return { ...one, label: first.label, source: { kind: 'field', label: first.label } }
    const count = (seen.get(one.label) ?? 0) + 1
    seen.set(one.label, count)
    const made = count === 1 ? one : { ...one, label: `${one.label} ${count}` }
    if (isToken) written.set(one.hint, made)
    return made
  })
}
