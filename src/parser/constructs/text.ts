import type { Block, FenceBlock, Item } from '../blocks.ts'
import type { At, ScriptText } from '../draft.ts'
import type { Place, Source } from '../text/source.ts'
import { beginsExample } from '../text/words.ts'

/** What some blocks say, a line each, as it is shown with a step: prose and bullets, no fences. */
export function textOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap(block => {
    switch (block.kind) {
      case 'paragraph':
        return [block.text]
      case 'label':
        return [block.rest === '' ? block.name : `${block.name}: ${block.rest}`]
      case 'list':
        return block.items.flatMap(item =>
          item.checked !== null || (block.ordered && !beginsExample(item.title))
            ? []
            : [item.title, ...textOf(item.blocks)].filter(text => text !== ''),
        )
      case 'table':
        return [block.header, ...block.rows.map(row => row.cells.map(cell => cell.text))].map(cells =>
          cells.join(' | '),
        )
      case 'tabs':
        return block.tabs.flatMap(tab => [`${tab.name}:`, ...textOf(tab.blocks)])
      default:
        return []
    }
  })
}

/** The first line of a script as a title. */
export function firstLine(text: string): string {
  const line = text.trim().split('\n')[0] ?? ''
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`
}

/** The source text of an item or block, as the author wrote it. */
export function writtenText(source: Source, span: Pick<Item, 'start' | 'end'>): string {
  return source.text.slice(span.start, span.end)
}

/** 1-based column of the first character of a line that is no blank. */
export function columnOf(at: Pick<At, 'page'>, line: number): number {
  const text = at.page.source.lines[line - 1] ?? ''
  return text.length - text.trimStart().length + 1
}

export function placeOf(at: Pick<At, 'page'>, span: { readonly line: number; readonly start: number }): Place {
  const lineStart = at.page.source.lineStarts[span.line - 1] ?? span.start
  return { line: span.line, column: Math.max(0, span.start - lineStart) + 1 }
}

/** A part of a fence as text for bash: from `start` to `end`, offsets into `fence.text`, whole lines. */
export function sliceScript(fence: FenceBlock, start: number, end: number): ScriptText {
  const before = fence.text.slice(0, start)
  const firstRow = countNewlines(before)
  const lineStart = before.lastIndexOf('\n') + 1
  const text = fence.text.slice(start, end)
  const rows = countNewlines(text) + 1
  const places = fence.places.slice(firstRow, firstRow + rows)
  const first = places[0]
  if (first === undefined || lineStart === start) return { text, places }
  return { text, places: [{ line: first.line, column: first.column + start - lineStart }, ...places.slice(1)] }
}

/** Lines that were taken out of a fence, without their prompts, each at its place in the file. */
export function scriptOfLines(fence: FenceBlock, text: string): ScriptText {
  const rows = fence.text.split('\n')
  let next = 0
  const places = text.split('\n').map(line => {
    const found = rows.findIndex((row, index) => index >= next && row.endsWith(line))
    const index = found === -1 ? next : found
    next = index + 1
    const place = fence.places[index] ?? fence.places.at(-1) ?? { line: fence.line, column: 1 }
    return { line: place.line, column: place.column + Math.max(0, (rows[index]?.length ?? 0) - line.length) }
  })
  return { text, places }
}

/** The place in the file of an offset of a script. */
export function placeInScript(script: ScriptText, offset: number): Place {
  const { line, column } = startInScript(script, offset)
  return { line, column: Math.max(1, column) }
}

/** The same for the start of a part of it, from which other places are counted: before column 1 where its line begins there. */
export function startInScript(script: ScriptText, offset: number): Place {
  const row = rowAt(script, offset)
  const place = script.places[row] ?? script.places.at(-1) ?? { line: 1, column: 1 }
  const lineStart = script.starts?.[row] ?? script.text.lastIndexOf('\n', offset - 1) + 1
  return { line: place.line, column: place.column + offset - (offset === 0 ? 0 : lineStart) }
}

/** A script with the offsets of its lines, so that each place in it is found at once. */
export function withStarts(script: ScriptText): ScriptText {
  const starts = [0]
  for (let at = script.text.indexOf('\n'); at !== -1; at = script.text.indexOf('\n', at + 1)) starts.push(at + 1)
  return { ...script, starts }
}

/** 0-based row of an offset of a script. */
export function rowAt(script: ScriptText, offset: number): number {
  const { starts } = script
  if (starts === undefined) return countNewlines(script.text.slice(0, offset))
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

function countNewlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}
