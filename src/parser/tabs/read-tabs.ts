import type { Root } from 'mdast'
import { nodesOf } from '../text/nodes.ts'
import { groupTabs } from './group-tabs.ts'
import { mayHoldTabs, type TabMark, tabMarks } from './marks.ts'

/**
 * A text to its Markdown tree, in which tabs are nodes of their own (rule R7). Markdown itself takes their marks for prose,
 * and what is indented below `=== "Linux"` for a listing. So each mark is put out of its sight by one of the same length that
 * says the same in Markdown: a comment or a break for a line that begins or ends a tab, a bullet for one that is ended by its
 * indentation. Every place in the tree is that of the text as it is.
 */
export function parseWithTabs(text: string, parse: (text: string) => Root): Root {
  let root = parse(text)
  if (!mayHoldTabs(text)) return root
  const marks: TabMark[] = []
  let masked = text
  // What is indented below a mark is read once that is a bullet: tabs in tabs come to light one level at a time.
  for (let level = 0; level < DEEPEST; level++) {
    const more = unread(tabMarks(masked), root)
    if (more.length === 0) break
    marks.push(...more)
    masked = withMasks(masked, more)
    root = parse(masked)
  }
  return groupTabs(
    root,
    text,
    marks.toSorted((a, b) => a.start - b.start),
  )
}

/** Tabs in tabs that are indented deeper stay listings: no step comes from those. */
const DEEPEST = 4

/** Those in prose: code and comments are left as they are. */
function unread(marks: readonly TabMark[], root: Root): TabMark[] {
  const closed: { readonly start: number; readonly end: number }[] = []
  for (const node of nodesOf(root))
    if (node.type === 'code' || node.type === 'yaml' || (node.type === 'html' && node.value.startsWith('<!--')))
      closed.push({ start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 })
  let next = 0
  return marks.filter(mark => {
    while ((closed[next]?.end ?? Number.POSITIVE_INFINITY) <= mark.start) next++
    return (closed[next]?.start ?? Number.POSITIVE_INFINITY) > mark.start
  })
}

function withMasks(text: string, marks: readonly TabMark[]): string {
  const parts: string[] = []
  let from = 0
  for (const mark of marks) {
    parts.push(text.slice(from, mark.start), inMarkdown(mark, text))
    from = mark.end
  }
  return parts.join('') + text.slice(from)
}

function inMarkdown(mark: TabMark, text: string): string {
  const written = text.slice(mark.start, mark.end)
  // The content of a bullet with three blanks is indented as that of the tab is.
  if (mark.act === 'item') return `+   ${written.slice(4).replace(/^ /, '.')}`
  if (written.length < '<!---->'.length) return '*'.repeat(written.length)
  return `<!--${written.slice(4, -3).replace(/[^\n]/g, ' ')}-->`
}
