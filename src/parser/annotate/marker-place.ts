import type { Nodes, Parents, Root } from 'mdast'
import { visit } from 'unist-util-visit'
import { readDirectives } from '../directives.ts'
import type { Source } from '../source.ts'

/** A place where a marker may be put: on a line of its own before a node. */
export interface MarkerPlace {
  readonly kind: 'heading' | 'fence' | 'block'
  /** Lines of the node, 1-based. The marker goes before the first. */
  readonly line: number
  readonly endLine: number
  /** What stands before the node on its line: indentation, and the mark of a quote. */
  readonly prefix: string
  /** The text of a fence; null for what is none. */
  readonly text: string | null
  /** Words that markers before the node have said already. */
  readonly said: ReadonlySet<string>
}

/**
 * Headings and blocks of the page, and fences wherever they stand, in the order of the file. A fence that stands on the line
 * of its item's number has no line before it that is its own, and is left out.
 */
export function markerPlaces(root: Root, source: Source): MarkerPlace[] {
  const places: MarkerPlace[] = []
  visit(root, (node: Nodes, index, parent) => {
    const { position } = node
    const kind = kindOf(node, parent)
    if (kind === null || position === undefined || parent === undefined || index === undefined) return
    const written = source.lines[position.start.line - 1] ?? ''
    const prefix = written.slice(0, position.start.column - 1)
    if (!/^[ \t>]*$/.test(prefix)) return
    if (kind === 'fence' && !/^[ \t>]*(?:`{3}|~{3})/.test(written)) return
    places.push({
      kind,
      line: position.start.line,
      endLine: position.end.line,
      prefix,
      text: node.type === 'code' ? node.value : null,
      said: saidBefore(parent, index),
    })
  })
  return places
}

function kindOf(node: Nodes, parent: Parents | undefined): MarkerPlace['kind'] | null {
  if (node.type === 'code') return 'fence'
  if (parent?.type !== 'root') return null
  if (node.type === 'heading') return 'heading'
  return node.type === 'paragraph' || node.type === 'list' || node.type === 'table' ? 'block' : null
}

function saidBefore(parent: Parents, index: number): Set<string> {
  const words = new Set<string>()
  for (let at = index - 1; at >= 0; at--) {
    const node = parent.children[at]
    const found = node?.type === 'html' ? readDirectives(node.value) : []
    if (found.length === 0) break
    for (const { word } of found) words.add(word)
  }
  return words
}
