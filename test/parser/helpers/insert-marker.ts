import type { Nodes } from 'mdast'
import { visit } from 'unist-util-visit'
import { readSource } from '../../../src/parser/text/source.ts'
import { parseTree } from '../../../src/parser/tree.ts'

/** A place in a text where a marker may be written, and the line that moves down by it; null where none does. */
export interface Insertion {
  readonly how: 'before' | 'on its line' | 'behind its text'
  readonly type: Nodes['type']
  /** 1-based line of the node. */
  readonly line: number
  /** The text with a marker in it. */
  with(marker: string): string
  /** First line that stands one lower then. */
  readonly movesFrom: number
}

/** Every place before a node, on the line of its text, and behind the text of an item. LF only. */
export function insertionsIn(text: string): Insertion[] {
  const { source } = readSource(new TextEncoder().encode(text))
  const root = source === null ? null : parseTree(source).root
  if (source === null || root === null) return []
  const rows = text.split('\n')
  const found: Insertion[] = []
  visit(root, (node, _index, parent) => {
    const start = node.position?.start
    if (start === undefined || parent === undefined || INLINE.has(node.type)) return
    const { line } = start
    const row = rows[line - 1] ?? ''
    const prefix = row.slice(0, start.column - 1)
    const lineBefore = (at: number, written: string) => (marker: string) =>
      rows.toSpliced(at - 1, 0, `${written}${marker}`).join('\n')
    if (/^[ \t>]*$/.test(prefix))
      found.push({ how: 'before', type: node.type, line, movesFrom: line, with: lineBefore(line, prefix) })
    const end = node.position?.end.line ?? line
    if ((node.type === 'heading' && row.trimStart().startsWith('#')) || node.type === 'paragraph') {
      const last = rows[end - 1] ?? ''
      const onLine = (marker: string) => rows.with(end - 1, `${last} ${marker}`).join('\n')
      found.push({ how: 'on its line', type: node.type, line, movesFrom: rows.length + 1, with: onLine })
    }
    if (node.type === 'paragraph' && parent.type === 'listItem' && parent.children[0] === node) {
      const inside = prefix.replace(/[^>\t]/g, ' ')
      found.push({
        how: 'behind its text',
        type: 'listItem',
        line,
        movesFrom: end + 1,
        with: lineBefore(end + 1, inside),
      })
    }
  })
  return found
}

const INLINE: ReadonlySet<Nodes['type']> = new Set([
  'root',
  'text',
  'strong',
  'emphasis',
  'delete',
  'inlineCode',
  'link',
  'linkReference',
  'image',
  'imageReference',
  'break',
  'tableRow',
  'tableCell',
  'footnoteReference',
  'yaml',
])
