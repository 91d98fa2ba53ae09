import { type Look, pad, seg } from './look.ts'
import type { Line } from './theme.ts'

/** For a terminal below 60x15: the run goes on underneath. */
export function tooSmallLines(look: Look, rows: number, canGoPlain: boolean): Line[] {
  const text = `Terminal too small (${look.columns}x${rows}), Signoff needs 60x15.${canGoPlain ? ' Press l for plain mode.' : ''}`
  return Array.from({ length: rows }, (_, row) => {
    const piece = text.slice(row * look.columns, (row + 1) * look.columns)
    return [seg(pad(look, piece, look.columns).trimEnd())]
  })
}
