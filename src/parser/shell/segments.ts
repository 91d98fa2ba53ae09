import { type CommentText, type OptionMark, optionMarkOf, readComment } from './comment-words.ts'
import type { ScriptLine } from './lines.ts'
import type { Range } from './syntax.ts'

/** A run of comment lines with the commands right behind it; either may be missing, not both. */
export interface Segment extends Range {
  readonly group: number
  /** True if it leads its group; false for a comment in the middle or at the end of one. */
  readonly leads: boolean
  /** Comment lines that say something, in order. */
  readonly lead: readonly CommentText[]
  readonly code: Range | null
  /** The mark of an alternative, where another of its kind stands beside it (or it says Or). */
  readonly mark: OptionMark | null
}

/** Cuts groups of lines into segments and decides which of them are marked as alternatives. */
export function segmentsOf(groups: readonly (readonly ScriptLine[])[]): Segment[] {
  return keepMarksWithNeighbours(groups.flatMap((lines, group) => segmentsOfGroup(lines, group)))
}

interface Draft {
  readonly start: number
  end: number
  readonly lead: CommentText[]
  code: Range | null
}

function segmentsOfGroup(lines: readonly ScriptLine[], group: number): Segment[] {
  const drafts: Draft[] = []
  let draft: Draft | null = null
  for (const line of lines) {
    const comment = line.kind === 'comment' ? readComment(line.text) : null
    const says = comment !== null && comment.text !== ''
    if (draft === null || (says && (draft.code !== null || beginsAnother(draft.lead, comment)))) {
      draft = { start: line.start, end: line.end, lead: [], code: null }
      drafts.push(draft)
    }
    if (says) draft.lead.push(comment)
    if (comment === null) draft.code = { start: draft.code?.start ?? line.start, end: line.end }
    draft.end = line.end
  }
  return drafts
    .filter(({ lead, code }) => lead.length > 0 || code !== null)
    .map((segment, index) => ({
      ...segment,
      group,
      leads: index === 0,
      mark: segment.lead[0] === undefined ? null : optionMarkOf(segment.lead[0].text),
    }))
}

/** Within one run of comments: an alternative, or the next number of a list, begins a segment of its own. */
function beginsAnother(lead: readonly CommentText[], comment: CommentText): boolean {
  const first = lead[0]
  if (first === undefined) return false
  const mark = optionMarkOf(comment.text)
  if (mark?.kind === 'numbered') return true
  // "or" in the middle of a sentence that was broken over two lines is no alternative.
  if (mark?.kind === 'or') return /^\p{Lu}/u.test(comment.text) || comment.text.endsWith(':')
  return comment.number !== null && first.number !== null && Number(comment.number) === Number(first.number) + 1
}

/** One pass from the end: a mark counts if the next one of its kind comes before a group that has none. */
function keepMarksWithNeighbours(segments: readonly Segment[]): Segment[] {
  const kept: Segment[] = []
  let below = new Set<string>()
  for (const segment of [...segments].reverse()) {
    const kind = segment.mark?.kind
    kept.push({ ...segment, mark: kind === 'or' || (kind !== undefined && below.has(kind)) ? segment.mark : null })
    if (segment.leads) below = new Set()
    if (kind !== undefined) below.add(kind)
  }
  return keepLastOfEachKind(kept.reverse(), segments)
}

/** The last alternative has no neighbour below, but one above. */
function keepLastOfEachKind(kept: readonly Segment[], all: readonly Segment[]): Segment[] {
  let open: string | null = null
  return kept.map((segment, index) => {
    const original = all[index]?.mark ?? null
    const joins = original !== null && original.kind === open
    if (segment.leads && original === null) open = null
    if (segment.mark !== null) open = segment.mark.kind === 'or' ? open : segment.mark.kind
    return joins ? { ...segment, mark: original } : segment
  })
}
