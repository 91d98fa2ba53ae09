import type { Html, List, Nodes, Parents, Root } from 'mdast'
import { nodesOf } from '../text/nodes.ts'
import type { Place, Source } from '../text/source.ts'
import { type Directive, readDirectives } from './directives.ts'

declare module 'mdast' {
  interface Data {
    /** What the author's invisible markers say of this node (rule R3). */
    directives?: readonly Directive[]
  }
}

/** An invisible marker, and the node that it is for. */
export interface Marker {
  readonly place: Place
  /** Empty where the comment speaks to Signoff and cannot be read: text beside it, or other HTML around it. */
  readonly words: readonly Directive[]
  /** Null where nothing can be meant: behind the last block of its list, quote or page, or in a cell of a table. */
  readonly target: Nodes | null
}

/**
 * Rule R3: what each marker is for. Said once, in `data.directives` of its node, so that all who read the tree agree:
 *
 * - on a line with text, for that text: the item or box, the heading, the paragraph;
 * - on a line of its own, for the next block beside it: a heading stands for its section, a list for all its items;
 * - between two items for the next one, and **the list stays one list**, although for Markdown a comment at the margin ends it;
 * - right before or behind the text of an item that holds nothing else, for that item.
 *
 * Changes the tree: lists that only markers part are joined.
 */
export function attachMarkers(root: Root, source: Source): readonly Marker[] {
  const found: Marker[] = []
  // Most files hold no marker, and are not walked a second time.
  for (const node of nodesOf(root))
    if (node.type === 'html' && speaksToUs(node)) {
      attachIn(root, null, { source, found })
      break
    }
  return found
}

/** What markers say of a node. */
export function directivesOf(node: { readonly data?: { directives?: readonly Directive[] } | undefined }) {
  return node.data?.directives ?? []
}

interface Walk {
  readonly source: Source
  readonly found: Marker[]
}

function speaksToUs(node: Html): boolean {
  return /<!--\s*signoff(?=\s|-->)/.test(node.value) || isMarker(node)
}

function isMarker(node: Html): boolean {
  return readDirectives(node.value).length > 0
}

function attachIn(parent: Parents, above: Parents | null, walk: Walk): void {
  if (parent.type === 'paragraph' || parent.type === 'heading' || parent.type === 'tableCell')
    inText(parent, ownerOf(parent, above), walk)
  else inBlocks(parent, walk)
}

function inBlocks(parent: Parents, walk: Walk): void {
  joinLists(parent, walk)
  let open: Html[] = []
  for (const child of parent.children) {
    if (child.type === 'html' && isMarker(child)) {
      open.push(child)
      continue
    }
    if (child.type === 'html' && speaksToUs(child)) attach(child, null, walk)
    if (!isPassedOver(child)) {
      for (const marker of open) attach(marker, targetOf(parent, child, open, walk), walk)
      open = []
    }
    if ('children' in child) attachIn(child, parent, walk)
  }
  for (const marker of open) attach(marker, behindText(parent), walk)
}

/** Comments of others and definitions are nothing that a marker could be for. */
function isPassedOver(node: Nodes): boolean {
  return node.type === 'definition' || node.type === 'yaml' || (node.type === 'html' && !/<summary>/i.test(node.value))
}

function targetOf(parent: Parents, next: Nodes, markers: readonly Html[], walk: Walk): Nodes {
  const siblings: readonly Nodes[] = parent.children
  const first = markers[0] === undefined ? -1 : siblings.indexOf(markers[0])
  if (next.type === 'paragraph' && parent.type === 'listItem' && first === 0) return parent
  if (next.type !== 'list' || first === -1) return next
  // A list that a comment of another kind has ended: the marker still stands between two items.
  const before = siblings.slice(0, first).findLast(one => one.type !== 'html')
  return before?.type === 'list' && bulletOf(before, walk) === bulletOf(next, walk) ? (next.children[0] ?? next) : next
}

/** Markers that end an item are its own where it holds a text and nothing else. */
function behindText(parent: Parents): Nodes | null {
  if (parent.type !== 'listItem') return null
  const rest = parent.children.filter(one => one.type !== 'html')
  return rest.length === 1 && rest[0]?.type === 'paragraph' ? parent : null
}

/** What a line of text belongs to. */
function ownerOf(text: Parents, above: Parents | null): Nodes | null {
  if (text.type === 'tableCell') return null
  if (text.type !== 'paragraph' || above?.type !== 'listItem') return text
  return above.children.find(one => one.type !== 'html') === text ? above : text
}

function inText(node: Parents, owner: Nodes | null, walk: Walk): void {
  for (const child of node.children) {
    if (child.type === 'html' && speaksToUs(child)) attach(child, owner, walk)
    else if ('children' in child) inText(child, owner, walk)
  }
}

function attach(marker: Html, target: Nodes | null, { found }: Walk): void {
  const start = marker.position?.start ?? { line: 1, column: 1 }
  const place = { line: start.line, column: start.column }
  const words = readDirectives(marker.value).map(word => ({ ...word, place }))
  found.push({ place, words, target })
  if (target !== null) target.data = { ...target.data, directives: [...directivesOf(target), ...words] }
}

/** Lists that would be one without the markers between them are one. */
function joinLists(parent: Parents, walk: Walk): void {
  const siblings: Nodes[] = parent.children
  for (let index = 0; index < siblings.length; index++) {
    const list = siblings[index]
    while (list?.type === 'list') {
      const count = siblings.slice(index + 1).findIndex(one => one.type !== 'html' || !isMarker(one))
      const next = siblings[index + 1 + count]
      if (count < 1 || next?.type !== 'list' || bulletOf(next, walk) !== bulletOf(list, walk)) break
      const [, ...markers] = siblings.splice(index, count + 1, list)
      for (const marker of markers) if (marker.type === 'html') attach(marker, next.children[0] ?? next, walk)
      siblings.splice(index + 1, 1)
      list.children.push(...next.children)
      if (list.position !== undefined && next.position !== undefined)
        list.position = { ...list.position, end: next.position.end }
    }
  }
}

/** `-`, `*`, `+`, `.` or `)`: another one begins another list. */
function bulletOf(list: List, { source }: Walk): string | undefined {
  const start = list.position?.start.offset ?? 0
  return /^(?:\d{1,9})?([-*+.)])/.exec(source.text.slice(start, start + 12))?.[1]
}
