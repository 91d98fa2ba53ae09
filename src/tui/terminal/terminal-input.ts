/** What has been read and may go on to the screen, and what is held back until more bytes come or time passes. */
export interface InputFilter {
  /** Takes one read; gives what is ready. */
  push(chunk: string): string
  /** True while an escape sequence or a paste is unfinished. */
  readonly waiting: 'nothing' | 'escape' | 'paste'
  /** Called after the silence that ends a wait: 100 ms for an escape, 1 s for a paste. Gives what is ready then. */
  flush(): string
}

/** How long an unfinished escape sequence waits for its tail: ssh and tmux deliver them in pieces. */
export const ESCAPE_WAIT_MS = 100
/** How long an open paste may be silent before it is taken to have ended. */
export const PASTE_WAIT_MS = 1000

/**
 * Joins escape sequences whose bytes come apart, ends a paste that never ends, and drops what terminals answer by
 * themselves (OSC, DCS, APC, PM and SOS strings). Ink takes the tail of a late sequence for typed letters, would wait
 * for ever for the end of a paste, and hands replies on as text.
 */
export function createInputFilter(): InputFilter {
  let held = ''
  return {
    get waiting() {
      if (held === '') return 'nothing'
      return held.startsWith(PASTE_START) ? 'paste' : 'escape'
    },
    push(chunk) {
      const { ready, rest } = split(held + chunk)
      held = rest
      return ready
    },
    flush() {
      const was = held
      held = ''
      if (was.startsWith(PASTE_START)) return was + PASTE_END
      // A lone Escape is a key; the beginning of a sequence that never came is nothing.
      return was === ESCAPE ? ESCAPE : ''
    },
  }
}

const ESCAPE = '\u001b'
const PASTE_START = '\u001b[200~'
const PASTE_END = '\u001b[201~'
const STRING_INTRODUCERS = /^\u001b[\]PX^_]/
const STRING_END = /\u0007|\u001b\\|\u009c/
const SEQUENCE =
  /^\u001b(?:\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]|O[0-9;]*[\x40-\x7e]|\[\[[\x40-\x7e]|[^\u001b[O\]PX^_])/u
const UNFINISHED = /^\u001b(?:\[[\x30-\x3f]*[\x20-\x2f]*|O[0-9;]*|\[\[?)?$/

function split(text: string): { readonly ready: string; readonly rest: string } {
  let ready = ''
  let at = 0
  while (at < text.length) {
    const start = text.indexOf(ESCAPE, at)
    if (start === -1) return { ready: ready + text.slice(at), rest: '' }
    ready += text.slice(at, start)
    const tail = text.slice(start)
    if (tail.startsWith(PASTE_START)) {
      const end = tail.indexOf(PASTE_END)
      if (end === -1) return { ready, rest: tail }
      ready += tail.slice(0, end + PASTE_END.length)
      at = start + end + PASTE_END.length
    } else if (STRING_INTRODUCERS.test(tail)) {
      const end = STRING_END.exec(tail.slice(2))
      if (end === null) return { ready, rest: tail.length > 4096 ? '' : tail }
      at = start + 2 + end.index + end[0].length
    } else if (UNFINISHED.test(tail)) {
      return { ready, rest: tail }
    } else {
      const sequence = SEQUENCE.exec(tail)?.[0] ?? ESCAPE
      ready += sequence
      at = start + sequence.length
    }
  }
  return { ready, rest: '' }
}
