import type { Pen, TerminalColour } from '../../../model/index.ts'

/** The panel that output stands on, in the light and in the dark scheme alike: programs choose colours for a dark terminal. */
export const PANEL = { background: '#12161c', text: '#d7dde5' } as const

/** WCAG 2.2, AA for text. */
const LEAST_CONTRAST = 4.5

/**
 * The colours in which a pen is drawn on the panel. Text is always readable: where a program gave it nearly the colour of
 * its background, it is moved towards white or black until it has the contrast of AA. Null stands for the panel's own.
 */
export function drawnColours(pen: Pen): { readonly text: string | null; readonly background: string | null } {
  const foreground = colourOf(pen.foreground, pen.bold)
  const background = colourOf(pen.background, false)
  const [asked, behind] = pen.inverse
    ? [background ?? PANEL.background, foreground ?? PANEL.text]
    : [foreground, background]
  const ground = behind ?? PANEL.background
  const wanted = pen.dim ? mixed(asked ?? PANEL.text, ground, 0.35) : (asked ?? PANEL.text)
  const text = readable(wanted, ground)
  return { text: text === PANEL.text ? null : text, background: behind }
}

/** The ratio of WCAG between two colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

function readable(text: string, background: string): string {
  const towards = contrast('#ffffff', background) >= contrast('#000000', background) ? '#ffffff' : '#000000'
  let colour = text
  for (let share = 0.1; contrast(colour, background) < LEAST_CONTRAST && share <= 1.01; share += 0.1)
    colour = mixed(text, towards, Math.min(1, share))
  return colour
}

/** Bold makes the first eight bright, as most terminals do. */
function colourOf(colour: TerminalColour, bold: boolean): string | null {
  if (typeof colour !== 'number') return colour
  const index = bold && colour < 8 ? colour + 8 : colour
  if (index < 16) return SIXTEEN[index] ?? null
  if (index >= 232) return hex(Array.from({ length: 3 }, () => 8 + (index - 232) * 10))
  const cube = index - 16
  return hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(part => (part === 0 ? 0 : 55 + part * 40)))
}

/** The sixteen, chosen to be read on the panel. */
const SIXTEEN = [
  ...['#5c6773', '#f07178', '#7fd962', '#e6b450', '#59c2ff', '#d2a6ff', '#5ccfe6', '#d7dde5'],
  ...['#8a96a3', '#ff8f94', '#a6e98f', '#ffd173', '#8cd6ff', '#e0c3ff', '#95e6f5', '#ffffff'],
]

function mixed(colour: string, other: string, share: number): string {
  const [a, b] = [channels(colour), channels(other)]
  return hex(a.map((part, at) => part + ((b[at] ?? 0) - part) * share))
}

function channels(colour: string): number[] {
  return [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))
}

function hex(parts: readonly number[]): string {
  return `#${parts.map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = channels(colour).map(part => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
