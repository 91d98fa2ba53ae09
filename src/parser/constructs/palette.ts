import { diagnostic } from '../../model/index.ts'
import type { FenceBlock } from '../blocks.ts'
import { type At, type Draft, draft, type Reading, reading, type ScriptText } from '../draft.ts'
import { interactionOf, type Piece, parseShell, splitBlock, unfinishedIn } from '../shell/index.ts'
import { plainTitle } from '../text/words.ts'
import { leadTitle } from './lead.ts'
import { firstLine, placeInScript, startInScript } from './text.ts'

/** Rule R12 in a section of role reference: every command is an entry of its own, for the palette; none is in a flow. */
export function paletteOf(at: At, block: FenceBlock, script: ScriptText): Reading {
  const entries: Draft[] = []
  const findings: Reading['findings'][number][] = []
  for (const piece of commandPieces(splitBlock(script.text))) {
    const statements = statementsOf(script.text, piece.code.start, piece.code.end)
    for (const { start, end } of statements) {
      const text = script.text.slice(start, end)
      const first = startInScript(script, start)
      const row = script.text.slice(0, start).split('\n').length
      const places = [first, ...script.places.slice(row, row + text.split('\n').length - 1)]
      const interaction = interactionOf(text)
      const title = statements.length === 1 ? (piece.title ?? leadTitle(at)) : firstLine(text)
      if (interaction === 'endless')
        findings.push(
          diagnostic(
            'SO029',
            placeInScript(script, start),
            'this command does not end by itself: it is ended by hand',
            '',
          ),
        )
      entries.push(
        draft({
          kind: interaction === 'remote' ? 'manual' : 'task',
          title: plainTitle(title),
          rule: 'R12',
          line: first.line,
          endLine: places.at(-1)?.line ?? first.line,
          script: interaction === 'remote' ? null : { text, places },
          language: block.language,
          original: block.text,
          interaction,
          detail: piece.title === null || piece.title === title ? piece.detail : [piece.title, ...piece.detail],
          unfinished: unfinishedIn(text),
        }),
      )
    }
  }
  return reading(entries, { findings })
}

function commandPieces(pieces: readonly Piece[]): Extract<Piece, { kind: 'commands' }>[] {
  return pieces.flatMap(piece =>
    piece.kind === 'commands'
      ? [piece]
      : piece.kind === 'choice'
        ? piece.options.flatMap(one => commandPieces(one.pieces))
        : [],
  )
}

/** Whole statements by lines: a line belongs to the one before it while that is not complete. */
function statementsOf(script: string, from: number, to: number): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = []
  let open: number | null = null
  for (let start = from; start < to; ) {
    const newline = script.indexOf('\n', start)
    const end = newline === -1 || newline > to ? to : newline
    const line = script.slice(start, end)
    if (open !== null || (line.trim() !== '' && !line.trimStart().startsWith('#'))) {
      const begin: number = open ?? start
      const text = script.slice(begin, end)
      const whole = !/(?:\\|\||&&)\s*$/.test(line) && (parseShell(text).ok || end >= to)
      if (whole) found.push({ start: begin, end })
      open = whole ? null : begin
    }
    start = end + 1
  }
  return open === null ? found : [...found, { start: open, end: to }]
}
