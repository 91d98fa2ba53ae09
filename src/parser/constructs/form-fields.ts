import type { FormField } from '../../model/index.ts'
import { repairDoubleEncoding } from '../encoding.ts'

const KEY =
  /^([ \t]*(?:[-*+][ \t]+)?)(?:\*\*|__)?([\p{L}][\p{L}\p{N} /&'()-]{0,40}?)(?:\*\*|__)?[ \t]*:(?=\s|$|\*\*|__)[ \t]*(?:\*\*|__)?[ \t]*/u
const BRACKET = /\[([^[\]\n]{1,80})\](?!\(|:)/g

/**
 * Rule R21: the fields of a template: `Key: value` lines, a key with bullets below it, and `[x]`.
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
    if (key === null || label === undefined || /^(?:https?|ftp)$/i.test(label)) {
      fields.push(...bracketsIn(row))
    } else if (value !== '') {
      fields.push(field(label, text, valueStart, valueStart + value.length))
    } else {
      const below = bulletsBelow(rows, index)
      if (below.length > 0 && below.every(one => KEY.exec(one.text) === null && bracketsIn(one).length === 0)) {
        const first = below[0] ?? row
        const last = below.at(-1) ?? row
        fields.push(field(label, text, first.start, last.start + last.text.trimEnd().length))
        index += below.length
      }
    }
  }
  return named(fields)
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

function bulletsBelow(rows: readonly Row[], index: number): Row[] {
  const below: Row[] = []
  for (const row of rows.slice(index + 1)) {
    if (!/^\s*(?:[-*+]|\d+[.)])\s+/.test(row.text)) break
    below.push(row)
  }
  return below
}

function bracketsIn(row: Row): FormField[] {
  return [...row.text.matchAll(BRACKET)]
    .filter(found => !/^[ xX]$/.test(found[1] ?? ''))
    .map(found => ({
      label: repairDoubleEncoding(found[1] ?? ''),
      hint: found[0],
      start: row.start + found.index,
      end: row.start + found.index + found[0].length,
      source: null,
    }))
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

/** Two fields of one label are told apart by a number, since answers name them. */
function named(fields: readonly FormField[]): FormField[] {
  const seen = new Map<string, number>()
  return fields.map(one => {
    const count = (seen.get(one.label) ?? 0) + 1
    seen.set(one.label, count)
    return count === 1 ? one : { ...one, label: `${one.label} ${count}` }
  })
}
