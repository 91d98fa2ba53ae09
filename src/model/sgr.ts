/** How characters look in a terminal: what SGR sequences (ECMA-48, and xterm's colours) have set. */
export interface Pen {
  readonly foreground: TerminalColour
  readonly background: TerminalColour
  readonly bold: boolean
  readonly dim: boolean
  readonly italic: boolean
  readonly underline: boolean
  readonly inverse: boolean
  /** Asked to be unreadable; whoever shows it decides whether it is. */
  readonly concealed: boolean
  readonly struck: boolean
}

/** Null is the terminal's own; a number is one of the 256 of xterm; a text is `#rrggbb`. */
export type TerminalColour = number | string | null

export const PLAIN_PEN: Pen = {
  foreground: null,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
  concealed: false,
  struck: false,
}

/** The pen after `ESC [ parameters m`. What it does not know changes nothing. */
export function withSgr(pen: Pen, parameters: string): Pen {
  const codes = parameters.split(';')
  let next = pen
  for (let at = 0; at < codes.length; at++) {
    // Sub-parameters behind colons (`38:2::r:g:b`, `4:3`) belong to their code; those behind semicolons are codes that it takes.
    const [code = '', ...own] = (codes[at] ?? '').split(':')
    if (code === '38' || code === '48') {
      const given = own.length > 0 ? own : codes.slice(at + 1, at + 5)
      const { colour, taken } = readColour(given, own.length > 0)
      if (own.length === 0) at += taken
      if (colour !== null) next = { ...next, [code === '38' ? 'foreground' : 'background']: colour }
    } else next = withCode(next, Number(code === '' ? 0 : code), own[0])
  }
  return next
}

/** The sequence that sets this pen, whatever was set before. */
export function toSgr(pen: Pen): string {
  const codes = ['0']
  for (const [name, code] of FLAGS) if (pen[name]) codes.push(code)
  if (pen.foreground !== null) codes.push(`38;${colourCodes(pen.foreground)}`)
  if (pen.background !== null) codes.push(`48;${colourCodes(pen.background)}`)
  return `\u001b[${codes.join(';')}m`
}

const FLAGS = [
  ['bold', '1'],
  ['dim', '2'],
  ['italic', '3'],
  ['underline', '4'],
  ['inverse', '7'],
  ['concealed', '8'],
  ['struck', '9'],
] as const

function withCode(pen: Pen, code: number, own: string | undefined): Pen {
  if (code === 0) return PLAIN_PEN
  if (code >= 30 && code <= 37) return { ...pen, foreground: code - 30 }
  if (code >= 90 && code <= 97) return { ...pen, foreground: code - 90 + 8 }
  if (code >= 40 && code <= 47) return { ...pen, background: code - 40 }
  if (code >= 100 && code <= 107) return { ...pen, background: code - 100 + 8 }
  // `4:0` is no underline; its other kinds are lines too.
  if (code === 4) return { ...pen, underline: own !== '0' }
  return { ...pen, ...CODES.get(code) }
}

const CODES: ReadonlyMap<number, Partial<Pen>> = new Map<number, Partial<Pen>>([
  [1, { bold: true }],
  [2, { dim: true }],
  [3, { italic: true }],
  [7, { inverse: true }],
  [8, { concealed: true }],
  [9, { struck: true }],
  [21, { underline: true }],
  [22, { bold: false, dim: false }],
  [23, { italic: false }],
  [24, { underline: false }],
  [27, { inverse: false }],
  [28, { concealed: false }],
  [29, { struck: false }],
  [39, { foreground: null }],
  [49, { background: null }],
])

/** `5;n` or `2;r;g;b`; with colons a colour space may stand before the red. */
function readColour(codes: readonly string[], colons: boolean): { colour: TerminalColour; taken: number } {
  if (codes[0] === '5') {
    const [index] = numbers(codes.slice(1, 2), 1)
    return { colour: index ?? null, taken: 2 }
  }
  if (codes[0] !== '2') return { colour: null, taken: 1 }
  const rgb = numbers(colons && codes.length > 4 ? codes.slice(2, 5) : codes.slice(1, 4), 3)
  const colour = rgb.length === 3 ? `#${rgb.map(part => part.toString(16).padStart(2, '0')).join('')}` : null
  return { colour, taken: 4 }
}

/** Exactly `count` numbers of a byte, or none. */
function numbers(codes: readonly string[], count: number): number[] {
  const read = codes.map(code => (/^\d{0,3}$/.test(code) ? Number(code) : 256))
  return read.length === count && read.every(number => number < 256) ? read : []
}

function colourCodes(colour: number | string): string {
  if (typeof colour === 'number') return `5;${colour}`
  return `2;${[1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16)).join(';')}`
}
