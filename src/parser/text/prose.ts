import type { PhrasingContent } from 'mdast'
import { toString as textOfNode } from 'mdast-util-to-string'
import { repairDoubleEncoding } from './encoding.ts'
import type { Place, Source } from './source.ts'

/** A command, path or value between backticks, with the place of its first character. */
export interface InlineCode {
  readonly text: string
  readonly place: Place
  /** The prose of the same sentence before it: "do **not** run" is read there. */
  readonly before: string
}

/** One line of prose as a person reads it: without emphasis, double encoding repaired, code still between backticks. */
export interface ProseLine {
  readonly text: string
  readonly line: number
  /** Bold text that begins the line, without a closing colon; null where it begins otherwise. */
  readonly bold: string | null
  /** What follows the bold text, or the whole line. */
  readonly afterBold: string
  /** The bold text ended in a colon itself. */
  readonly boldColon: boolean
  readonly codes: readonly InlineCode[]
  /** The line was ended by a hard break, so that the next one is no continuation. */
  readonly hardBreak: boolean
}

/** Inline Markdown to lines of prose. Places come from the source. */
export function proseLines(nodes: readonly PhrasingContent[], source: Source, firstLine: number): ProseLine[] {
  const pieces: Piece[] = []
  for (const node of nodes) collect(node, false, pieces, source)
  const rows: { pieces: Piece[]; hard: boolean }[] = [{ pieces: [], hard: false }]
  for (const piece of pieces) {
    const row = rows.at(-1)
    if (row === undefined) break
    if (piece.kind === 'break') {
      row.hard = piece.hard
      rows.push({ pieces: [], hard: false })
    } else row.pieces.push(piece)
  }
  return rows.map((row, index) => toLine(row.pieces, firstLine + index, row.hard)).filter(line => line.text !== '')
}

/** The lines of one sentence group joined: up to the first hard break or the next line that begins in bold with a colon. */
export function firstParagraph(lines: readonly ProseLine[]): {
  readonly lead: ProseLine[]
  readonly rest: readonly ProseLine[]
} {
  const lead: ProseLine[] = []
  for (const line of lines) {
    if (lead.length > 0 && line.bold !== null && (line.boldColon || /^[:：]/.test(line.afterBold))) break
    lead.push(line)
    if (line.hardBreak) break
  }
  return { lead, rest: lines.slice(lead.length) }
}

export function joinLines(lines: readonly ProseLine[]): string {
  return lines.map(line => line.text).join(' ')
}

type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly bold: boolean }
  | { readonly kind: 'code'; readonly text: string; readonly bold: boolean; readonly place: Place }
  | { readonly kind: 'break'; readonly hard: boolean }

function collect(node: PhrasingContent, bold: boolean, into: Piece[], source: Source): void {
  switch (node.type) {
    case 'text':
      for (const [index, text] of node.value.split('\n').entries()) {
        if (index > 0) into.push({ kind: 'break', hard: false })
        if (text !== '') into.push({ kind: 'text', text, bold })
      }
      return
    case 'break':
      into.push({ kind: 'break', hard: true })
      return
    case 'inlineCode':
      into.push({ kind: 'code', text: node.value, bold, place: codePlace(node, source) })
      for (let count = linesIn(node) - 1; count > 0; count--) into.push({ kind: 'break', hard: false })
      return
    case 'html':
      if (
        !/^<!--|^<\/?(?:br|b|i|em|strong|sub|sup|kbd|a|img|p|div|span|details|summary|u|code|small)\b/i.test(node.value)
      )
        into.push({ kind: 'text', text: node.value, bold })
      else if (/^<br\b/i.test(node.value)) into.push({ kind: 'break', hard: true })
      return
    case 'image':
    case 'imageReference':
      if (node.alt) into.push({ kind: 'text', text: node.alt, bold })
      return
    case 'footnoteReference':
      return
    case 'strong':
      for (const child of node.children) collect(child, true, into, source)
      return
    case 'delete':
      // What is struck out stays readable as that, and a command in it is offered to nobody.
      into.push({ kind: 'text', text: `~~${textOfNode(node)}~~`, bold })
      return
    default:
      if ('children' in node) for (const child of node.children) collect(child, bold, into, source)
  }
}

function toLine(pieces: readonly Piece[], line: number, hardBreak: boolean): ProseLine {
  let text = ''
  let boldEnd = 0
  let inBold = true
  const codes: InlineCode[] = []
  for (const piece of pieces) {
    if (piece.kind === 'break') continue
    if (!piece.bold && piece.text.trim() !== '') inBold = false
    if (piece.kind === 'code') codes.push({ text: piece.text, place: piece.place, before: text })
    text += piece.kind === 'code' ? `\`${piece.text}\`` : piece.text
    if (inBold && piece.bold) boldEnd = text.length
  }
  const bold = text.slice(0, boldEnd).trim()
  return {
    text: clean(text),
    line,
    bold: bold === '' ? null : clean(bold.replace(/\s*[:：]$/, '')),
    afterBold: clean(text.slice(boldEnd)),
    boldColon: /[:：]$/.test(bold),
    codes,
    hardBreak,
  }
}

function clean(text: string): string {
  return repairDoubleEncoding(text).replace(/\s+/g, ' ').trim()
}

/** The place of the code itself, behind its backticks and the blank that may pad them. */
function codePlace(
  node: { readonly value: string; readonly position?: Positioned | undefined },
  source: Source,
): Place {
  const start = node.position?.start
  if (start?.offset === undefined) return { line: 1, column: 1 }
  const written = source.text.slice(start.offset, node.position?.end.offset)
  const open = /^`+/.exec(written)?.[0].length ?? 1
  const padded = written[open] === ' ' && !node.value.startsWith(' ') ? 1 : 0
  return { line: start.line, column: start.column + open + padded }
}

interface Positioned {
  readonly start: { readonly line: number; readonly column: number; readonly offset?: number | undefined }
  readonly end: { readonly line: number; readonly offset?: number | undefined }
}

function linesIn(node: { readonly position?: Positioned | undefined }): number {
  return node.position === undefined ? 1 : node.position.end.line - node.position.start.line + 1
}
