import type { Slot } from '../../model/index.ts'
import type { Segment } from './theme.ts'

/**
 * The lines of a script as bash will get it, with the parts that values have filled marked. The text between the slots
 * says where each value lies; where it cannot be found again the line stays unmarked, never changed.
 */
export function markSubstituted(template: string | null, entered: string, slots: readonly Slot[]): Segment[][] {
  const marks = template === null ? [] : rangesOf(template, entered, slots)
  const lines: Segment[][] = []
  let offset = 0
  for (const line of entered.replace(/\n$/, '').split('\n')) {
    lines.push(segmentsOf(line, offset, marks))
    offset += line.length + 1
  }
  return lines
}

type Range = readonly [start: number, end: number]

function rangesOf(template: string, entered: string, slots: readonly Slot[]): Range[] {
  const ranges: Range[] = []
  const ordered = [...slots].sort((a, b) => a.start - b.start)
  let at = 0
  for (const [index, slot] of ordered.entries()) {
    const before = template.slice(ordered[index - 1]?.end ?? 0, slot.start)
    if (!entered.startsWith(before, at)) return []
    const start = at + before.length
    const after = template.slice(slot.end, ordered[index + 1]?.start ?? template.length)
    const last = index === ordered.length - 1
    const end = last ? entered.length - after.length : after === '' ? -1 : entered.indexOf(after, start)
    if (end < start || !entered.startsWith(after, end)) return []
    ranges.push([start, end])
    at = end
  }
  return ranges
}

function segmentsOf(line: string, offset: number, ranges: readonly Range[]): Segment[] {
  const segments: Segment[] = []
  let at = 0
  for (const [start, end] of ranges) {
    const from = Math.max(at, start - offset)
    const to = Math.min(line.length, end - offset)
    if (to <= from) continue
    if (from > at) segments.push({ text: line.slice(at, from), tone: 'plain' })
    segments.push({ text: line.slice(from, to), tone: 'substituted' })
    at = to
  }
  if (at < line.length || segments.length === 0) segments.push({ text: line.slice(at), tone: 'plain' })
  return segments
}
