import { beginsBlock, openBehind } from './line-state.ts'
import type { Source } from './source.ts'

/** Longest text that is read, in UTF-16 units. */
const LONGEST = 16 * 1024 * 1024
/** Deepest nesting of quotes and lists; the Markdown parser recurses for each. */
const DEEPEST = 200
/** Marks of emphasis in one paragraph or list: the parser compares each with all that stand before it. */
const MOST_MARKS = 20_000
/** UTF-16 units of one list, quote or table: it cannot be read in pieces. */
const LONGEST_BLOCK = 1024 * 1024

export interface Excess {
  readonly line: number
  readonly message: string
  readonly help: string
}

/** What would take the Markdown parser minutes, or overflow its stack. Null for every real runbook. */
export function findExcess(source: Source): Excess | null {
  if (source.text.length > LONGEST)
    return { line: 1, message: `the file is longer than ${LONGEST} characters`, help: 'split it into several runbooks' }
  const lists: number[] = []
  let open: string | null = null
  let blank = true
  let block = 0
  let marks = 0
  for (const [index, row] of source.lines.entries()) {
    const line = index + 1
    if (open === null) {
      if (nesting(row, lists) > DEEPEST)
        return { line, message: `nested deeper than ${DEEPEST} levels`, help: 'write it flatter' }
      const begins = beginsBlock(row, blank)
      block = begins ? 0 : block + row.length
      if (block > LONGEST_BLOCK)
        return {
          line,
          message: `a list, quote or table of more than ${LONGEST_BLOCK} characters`,
          help: 'put a heading or a paragraph between its parts',
        }
      marks = begins || blank ? 0 : marks
      // The cells of a table are read one by one.
      if (!row.startsWith('|')) marks += row.length < 2 ? 0 : countMarks(row)
      if (marks > MOST_MARKS)
        return {
          line,
          message: `more than ${MOST_MARKS} marks of emphasis in one paragraph`,
          help: 'split it by blank lines',
        }
    }
    blank = row.trim() === ''
    open = openBehind(row, open)
  }
  return null
}

/** How many quotes and lists a line lies in. `lists` holds the columns of the open ones, and is kept from line to line. */
function nesting(row: string, lists: number[]): number {
  const lead = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])(?:\s+|$)|>\s*)*/.exec(row)?.[0] ?? ''
  if (lead.length === row.length && !/[^\s]/.test(row)) return 0
  const indent = /^[\s>]*/.exec(row)?.[0].length ?? 0
  while ((lists.at(-1) ?? -1) >= indent) lists.pop()
  // A row of dashes is a rule, not a nest of lists.
  if (/^[\s]*(?:(?:-\s*)+|(?:\*\s*)+|_+)$/.test(row)) return lists.length
  const quotes = lead.split('>').length - 1
  const marks = lead.match(/[-*+]|\d+[.)]/g)?.length ?? 0
  if (marks > 0) lists.push(indent)
  return lists.length + Math.max(0, marks - 1) + quotes
}

function countMarks(row: string): number {
  let count = 0
  for (let at = 0; at < row.length; at++) {
    const code = row.charCodeAt(at)
    if (code === 42 || code === 95 || code === 126) count++
  }
  return count
}
