import { type EventOf, type Pen, PLAIN_PEN, readTerminalText, withSgr } from '../../../model/index.ts'
import { type Html, html, joined, preformatted } from './html-text.ts'
import type { PenClasses } from './page-style.ts'

export type Chunk = EventOf<'output'> | EventOf<'output.late'>

/** One stretch of output: what came between two other events of a step. */
export interface Stretch {
  readonly chunks: readonly Chunk[]
  /** Lines of the journal, 1-based, of the first and the last chunk. */
  readonly from: number
  readonly to: number
}

/** Lines that stay in sight under a fold, and how many more are not worth one. */
const IN_SIGHT = { passed: 6, other: 24 } as const
const NOT_WORTH_A_FOLD = 4

/**
 * The output as a reader of a terminal saw it: its colours as classes, all other control characters visible, and where it is
 * long, folded but for its end.
 *
 * @param most characters that are shown; what is cut from the middle is said, with its place in the journal.
 */
export function outputPanel(
  { chunks, from, to }: Stretch,
  how: { readonly most: number; readonly end: keyof typeof IN_SIGHT; readonly classes: PenClasses },
): Html {
  const inTerminal = chunks.some(({ fd }) => fd === 'pty')
  const whole = textOf(chunks)
  const { head, tail, left } = cut(whole, how.most)
  const read = (text: string) => drawnLines(inTerminal ? readTerminalText(text, 'kept') : text, how.classes)
  const lines = [...read(head), ...(left === 0 ? [] : [cutLine(left, from, to)]), ...(tail === '' ? [] : read(tail))]
  const late = chunks[0]?.kind === 'output.late'
  const name = late ? 'Late output' : inTerminal ? 'Terminal session' : 'Output'
  const size = `${plural(lines.length, 'line')}, ${sizeText(Buffer.byteLength(whole))}${left === 0 ? '' : ', shown in part'}`
  const title = html`<p class="cap">${name} <span class="dim">${size}</span></p>`
  const inSight = IN_SIGHT[how.end]
  if (lines.length <= inSight + NOT_WORTH_A_FOLD) return html`<div class="out">${title}${block(lines)}</div>`
  const folded = lines.slice(0, -inSight)
  return html`<div class="out">${title}<details><summary>${plural(folded.length, 'earlier line')}</summary>${block(folded)}</details>${block(lines.slice(-inSight))}</div>`
}

/** The chunks in the order they were written, as text; bytes that are none of UTF-8 are U+FFFD here, and whole in the journal. */
function textOf(chunks: readonly Chunk[]): string {
  const bytes = chunks.map(({ text, b64 }) =>
    text === undefined ? Buffer.from(b64 ?? '', 'base64') : Buffer.from(text),
  )
  return Buffer.concat(bytes).toString('utf8').replace(/\n$/, '')
}

/** Cuts a text that is too long in its middle, at line ends where there are any. */
function cut(text: string, most: number): { head: string; tail: string; left: number } {
  if (text.length <= most) return { head: text, tail: '', left: 0 }
  const headMost = Math.floor(most * 0.75)
  const tailFrom = text.length - (most - headMost)
  const headEnd = text.lastIndexOf('\n', headMost)
  const tailStart = text.indexOf('\n', tailFrom)
  const head = text.slice(0, headEnd > 0 ? headEnd : headMost)
  const tail = text.slice(tailStart > 0 ? tailStart + 1 : tailFrom)
  return { head, tail, left: Buffer.byteLength(text) - Buffer.byteLength(head) - Buffer.byteLength(tail) }
}

function cutLine(left: number, from: number, to: number): Html {
  const where = from === to ? `line ${from}` : `lines ${from} to ${to}`
  return html`<span class="cut">${sizeText(left)} are not on this page; the journal has them, ${where}</span>`
}

function block(lines: readonly Html[]): Html {
  return html`<pre tabindex="0">${joined(lines, html`\n`)}</pre>`
}

/** Text with SGR sequences, line by line. A pen lasts beyond the end of its line. */
function drawnLines(text: string, classes: PenClasses): Html[] {
  let pen = PLAIN_PEN
  return text.split('\n').map(line => {
    const runs: Html[] = []
    let from = 0
    for (const { 0: sequence, 1: parameters = '', index } of line.matchAll(SGR)) {
      runs.push(run(line.slice(from, index), pen, classes))
      pen = withSgr(pen, parameters)
      from = index + sequence.length
    }
    runs.push(run(line.slice(from), pen, classes))
    return joined(runs)
  })
}

function run(text: string, pen: Pen, classes: PenClasses): Html {
  const name = text === '' ? null : classes.classOf(pen)
  return name === null ? preformatted(text) : html`<span class="${name}">${preformatted(text)}</span>`
}

const SGR = /\u001b\[([0-9;:]*)m/g

export function plural(count: number, noun: string): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${noun}${count === 1 ? '' : 's'}`
}

/** In the units people read: 1,000 bytes are a kB. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return plural(bytes, 'byte')
  const units = ['kB', 'MB', 'GB'] as const
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power - 1]}`
}
