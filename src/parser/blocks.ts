import type { BlockContent, Code, DefinitionContent, List, ListItem, Paragraph, RootContent, Table } from 'mdast'
import { directivesOf } from './markers/attach-markers.ts'
import { type Directive, readDirectives } from './markers/directives.ts'
import type { Tab } from './tabs/group-tabs.ts'
import { repairDoubleEncoding } from './text/encoding.ts'
import { isOutlineItem } from './text/outline.ts'
import { firstParagraph, type InlineCode, joinLines, type ProseLine, proseLines } from './text/prose.ts'
import type { Place, Source } from './text/source.ts'

interface Span {
  readonly line: number
  readonly endLine: number
  /** Offsets into the source text, end exclusive. */
  readonly start: number
  readonly end: number
  /** What the author's invisible markers before it say (rule R3). */
  readonly directives: readonly Directive[]
  /** The conditional of a template around it, as a condition (rule R21). */
  readonly under?: string
}

export interface ParagraphBlock extends Span {
  readonly kind: 'paragraph'
  readonly lines: readonly ProseLine[]
  readonly text: string
}

/** Bold text that begins a paragraph and ends in a colon, or a bold line of its own; `<summary>` too. */
export interface LabelBlock extends Span {
  readonly kind: 'label'
  readonly name: string
  /** A bracket right behind the name. */
  readonly note: string | null
  /** The text behind the colon. */
  readonly rest: string
  readonly codes: readonly InlineCode[]
  /** The summary of a `<details>`: it holds for all of that. */
  readonly summary: boolean
}

export interface ListBlock extends Span {
  readonly kind: 'list'
  readonly ordered: boolean
  readonly items: readonly Item[]
}

export interface Item extends Span {
  /** The printed number; null in a list of bullets. */
  readonly number: number | null
  /** State of the box; null without one. */
  readonly checked: boolean | null
  readonly title: string
  /** The item began with bold text and a colon: `**Agent Run**: …`. */
  readonly boldTitle: string | null
  /** Bold text that the item began with, with a colon or without. */
  readonly bold: string | null
  readonly codes: readonly InlineCode[]
  readonly blocks: readonly Block[]
}

export interface FenceBlock extends Span {
  readonly kind: 'fence'
  readonly language: string | null
  readonly meta: string | null
  readonly text: string
  /**
   * The place of the first character of each line of `text`. A tab that is only in part the indentation of an item leaves
   * blanks that the file does not have: such a line begins before column 1.
   */
  readonly places: readonly Place[]
  readonly closed: boolean
  readonly indented: boolean
}

export interface TableBlock extends Span {
  readonly kind: 'table'
  readonly header: readonly string[]
  readonly rows: readonly TableRow[]
}

export interface TableRow {
  readonly line: number
  readonly cells: readonly TableCell[]
}

export interface TableCell {
  readonly text: string
  readonly codes: readonly InlineCode[]
  /** The first character of its text; that of the row where it holds none. */
  readonly place: Place
}

export interface HtmlBlock extends Span {
  readonly kind: 'html'
  readonly text: string
}

export interface RuleBlock extends Span {
  readonly kind: 'rule'
}

/** Tabs, of which a reader follows one. */
export interface TabsBlock extends Span {
  readonly kind: 'tabs'
  readonly tabs: readonly TabOfBlocks[]
  /** Why nobody can say where they begin or end; null for sound ones. */
  readonly problem: string | null
  /** What is wrong, where all the same it is plain how they are meant. */
  readonly remark: string | null
}

export interface TabOfBlocks extends Span {
  readonly name: string
  readonly blocks: readonly Block[]
}

export type Block =
  | ParagraphBlock
  | LabelBlock
  | ListBlock
  | FenceBlock
  | TableBlock
  | HtmlBlock
  | RuleBlock
  | TabsBlock

