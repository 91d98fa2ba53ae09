/** Watches what a program switches on in the terminal, so that what it leaves on can be switched off. */
export interface TerminalModes {
  /** Takes output in pieces, cut anywhere. */
  push(bytes: Buffer): void
  /** Sequences that undo what is still on; empty for a program that tidied up. */
  undo(): string
  /** True while the cursor stands at the start of a row, as far as the last byte tells. */
  readonly atLineStart: boolean
}

/** For a program that was killed: alternate screen, mouse, bracketed paste, hidden cursor, scroll region, keypad, colours. */
export function createTerminalModes(): TerminalModes {
  const on = new Set<string>()
  let region = false
  let keypad = false
  let coloured = false
  let tail = ''
  let last = '\n'
  return {
    push(bytes) {
      if (bytes.length === 0) return
      last = String.fromCharCode(bytes[bytes.length - 1] ?? 10)
      const text = tail + bytes.toString('latin1')
      let end = 0
      for (const { 0: found, 1: mark, 2: numbers = '', 3: final, index } of text.matchAll(SEQUENCES)) {
        end = index + found.length
        if (mark === '?') for (const mode of numbers.split(';')) note(mode, final === 'h')
        else if (final === 'r') region = numbers !== '' && numbers !== '0'
        else if (final === 'm') coloured = numbers !== '' && numbers !== '0'
        else if (found === '\u001b=' || found === '\u001b>') keypad = found === '\u001b='
      }
      const open = text.lastIndexOf('\u001b')
      tail = open >= end ? text.slice(open, open + LONGEST_SEQUENCE) : ''
    },
    undo() {
      // The alternate screen first: the rest belongs to the screen behind it.
      const alternate = ALTERNATE.filter(mode => on.has(mode)).map(mode => `\u001b[?${mode}l`)
      const others = [...on].filter(mode => !ALTERNATE.includes(mode)).map(mode => `\u001b[?${mode}${RESET[mode]}`)
      const rest = [
        ...(region ? ['\u001b7\u001b[r\u001b8'] : []),
        ...(keypad ? ['\u001b>'] : []),
        ...(coloured ? ['\u001b[0m'] : []),
      ]
      return [...alternate, ...others, ...rest].join('')
    },
    get atLineStart() {
      return last === '\n'
    },
  }

  function note(mode: string, set: boolean): void {
    const off = RESET[mode]
    if (off === undefined && !ALTERNATE.includes(mode)) return
    if (set === (off === 'h')) on.delete(mode)
    else on.add(mode)
  }
}

const ALTERNATE: readonly string[] = ['1049', '1047', '47']
/** How each mode is put back as terminals have it by default. */
const RESET: Readonly<Record<string, 'h' | 'l'>> = {
  '1': 'l',
  '6': 'l',
  '7': 'h',
  '25': 'h',
  '1000': 'l',
  '1002': 'l',
  '1003': 'l',
  '1004': 'l',
  '1006': 'l',
  '1015': 'l',
  '2004': 'l',
}
const SEQUENCES = /\u001b(?:\[(\??)([0-9;]*)([hlrm])|[=>])/g
const LONGEST_SEQUENCE = 64
