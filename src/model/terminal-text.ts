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
 */
export function createTerminalText(): TerminalText {
  let held = ''
  let cells: string[] = []
  let column = 0
  /** True while the alternate screen is drawn on. */
  let drawing = false
  let done = ''

  const endLine = (): void => {
    done += `${cells.join('').trimEnd()}\n`
    cells = []
    column = 0
  }
  const leaveLine = (): void => {
    if (cells.some(cell => cell !== ' ')) endLine()
    cells = []
    column = 0
  }
  const put = (character: string): void => {
    if (cells.length >= LONGEST_LINE) endLine()
    while (cells.length < column) cells.push(' ')
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
    const count = Math.min(Math.max(1, Number(numbers.split(';')[0] || 1)), LONGEST_LINE)
    if (final === 'C') column = Math.min(column + count, LONGEST_LINE)
    else if (final === 'D') column = Math.max(0, column - count)
    else if (final === 'G') column = count - 1
    else if (final === 'K' && (numbers === '' || numbers === '0')) cells.length = Math.min(cells.length, column)
    else if (final === 'K') cells = []
    else if (final === 'P') cells.splice(column, count)
    else if (final === '@') cells.splice(column, 0, ...Array.from({ length: count }, () => ' '))
    else if (MOVES.has(final) || (final === 'J' && numbers !== '' && numbers !== '0')) leaveLine()
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
      return drawing ? DRAWN : cells.join('').trimEnd()
    },
  }
}

/** A whole text at once. */
export function readTerminalText(whole: string): string {
  const text = createTerminalText()
  return text.push(whole) + text.line
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
