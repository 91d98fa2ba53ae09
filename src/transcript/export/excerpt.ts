import { createTerminalText, type EventOf } from '../../model/index.ts'

/** What a script printed in one stretch, its middle left out where it is long. Not cleaned. */
export interface Excerpt {
  readonly head: string
  /** Null where nothing was left out, and `head` is all of it. */
  readonly left: { readonly lines: number; readonly tail: string } | null
  /** The first and the last line of the journal that hold it, 1-based. */
  readonly journal: readonly [first: number, last: number]
}

export interface ExcerptMaker {
  add(chunk: EventOf<'output'> | EventOf<'output.late'>, seq: number): void
  excerpt(): Excerpt
}

/** Some hundred lines. */
const CHARACTERS = 12_000

/**
 * Gathers a stretch of output in memory that does not grow with it.
 *
 * @param most characters that are kept from its beginning, and as many from its end.
 * @param colours whether the text of a terminal keeps its colours, as SGR sequences.
 */
export function createExcerpt(most = CHARACTERS, colours: 'dropped' | 'kept' = 'dropped'): ExcerptMaker {
  const terminal = createTerminalText(colours)
  let inTerminal = false
  let head = ''
  let tail = ''
  let leftLines = 0
  /** Whether anything was left out yet: a line without an end counts none. */
  let cut = false
  let journal: [number, number] | null = null

  const take = (text: string): void => {
    const room = tail === '' && !cut ? most - head.length : 0
    head += text.slice(0, Math.max(0, room))
    tail += text.slice(Math.max(0, room))
    if (tail.length < 4 * most) return
    const from = startOfLine(tail, tail.length - most)
    leftLines += newlinesIn(tail.slice(0, from))
    cut = true
    tail = tail.slice(from)
  }
  return {
    add(chunk, seq) {
      journal = [journal?.[0] ?? seq + 1, seq + 1]
      inTerminal ||= chunk.fd === 'pty'
      const text = chunk.text ?? Buffer.from(chunk.b64 ?? '', 'base64').toString('utf8')
      take(inTerminal ? terminal.push(text) : text)
    },
    excerpt() {
      const [all, end] = inTerminal ? [head, tail + terminal.line] : [head, tail]
      const place = journal ?? [0, 0]
      if (!cut && end.length <= most) return { head: all + end, left: null, journal: place }
      // What was broken off in the middle of a line goes with what is left out.
      const wholeLines = all.lastIndexOf('\n') + 1
      const from = startOfLine(end, end.length - most)
      const lines = Math.max(1, leftLines + newlinesIn(end.slice(0, from)))
      return {
        head: wholeLines > 0 ? all.slice(0, wholeLines) : all,
        left: { lines, tail: end.slice(from) },
        journal: place,
      }
    },
  }
}

/** The first place from `at` on that begins a line; `at` itself where there is none. */
function startOfLine(text: string, at: number): number {
  if (at <= 0) return 0
  const newline = text.indexOf('\n', at - 1)
  return newline < 0 || newline + 1 === text.length ? at : newline + 1
}

function newlinesIn(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
