import type { ListItem, Nodes, Parents, Root } from 'mdast'
import { visit } from 'unist-util-visit'
import { directivesOf } from '../markers/attach-markers.ts'
import type { Source } from '../text/source.ts'

/** A place where a marker may be put, on a line of its own. */
export interface MarkerPlace {
  readonly kind: 'heading' | 'fence' | 'block' | 'item'
  /** Lines of the node, 1-based. */
  readonly line: number
  readonly endLine: number
  /** The line that the marker goes before: that of the node, or the one behind the text of an item. */
  readonly before: number
  /** What stands on the marker's line before it: indentation, and the mark of a quote. */
  readonly prefix: string
  /** The text of a fence; null for what is none. */
  readonly text: string | null
  /** Words that markers before the node have said already. */
  readonly said: ReadonlySet<string>
}

/**
 * Headings and blocks of the page, and items and fences wherever they stand, in the order of the file. A marker goes before
 * its node. Before the first item of a list it would be for the whole list, so there it goes behind the text, where that is all the
 * item holds. What has no line of its own (a fence on the line of its item's number) is left out.
 */
export function markerPlaces(root: Root, source: Source): MarkerPlace[] {
  const places: MarkerPlace[] = []
  // A list of the page with a single item is marked as a whole.
  const wholes = new Set<Nodes>(
    root.children.flatMap(node => (node.type === 'list' && node.children.length === 1 ? node.children : [])),
  )
  visit(root, (node: Nodes, index, parent) => {
    const { position } = node
    const kind = wholes.has(node) ? null : kindOf(node, parent)
    if (kind === null || position === undefined || parent === undefined || index === undefined) return
    if (node.type === 'listItem' && index === 0) {
      const behind = behindText(node, source)
      if (behind !== null) places.push(behind)
      return
    }
    const written = source.lines[position.start.line - 1] ?? ''
    const prefix = written.slice(0, position.start.column - 1)
    if (!/^[ \t>]*$/.test(prefix)) return
    if (kind === 'fence' && !/^[ \t>]*(?:`{3}|~{3})/.test(written)) return
    places.push({
      kind,
      line: position.start.line,
      endLine: position.end.line,
      before: position.start.line,
      prefix,
      text: node.type === 'code' ? node.value : null,
      said: new Set(directivesOf(node).map(one => one.word)),
    })
  })
  return places
}

function behindText(item: ListItem, source: Source): MarkerPlace | null {
  const [text, ...rest] = item.children.filter(one => one.type !== 'html')
  if (text?.type !== 'paragraph' || rest.length > 0 || text.position === undefined || item.position === undefined)
    return null
  const { start, end } = text.position
  const prefix = (source.lines[start.line - 1] ?? '').slice(0, start.column - 1).replace(/[^>\t]/g, ' ')
  return {
    kind: 'item',
    line: item.position.start.line,
    endLine: item.position.end.line,
    before: end.line + 1,
    // A box is no part of the text, and its blanks would make a block of code.
    prefix: prefix.slice(0, contentColumn(item, source)),
    text: null,
    said: new Set(directivesOf(item).map(one => one.word)),
  }
}

/** Where the text of an item begins: behind its bullet or number. */
function contentColumn({ position }: ListItem, source: Source): number {
  const from = (position?.start.column ?? 1) - 1
  const row = (source.lines[(position?.start.line ?? 1) - 1] ?? '').slice(from)
  return from + (/^(?:[-*+]|\d{1,9}[.)])[ \t]+/.exec(row)?.[0].length ?? 2)
}

function kindOf(node: Nodes, parent: Parents | undefined): MarkerPlace['kind'] | null {
  if (node.type === 'code') return 'fence'
  if (node.type === 'listItem') return 'item'
  if (parent?.type !== 'root') return null
  if (node.type === 'heading') return 'heading'
  return node.type === 'paragraph' || node.type === 'list' || node.type === 'table' ? 'block' : null
}
