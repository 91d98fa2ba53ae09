import type { Root, RootContent } from 'mdast'
import { beginsBlock, openBehind } from './line-state.ts'
import { nodesOf } from './nodes.ts'

/** Length of a piece that is parsed at once, in UTF-16 units: where a text costs least (`npm run bench parsing`). */
const PIECE = 8 * 1024

/**
 * The tree of a text, parsed in pieces: the Markdown parser takes a time that grows with the square of a long text. The
 * tree is that of the whole text. A text is cut before a line that begins a heading or a paragraph at the left margin,
 * and the parser itself says whether it does so there, or lies in a fence, a comment or a list.
 *
 * @param parse one text to its tree, with positions.
 * @param length of a piece at least, in UTF-16 units.
 */
export function parseInPieces(text: string, parse: (text: string) => Root, length: number = PIECE): Root {
  if (text.length < length * 2) return parse(text)
  const pieces = cut(text, parse, length)
  if (pieces.length === 1) return pieces[0]?.root ?? parse(text)
  const defined = new Set(pieces.flatMap(({ root }) => [...definedIn(root)]))
  const children: RootContent[] = []
  let line = 0
  for (const piece of pieces) {
    const { root, ahead } = defined.size === 0 ? { root: piece.root, ahead: '' } : resolved(piece, defined, parse)
    shift(root, line - linesIn(ahead), piece.start - ahead.length)
    children.push(...root.children)
    line += linesIn(piece.text)
  }
  const end = { line: line + 1, column: text.length - text.lastIndexOf('\n'), offset: text.length }
  return { type: 'root', children, position: { start: { line: 1, column: 1, offset: 0 }, end } }
}

interface Piece {
  readonly start: number
  readonly text: string
  readonly root: Root
}

function cut(text: string, parse: (text: string) => Root, length: number): Piece[] {
  const pieces: Piece[] = []
  let start = 0
  let from = Math.max(length, endOfFrontMatter(text))
  for (;;) {
    const at = nextPlace(text, start, from, length)
    if (at === -1) return [...pieces, { start, text: text.slice(start), root: parse(text.slice(start)) }]
    // What comes behind this line cannot change what stands before it, so it is enough to read the line itself.
    const root = parse(text.slice(start, endOfLine(text, at)))
    if (root.children.at(-1)?.position?.start.offset === at - start) {
      root.children.pop()
      pieces.push({ start, text: text.slice(start, at), root })
      start = at
      from = at + length
    } else from = at + Math.max(length, at - start)
  }
}

/** Front matter ends at its second line of dashes, and until there is one it reads like any other text. */
function endOfFrontMatter(text: string): number {
  if (!/^---[ \t]*\n/.test(text)) return 0
  const closing = /\n---[ \t]*(?:\n|$)/.exec(text)
  return closing === null ? 0 : closing.index + closing[0].length
}

/**
 * The first line from an offset on that may begin a heading or, behind a blank line, a paragraph. Those that seem to lie
 * in a fence or a comment come second: the guess saves time, the parser decides.
 */
function nextPlace(text: string, start: number, from: number, patience: number): number {
  let open: string | null = null
  let second = -1
  let blank = true
  for (let at = start; at < text.length; ) {
    const end = endOfLine(text, at)
    const row = text.slice(at, Math.min(end, at + 400))
    if (at >= from && beginsBlock(row, blank)) {
      if (open === null) return at
      if (second === -1 && at >= from + patience) second = at
    }
    if (second !== -1 && at > second + patience) return second
    open = openBehind(row, open)
    blank = row.trim() === ''
    at = end + 1
  }
  return second
}

/** Names of the definitions in a tree, as references are looked up: those of footnotes begin with `^`. */
function definedIn(root: Root): Set<string> {
  const names = new Set<string>()
  for (const node of nodesOf(root)) {
    if (node.type === 'definition') names.add(node.identifier)
    if (node.type === 'footnoteDefinition') names.add(`^${node.identifier}`)
  }
  return names
}

/** The tree of a piece that refers to definitions of other pieces, read again with these; `ahead` was put before its text. */
function resolved(piece: Piece, defined: ReadonlySet<string>, parse: (text: string) => Root) {
  const own = definedIn(piece.root)
  const foreign = [...labelsIn(piece.text)].filter(label => defined.has(label) && !own.has(label))
  if (foreign.length === 0) return { root: piece.root, ahead: '' }
  const definitions = `${foreign.map(label => `[${label}]: x`).join('\n\n')}\n\n`
  if (piece.start > 0) {
    const root = parse(definitions + piece.text)
    const isOwn = (node: RootContent) => (node.position?.start.offset ?? 0) >= definitions.length
    return { root: { ...root, children: root.children.filter(isOwn) }, ahead: definitions }
  }
  // Only the first piece may begin with front matter: its definitions come behind a heading, which closes all that is open.
  const root = parse(`${piece.text}#\n\n${definitions}`)
  const isOwn = (node: RootContent) => (node.position?.start.offset ?? 0) < piece.text.length
  return { root: { ...root, children: root.children.filter(isOwn) }, ahead: '' }
}

/** All that may be a label, as definitions name it. */
function labelsIn(text: string): Set<string> {
  const labels = new Set<string>()
  for (const [, label = ''] of text.matchAll(/\[((?:[^[\]\\]|\\.){1,999})\]/gs)) {
    labels.add(identifier(label))
    // In a quote, a label on two lines has the mark of the quote inside.
    labels.add(identifier(label.replace(/\n[\s>]*/g, ' ')))
  }
  return labels
}

/** As CommonMark compares labels: case folded, white space collapsed. */
function identifier(label: string): string {
  return label
    .replace(/[\t\n\r ]+/g, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
}

function shift(root: Root, lines: number, offset: number): void {
  if (lines === 0 && offset === 0) return
  const moved = (point: { line: number; column: number; offset?: number | undefined }) => ({
    line: point.line + lines,
    column: point.column,
    offset: (point.offset ?? 0) + offset,
  })
  for (const node of nodesOf(root))
    if (node.position !== undefined)
      node.position = { ...node.position, start: moved(node.position.start), end: moved(node.position.end) }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

function linesIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}