/** The Markdown nodes between two headings, as the blocks that rules read. */
export function toBlocks(nodes: readonly (RootContent | BlockContent | DefinitionContent)[], source: Source): Block[] {
  return nodes.flatMap(node => {
    if (node.type === 'html' && readDirectives(node.value).length > 0) return []
    const made = toBlock(node, source)
    const directives = directivesOf(node)
    return directives.length === 0 ? made : withDirectives(made, directives, node.type === 'blockquote')
  })
}

/** A paragraph may be several labels: a marker in one of their lines is for that, one before them for the first. */
function withDirectives(made: readonly Block[], directives: readonly Directive[], isQuote: boolean): Block[] {
  const holds = (block: Block, { place }: Directive) =>
    place !== undefined && place.line >= block.line && place.line <= block.endLine
  return made.map((block, index) => {
    const own = directives.filter(one =>
      made.some(other => holds(other, one)) ? holds(block, one) : index === 0 && !(isQuote && made.length > 1),
    )
    return own.length === 0 ? block : { ...block, directives: [...own, ...block.directives] }
  })
}

function toBlock(node: RootContent | BlockContent | DefinitionContent, source: Source): Block[] {
  switch (node.type) {
    case 'paragraph':
      return paragraph(node, source)
    case 'list':
      return [list(node, source)]
    case 'code':
      return [fence(node, source)]
    case 'table':
      return [table(node, source)]
    case 'html':
      return html(node.value, spanOf(node))
    case 'thematicBreak':
      return [{ kind: 'rule', ...spanOf(node) }]
    case 'tabs': {
      const { problem, remark } = node
      return [{ kind: 'tabs', ...spanOf(node), problem, remark, tabs: node.children.map(tab => tabOf(tab, source)) }]
    }
    case 'blockquote':
    case 'footnoteDefinition':
      return toBlocks(node.children, source)
    case 'heading':
      // A heading inside a quote or an item is read as a bold line.
      return [labelOf(proseLines(node.children, source, spanOf(node).line), spanOf(node))]
    default:
      return []
  }
}

export function spanOf(node: {
  readonly position?:
    | {
        readonly start: { readonly line: number; readonly offset?: number | undefined }
        readonly end: { readonly line: number; readonly offset?: number | undefined }
      }
    | undefined
}): Span {
  return {
    line: node.position?.start.line ?? 1,
    endLine: node.position?.end.line ?? 1,
    start: node.position?.start.offset ?? 0,
    end: node.position?.end.offset ?? 0,
    directives: [],
  }
}

function paragraph(node: Paragraph, source: Source): Block[] {
  const span = spanOf(node)
  const lines = proseLines(node.children, source, span.line)
  const first = lines[0]
  if (first === undefined) return []
  if (!isLabel(first, lines.length))
    return outlineItems(lines).map(own => ({
      kind: 'paragraph',
      ...span,
      line: own[0]?.line ?? span.line,
      endLine: own === lines ? span.endLine : (own.at(-1)?.line ?? span.endLine),
      lines: own,
      text: joinLines(own),
    }))
  const groups: ProseLine[][] = []
  for (const line of lines) {
    const group = groups.at(-1)
    if (group === undefined || isLabel(line, 1)) groups.push([line])
    else group.push(line)
  }
  return groups.map((group, index) => {
    const line = group[0]?.line ?? span.line
    const next = groups[index + 1]?.[0]?.line
    return labelOf(group, {
      line,
      endLine: next === undefined ? span.endLine : next - 1,
      start: index === 0 ? span.start : (source.lineStarts[line - 1] ?? span.start),
      end: next === undefined ? span.end : (source.lineStarts[next - 1] ?? span.end) - 1,
      directives: [],
    })
  })
}

/** `**Name**:`, `**Name:**`, `**Name** (note):`; and `**Name**` where it is all that stands there. */
function isLabel(line: ProseLine, linesAround: number): boolean {
  if (line.bold === null || line.bold.length > 120) return false
  if (line.boldColon || /^(?:\([^)]*\)\s*)?[:：]/.test(line.afterBold)) return true
  return linesAround === 1 && /^(?:\([^)]*\))?$/.test(line.afterBold)
}

