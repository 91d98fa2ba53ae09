import { type Pen, PLAIN_PEN, toSgr, withSgr } from './sgr.ts'

/** A terminal's output as it comes, turned into lines. */
export interface TerminalText {
  /** Takes a piece; gives the lines that it completed, each with its newline. */
  push(piece: string): string
  /** The line that is not complete yet. */
  readonly line: string
}

/**
 * Makes the output of a program that has a terminal readable: what a line looked like when it was left, after carriage returns,
 * backspaces and erasing. Colours, titles and other control sequences go; a move to another row begins a new line. What is
 * drawn on the alternate screen (an editor, a pager) is no text that goes on: one line says that it was there. All other
 * characters stay, and are made safe by whoever shows them. The journal keeps every byte.
 *
 * @param colours `kept`: the lines hold SGR sequences where the pen changes, and no other control sequence; each line sets its own.
 */
export function createTerminalText(colours: 'dropped' | 'kept' = 'dropped'): TerminalText {
  let held = ''
  let cells: string[] = []
  /** How each cell was drawn; empty where colours are dropped. */
  let pens: Pen[] = []
  let pen = PLAIN_PEN
  let column = 0
  /** True while the alternate screen is drawn on. */
  let drawing = false
  let done = ''

  const lineText = (): string => (colours === 'kept' ? drawn(cells, pens) : cells.join('').trimEnd())
  const endLine = (): void => {
    done += `${lineText()}\n`
    cells = []
    pens = []
    column = 0
  }
  const leaveLine = (): void => {
    if (cells.some(cell => cell !== ' ')) endLine()
    cells = []
    pens = []
    column = 0
  }
  const put = (character: string): void => {
    if (cells.length >= LONGEST_LINE) endLine()
    while (cells.length < column) cells.push(' ')
    if (colours === 'kept') pens[column] = pen
    cells[column++] = character
  }
  const control = (code: string): void => {
    switch (code) {
      case '\n':
        endLine()
        return
      case '\r':
        column = 0
        return
      case '\b':
        column = Math.max(0, column - 1)
        return
      default:
        // Bell, shifts and flow control act on a terminal and are no text.
        if (!SILENT.test(code)) put(code)
    }
  }
  const sequence = (text: string): void => {
    const found = CSI.exec(text)
    if (found === null) return
    const [, mark = '', numbers = '', final = ''] = found
    if (mark === '?') {
      if (numbers.split(';').some(mode => ALTERNATE.has(mode))) alternate(final === 'h')
      return
    }
    if (mark !== '' || drawing) return
    if (final === 'm') {
      if (colours === 'kept') pen = withSgr(pen, numbers)
      return
    }
    const count = Math.min(Math.max(1, Number(numbers.split(';')[0] || 1)), LONGEST_LINE)
    if (final === 'C') column = Math.min(column + count, LONGEST_LINE)
    else if (final === 'D') column = Math.max(0, column - count)
    else if (final === 'G') column = count - 1
    else if (final === 'K') {
      cells.length = numbers === '' || numbers === '0' ? Math.min(cells.length, column) : 0
      pens.length = Math.min(pens.length, cells.length)
    } else if (final === 'P') {
      cells.splice(column, count)
      pens.splice(column, count)
    } else if (final === '@') {
      cells.splice(column, 0, ...Array.from({ length: count }, () => ' '))
      pens.splice(column, 0, ...Array.from({ length: count }, () => PLAIN_PEN))
    } else if (MOVES.has(final) || (final === 'J' && numbers !== '' && numbers !== '0')) leaveLine()
  }
  const alternate = (entered: boolean): void => {
    if (entered === drawing) return
    if (entered) leaveLine()
    else done += `${DRAWN}\n`
    drawing = entered
  }

  return {
    push(piece) {
      const text = held + piece
      held = ''
      for (const { 0: token, index } of text.matchAll(TOKENS)) {
        if (index + token.length === text.length && UNFINISHED.test(token)) {
          held = token.length > LONGEST_LINE ? '' : token
          break
        }
        if (token.startsWith('\u001b') || token.startsWith('\u009b')) sequence(token.replace('\u009b', '\u001b['))
        else if (drawing) continue
        else if (token.length === 1 && token < ' ') control(token)
        else for (const character of token) put(character)
      }
      const lines = done
      done = ''
      return lines
    },
    get line() {
      return drawing ? DRAWN : lineText()
    },
  }
}

/** A whole text at once. */
export function readTerminalText(whole: string, colours: 'dropped' | 'kept' = 'dropped'): string {
  const text = createTerminalText(colours)
  return text.push(whole) + text.line
}

/** One line with the sequences that draw it, ending as it began: with the terminal's own colours. */
function drawn(cells: readonly string[], pens: readonly (Pen | undefined)[]): string {
  let end = cells.length
  while (end > 0 && cells[end - 1] === ' ' && (pens[end - 1] ?? PLAIN_PEN) === PLAIN_PEN) end--
  let text = ''
  let pen: Pen = PLAIN_PEN
  for (let at = 0; at < end; at++) {
    const next = pens[at] ?? PLAIN_PEN
    if (next !== pen) text += toSgr(next)
    text += cells[at]
    pen = next
  }
  return pen === PLAIN_PEN ? text : text + toSgr(PLAIN_PEN)
}

const DRAWN = '[a full-screen program was here; what it drew is in the transcript]'
/** A script that never ends its line must not grow the memory. */
const LONGEST_LINE = 16_384
const ALTERNATE: ReadonlySet<string> = new Set(['47', '1047', '1049'])
/** To another row: up, down, a place, a row, next and previous line, scrolling. */
const MOVES: ReadonlySet<string> = new Set(['A', 'B', 'E', 'F', 'H', 'f', 'd', 'S', 'T', 'L', 'M'])
const SILENT = /[\u0000\u0005\u0007\u000b\u000c\u000e\u000f\u0011\u0013\u007f]/
const CSI = /^\u001b\[([<=>?]?)([0-9;:]*)[\u0020-\u002f]*([\u0040-\u007e])$/
/** Control sequences, strings (OSC, DCS, APC, PM, SOS) with their end, short escapes, controls, and stretches of text. */
const TOKENS =
  /\u001b\[[\u0030-\u003f]*[\u0020-\u002f]*[\u0040-\u007e]?|\u009b[\u0030-\u003f]*[\u0020-\u002f]*[\u0040-\u007e]?|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\|\u001b$)?|\u001b[\u0020-\u002f]*[\u0030-\u007e]?|[\u0000-\u001f]|[^\u0000-\u001f\u009b]+/g
const UNFINISHED =
  /^(?:\u001b|\u001b[\u0020-\u002f]+|(?:\u001b\[|\u009b)[\u0030-\u003f]*[\u0020-\u002f]*|\u001b[\]PX^_][^\u0007\u001b]*\u001b?)$/
