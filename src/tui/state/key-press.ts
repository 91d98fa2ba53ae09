/** One key as a person pressed it: a named key, or one grapheme of text. */
export interface KeyPress {
  /** `enter`, `space`, `up`, `ctrl-c`, or the grapheme itself. */
  readonly name: string
  /** What it types into a field; null for a key that types nothing. */
  readonly text: string | null
}

/** What Ink hands to an input handler, as far as it counts here. */
export interface InkKey {
  readonly upArrow: boolean
  readonly downArrow: boolean
  readonly leftArrow: boolean
  readonly rightArrow: boolean
  readonly pageDown: boolean
  readonly pageUp: boolean
  readonly home: boolean
  readonly end: boolean
  readonly return: boolean
  readonly escape: boolean
  readonly ctrl: boolean
  readonly shift: boolean
  readonly tab: boolean
  readonly backspace: boolean
  readonly delete: boolean
  readonly meta: boolean
}

/**
 * Splits one read of the terminal into single keys. Ink gives `production v1\r`, `\r\r` and `jjjj` as one text without
 * `key.return`, so text is cut by grapheme and Enter is found in it. Unknown sequences and Alt chords are no key at all.
 */
export function keysOf(input: string, key: InkKey): KeyPress[] {
  for (const [name, pressed] of NAMED) if (pressed(key)) return [{ name, text: null }]
  // Escape alone; with an input behind it, it is a chord or the rest of a sequence.
  if (key.escape) return input === '' ? [{ name: 'esc', text: null }] : []
  if (key.meta) return []
  if (key.ctrl) return CTRL.has(input) ? [{ name: `ctrl-${input}`, text: null }] : []
  return [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(input)].flatMap(({ segment }) =>
    keyOf(segment),
  )
}

/**
 * True for the keys of one read that no hands have pressed: a text that a terminal pasted without saying so. A few keys, or one that
 * is held, come together wherever the line is slow.
 */
export function isUnmarkedPaste(keys: readonly KeyPress[]): boolean {
  const letters = keys.filter(({ name, text }) => text !== null && name !== 'space').map(({ name }) => name)
  return letters.length >= 5 && new Set(letters).size >= 3
}

const NAMED: readonly (readonly [string, (key: InkKey) => boolean])[] = [
  ['shift-tab', key => key.tab && key.shift],
  ['tab', key => key.tab],
  ['enter', key => key.return && !key.meta],
  ['up', key => key.upArrow],
  ['down', key => key.downArrow],
  ['left', key => key.leftArrow],
  ['right', key => key.rightArrow],
  ['pageup', key => key.pageUp],
  ['pagedown', key => key.pageDown],
  ['home', key => key.home],
  ['end', key => key.end],
  ['backspace', key => key.backspace || key.delete],
]

/** Ctrl-A, B, J, K, Q, S and W belong to multiplexers and terminals and are never bound. */
const CTRL = new Set(['c', 'd', 'l', 'u', 'z'])

const CONTROLS: Readonly<Record<string, string>> = {
  '\u0003': 'ctrl-c',
  '\u0004': 'ctrl-d',
  '\u000c': 'ctrl-l',
  '\u0015': 'ctrl-u',
  '\u001a': 'ctrl-z',
  '\u0008': 'backspace',
  '\u007f': 'backspace',
}

function keyOf(segment: string): KeyPress[] {
  if (segment === '\r' || segment === '\n' || segment === '\r\n')
    return Array.from(segment === '\r\n' ? '\r' : segment, () => ({ name: 'enter', text: null }))
  if (segment === ' ') return [{ name: 'space', text: ' ' }]
  if (segment === '\t') return [{ name: 'tab', text: null }]
  // Keys that came in one read with others are bytes among text.
  const control = CONTROLS[segment]
  if (control !== undefined) return [{ name: control, text: null }]
  // Control and format characters type nothing: a field must hold only what can be seen in it.
  // Bytes that were no UTF-8 arrive as U+FFFD.
  if (/[\p{Cc}\p{Cs}]|^[\p{Cf}\p{Default_Ignorable_Code_Point}]+$/u.test(segment)) return []
  if (segment.includes('\ufffd')) return []
  return [{ name: segment, text: segment }]
}
