import { type Piece, sessionOpener } from '../shell/index.ts'
import { repairDoubleEncoding } from '../text/encoding.ts'

/** A piece of a block that is commands. */
export type Commands = Extract<Piece, { kind: 'commands' }>

/** R15: the command that opens a session elsewhere stands alone; what is before it runs here, what is behind it there. */
export function bySession(script: string, piece: Commands): Commands[] {
  const { start, end } = piece.code
  const opener = sessionOpener(script.slice(start, end))
  if (opener === null) return [piece]
  const from = script.lastIndexOf('\n', start + opener.start - 1) + 1
  const newline = script.indexOf('\n', start + opener.end)
  const to = newline === -1 || newline > end ? end : newline
  const ranges = [
    { start, end: Math.max(start, from - 1) },
    { start: Math.max(start, from), end: to },
    { start: Math.min(to + 1, end), end },
  ].filter(range => script.slice(range.start, range.end).trim() !== '')
  return ranges.map((code, index) => ({
    ...piece,
    code,
    start: index === 0 ? piece.start : code.start,
    end: code.end,
    title: index === 0 ? piece.title : null,
    detail: index === 0 ? piece.detail : [],
    expects: index === ranges.length - 1 ? piece.expects : [],
  }))
}

/** What a person reads of a piece, with double encoding repaired; its commands are left as they are. */
export function readable(piece: Piece): Piece {
  const said = {
    title: piece.title === null ? null : repairDoubleEncoding(piece.title),
    detail: piece.detail.map(repairDoubleEncoding),
  }
  if (piece.kind !== 'choice') return { ...piece, ...said }
  const options = piece.options.map(option => ({
    label: repairDoubleEncoding(option.label),
    note: option.note === null ? null : repairDoubleEncoding(option.note),
    pieces: option.pieces.map(readable),
  }))
  return { ...piece, ...said, options }
}
