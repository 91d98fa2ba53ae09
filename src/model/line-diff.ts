/** One line of a comparison; `gap` stands for lines that are the same on both sides and not shown. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added' | 'gap'
  readonly text: string
}

/** Lines shown around a change. */
const CONTEXT = 3
/** Above this the comparison of two texts would cost too much: they are shown as a whole. */
const MOST_CELLS = 4_000_000

/** What differs between two texts, line by line, with some lines around each change: a longest common subsequence. */
export function lineDiff(was: string, now: string): DiffLine[] {
  return withGaps(changesBetween(linesOf(was), linesOf(now)))
}

/** The same as text, in the manner of a unified diff without its headers. */
export function diffText(was: string, now: string): string[] {
  return lineDiff(was, now).map(({ kind, text }) => `${MARKS[kind]}${text}`)
}

const MARKS = { same: ' ', removed: '-', added: '+', gap: '@ ' } as const

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function changesBetween(was: readonly string[], now: readonly string[]): DiffLine[] {
  let start = 0
  while (start < was.length && start < now.length && was[start] === now[start]) start++
  let end = 0
  while (end < was.length - start && end < now.length - start && was.at(-1 - end) === now.at(-1 - end)) end++
  const middle = compared(was.slice(start, was.length - end), now.slice(start, now.length - end))
  return [...was.slice(0, start).map(same), ...middle, ...was.slice(was.length - end).map(same)]
}

function compared(was: readonly string[], now: readonly string[]): DiffLine[] {
  const removed = was.map((text): DiffLine => ({ kind: 'removed', text }))
  const added = now.map((text): DiffLine => ({ kind: 'added', text }))
  if (was.length * now.length > MOST_CELLS || was.length === 0 || now.length === 0) return [...removed, ...added]
  const width = now.length + 1
  const longest = new Uint32Array((was.length + 1) * width)
  const at = (i: number, j: number): number => longest[i * width + j] ?? 0
  for (let i = was.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      longest[i * width + j] = was[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < was.length && j < now.length) {
    if (was[i] === now[j]) {
      lines.push(same(was[i] ?? ''))
      i++
      j++
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push(...removed.slice(i, ++i))
    else lines.push(...added.slice(j, ++j))
  }
  return [...lines, ...removed.slice(i), ...added.slice(j)]
}

function withGaps(lines: readonly DiffLine[]): DiffLine[] {
  const near = new Set<number>()
  for (const [index, { kind }] of lines.entries())
    if (kind !== 'same') for (let at = index - CONTEXT; at <= index + CONTEXT; at++) near.add(at)
  const shown: DiffLine[] = []
  let left = 0
  const close = (): void => {
    if (left > 0) shown.push({ kind: 'gap', text: `${left} ${left === 1 ? 'line' : 'lines'} not changed` })
    left = 0
  }
  for (const [index, line] of lines.entries()) {
    if (!near.has(index)) {
      left++
      continue
    }
    close()
    shown.push(line)
  }
  close()
  return shown
}

function same(text: string): DiffLine {
  return { kind: 'same', text }
}