function labelOf(lines: readonly ProseLine[], span: Span): LabelBlock {
  const first = lines[0]
  const after = first?.afterBold ?? ''
  const note = /^\(([^)]*)\)/.exec(after)
  const behind = after
    .slice(note?.[0].length ?? 0)
    .replace(/^\s*[:：]?\s*/, '')
    .trim()
  const rest = [behind, ...lines.slice(1).map(line => line.text)].filter(text => text !== '').join(' ')
  return {
    kind: 'label',
    ...span,
    name: withoutMarks(first?.bold ?? first?.text ?? '').replace(/\s*[:：]$/, ''),
    note: note?.[1] ?? null,
    rest: first?.bold === null ? '' : rest,
    codes: lines.flatMap(line => line.codes),
    summary: false,
  }
}

/** `:warning: If it fails` is read by its words: emoji before them say nothing to a rule. */
function withoutMarks(name: string): string {
  return name.replace(/^(?:(?::[a-z0-9_+-]+:|\p{Extended_Pictographic}|\uFE0F|\u200D)\s*)+(?=\S)/u, '')
}

/** The lines of a paragraph by the items of an outline that they begin; all of them where fewer than two do. */
function outlineItems(lines: readonly ProseLine[]): readonly (readonly ProseLine[])[] {
  if (lines.filter(line => isOutlineItem(line.text)).length < 2) return [lines]
  const items: ProseLine[][] = []
  for (const line of lines) {
    if (items.length === 0 || isOutlineItem(line.text)) items.push([])
    items.at(-1)?.push(line)
  }
  return items
}

function list(node: List, source: Source): ListBlock {
  return {
    kind: 'list',
    ...spanOf(node),
    ordered: node.ordered === true,
    items: node.children.map(child => item(child, node.ordered === true, source)),
  }
}

function item(node: ListItem, ordered: boolean, source: Source): Item {
  const span = { ...spanOf(node), directives: directivesOf(node) }
  // A marker may stand before the text of its item.
  const children = node.children.filter(one => one.type !== 'html' || readDirectives(one.value).length === 0)
  const first = children[0]
  const lines = first?.type === 'paragraph' ? proseLines(first.children, source, spanOf(first).line) : []
  const { lead, rest } = firstParagraph(lines)
  const behind: Block[] =
    rest.length === 0 || first === undefined
      ? []
      : [{ kind: 'paragraph', ...spanOf(first), line: rest[0]?.line ?? span.line, lines: rest, text: joinLines(rest) }]
  const head = lead[0]
  const hasBoldTitle = head !== undefined && head.bold !== null && (head.boldColon || /^:/.test(head.afterBold))
  return {
    ...span,
    number: ordered ? printedNumber(source, span) : null,
    checked: node.checked ?? null,
    title: joinLines(lead),
    boldTitle: hasBoldTitle ? (head.bold ?? null) : null,
    bold: head?.bold ?? null,
    codes: lead.flatMap(line => line.codes),
    blocks: [...behind, ...toBlocks(first?.type === 'paragraph' ? children.slice(1) : children, source)],
  }
}

function tabOf(tab: Tab, source: Source): TabOfBlocks {
  return { ...spanOf(tab), name: repairDoubleEncoding(tab.name), blocks: toBlocks(tab.children, source) }
}

function printedNumber(source: Source, span: Span): number | null {
  const found = /^(\d{1,9})[.)]/.exec(source.text.slice(span.start, span.start + 12))
  return found === null ? null : Number(found[1])
}

