import { type Pen, PLAIN_PEN, withSgr } from '../../../model/index.ts'
import { plural } from './counting.ts'
import { type Html, html, joined, preformatted } from './html-text.ts'
import type { PenClasses } from './page-style.ts'
import type { Stretch } from './recorded-run.ts'

/** Lines that stay in sight under a fold, and how many more are not worth one. */
const IN_SIGHT = { passed: 6, other: 24 } as const
const NOT_WORTH_A_FOLD = 4

/**
 * The output as a reader of a terminal saw it: its colours as classes, all other control characters visible, and where it is
 * long, folded but for its end. What is left out is said, with its place in the journal.
 */
export function outputPanel(stretch: Stretch, end: keyof typeof IN_SIGHT, classes: PenClasses): Html {
  const { head, left } = stretch
  const lines = [
    ...drawnLines(head, classes),
    ...(left === null ? [] : [cutLine(stretch), ...drawnLines(left.tail, classes)]),
  ]
  const name = stretch.late ? 'Late output' : stretch.inTerminal ? 'Terminal session' : 'Output'
  const size =
    left === null ? plural(lines.length, 'line') : `${plural(lines.length - 1 + left.lines, 'line')}, shown in part`
  const title = html`<p class="cap">${name} <span>${size}</span></p>`
  const inSight = IN_SIGHT[end]
  if (lines.length <= inSight + NOT_WORTH_A_FOLD) return html`<div class="out">${title}${block(lines)}</div>`
  const folded = lines.slice(0, -inSight)
  return html`<div class="out">${title}<details><summary>${plural(folded.length, 'earlier line')}</summary>${block(folded)}</details>${block(lines.slice(-inSight))}</div>`
}

function cutLine({ left, journal: [from, to] }: Stretch): Html {
  const where = from === to ? `line ${from}` : `lines ${from} to ${to}`
  return html`<span class="cut">${plural(left?.lines ?? 0, 'line')} not shown here; the journal has all, ${where}</span>`
}

function block(lines: readonly Html[]): Html {
  // The parser drops one newline behind the tag, so that one is given to it.
  return html`<pre>\n${joined(lines, html`\n`)}</pre>`
}

/** Text with SGR sequences, line by line. A pen lasts beyond the end of its line. */
function drawnLines(text: string, classes: PenClasses): Html[] {
  let pen = PLAIN_PEN
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map(line => {
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