function fence(node: Code, source: Source): FenceBlock {
  const span = spanOf(node)
  const written = source.text.slice(span.start, span.end)
  const opening = /^(`{3,}|~{3,})/.exec(written)?.[1]
  const indented = opening === undefined
  const first = indented ? span.line : span.line + 1
  const rows = rowsOf(node)
  return {
    kind: 'fence',
    ...span,
    language: node.lang?.toLowerCase() ?? null,
    meta: node.meta ?? null,
    text: node.value,
    places: rows.map((row, index) => {
      const line = first + index
      return { line, column: (source.lines[line - 1]?.length ?? row.length) - row.length + 1 }
    }),
    closed: indented || isClosed(written, opening, rows.length),
    indented,
  }
}

function rowsOf(node: Code): string[] {
  return node.value === '' ? [] : node.value.split('\n')
}

/** True if the last row is the closing line, and none of the text: rows of text may end in backticks too. */
function isClosed(written: string, opening: string, textRows: number): boolean {
  const rows = written.split('\n')
  const closing = /^[\s>]*(`{3,}|~{3,})[ \t]*$/.exec(rows.at(-1) ?? '')?.[1]
  const isBehindText = rows.length - 1 > textRows
  return isBehindText && closing !== undefined && closing[0] === opening[0] && closing.length >= opening.length
}

/** True for a fence that nothing closes: it ends with the file, or with the item or quote around it. */
export function isUnclosed(node: Code, source: Source): boolean {
  const written = source.text.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0)
  const opening = /^(`{3,}|~{3,})/.exec(written)?.[1]
  return opening !== undefined && !isClosed(written, opening, rowsOf(node).length)
}

function table(node: Table, source: Source): TableBlock {
  const rows = node.children.map(row => {
    const line = spanOf(row).line
    return {
      line,
      cells: row.children.map(cell => {
        const lines = proseLines(cell.children, source, line)
        const column = cell.children[0]?.position?.start.column ?? 1
        return { text: joinLines(lines), codes: lines.flatMap(one => one.codes), place: { line, column } }
      }),
    }
  })
  return {
    kind: 'table',
    ...spanOf(node),
    header: rows[0]?.cells.map(cell => cell.text) ?? [],
    rows: rows.slice(1),
  }
}

/** A `<summary>` is a label; one that is closed at once has nothing under it. An end of a `<details>` is kept apart. */
function html(written: string, span: Span): Block[] {
  const value = asDetails(written)
  const found = /<summary\b[^>]*>([\s\S]*?)<\/summary>/i.exec(value)
  const closed = found !== null && /<\/details>/i.test(value.slice(found.index))
  if (found === null || closed) return [{ kind: 'html', ...span, text: value }]
  const label: LabelBlock = {
    kind: 'label',
    ...span,
    name: withoutMarks(textOfHtml(found[1] ?? '')).replace(/:$/, ''),
    note: null,
    rest: '',
    codes: [],
    summary: true,
  }
  const before = value.slice(0, found.index)
  return /<\/details>/i.test(before) ? [{ kind: 'html', ...span, text: '</details>' }, label] : [label]
}

/** Elements of MDX that hold something back until it is opened. */
const COLLAPSIBLE =
  'Accordion|AccordionItem|Expandable|ExpandableSection|Expander|Collapse|Collapsible|Details|Disclosure|Spoiler|Toggle'
const OPENED = new RegExp(
  `<(?:${COLLAPSIBLE})\\b[^>]{0,300}?\\b(?:title|summary|header|label)=(["'])(.{0,300}?)\\1[^>]{0,300}>`,
  'g',
)
const ENDED = new RegExp(`</(?:${COLLAPSIBLE})>`, 'g')

/** `<Accordion title="Rollback">` says what `<details><summary>Rollback</summary>` does. */
function asDetails(value: string): string {
  return value.replace(OPENED, '<details><summary>$2</summary>').replace(ENDED, '</details>')
}

/** The words of some HTML, as they are shown. */
export function textOfHtml(value: string): string {
  return repairDoubleEncoding(
    value
      .replace(/<[^>]*>/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
  )
}
