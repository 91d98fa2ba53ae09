/** Output of one stream as it comes, made fit to be played in somebody else's terminal. */
export interface ReplayFilter {
  push(text: string): string
  /** What puts the terminal back as it was: colours, character set, cursor, the other screen. Empty where nothing was changed. */
  end(): string
}

/**
 * Lets through text, colours, and moves and erasures on the screen: only what is in the tables below. All else goes: strings (OSC, DCS, APC,
 * PM, SOS: titles, links, clipboard, images), everything that a terminal answers (device queries, ENQ, window reports), what it
 * would do to a keyboard or mouse, bells, and what nobody knows. C1 controls are read as what they are. A sequence counts once it is
 * whole, so cutting the text anywhere changes nothing.
 */
export function createReplayFilter(): ReplayFilter {
  let state: 'text' | 'escape' | 'csi' | 'string' = 'text'
  let collected = ''
  let touched = false
  let otherScreen = false
  let region = false

  const emit = (sequence: string): string => {
    touched = true
    return sequence
  }
  const csi = (body: string, final: string): string => {
    const found = CSI_BODY.exec(body)
    if (found === null) return ''
    const [, mark = '', numbers = ''] = found
    if (mark === '?' && (final === 'h' || final === 'l')) return modes(numbers, final)
    if (mark !== '' || numbers.split(/[;:]/).some(one => Number(one) > MOST)) return ''
    if (final === 'J' && numbers === '3') return ''
    if ((final === 's' || final === 'u') && numbers !== '') return ''
    if (!MOVES.has(final)) return ''
    region ||= final === 'r'
    return emit(`\u001b[${numbers}${final}`)
  }
  const modes = (numbers: string, final: string): string => {
    const kept = numbers.split(';').filter(mode => MODES.has(mode))
    if (kept.some(mode => OTHER_SCREEN.has(mode))) otherScreen = final === 'h'
    return kept.length === 0 ? '' : emit(`\u001b[?${kept.join(';')}${final}`)
  }
  const shortEscape = (body: string): string => {
    if (body === 'c') return emit('\u001b[0m\u001b[H\u001b[2J')
    return ESCAPES.test(body) ? emit(`\u001b${body}`) : ''
  }
  const begin = (next: typeof state): string => {
    state = next
    collected = ''
    return ''
  }
  const control = (code: number, character: string): string => {
    if (code === 0x1b) return begin('escape')
    // A control in the middle of a sequence ends it here; within a string it is part of that.
    if (state === 'string') return code === 0x07 || code === 0x18 || code === 0x1a || code === 0x9c ? begin('text') : ''
    const c1 = C1.get(code)
    if (c1 === 'csi' || c1 === 'string') return begin(c1)
    begin('text')
    if (c1 !== undefined) return emit(c1)
    if (code === 0x0b || code === 0x0c) return '\n'
    return KEPT_CONTROLS.has(character) ? character : ''
  }
  const take = (character: string): string => {
    const code = character.charCodeAt(0)
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return control(code, character)
    switch (state) {
      case 'text':
        return character
      case 'string':
        return ''
      case 'csi':
        if (code >= 0x40 && code < 0x7f) {
          const body = collected
          begin('text')
          return csi(body, character)
        }
        if (code > 0x7f || collected.length >= LONGEST) return begin('text')
        collected += character
        return ''
      case 'escape':
        if (collected === '' && character === '[') return begin('csi')
        if (collected === '' && STRING_STARTS.has(character)) return begin('string')
        if (code >= 0x20 && code <= 0x2f && collected.length < LONGEST) {
          collected += character
          return ''
        }
        {
          const body = collected + character
          begin('text')
          return shortEscape(body)
        }
      default:
        state satisfies never
        return ''
    }
  }

  return {
    push(text) {
      let done = ''
      let from = 0
      // Nearly all of it is text: stretches are taken whole.
      while (from < text.length) {
        if (state === 'text') {
          ACTING.lastIndex = from
          const next = ACTING.exec(text)?.index ?? text.length
          done += text.slice(from, next)
          from = next
          if (from === text.length) break
        }
        done += take(text.charAt(from++))
      }
      return done
    },
    end() {
      begin('text')
      if (!touched) return ''
      const back = `${otherScreen ? '\u001b[?1049l' : ''}${region ? '\u001b7\u001b[r\u001b8' : ''}`
      touched = otherScreen = region = false
      return `${back}\u001b[4l\u001b(B\u000f\u001b[?7h\u001b[?25h\u001b[0m`
    },
  }
}

const ACTING = /[\u0000-\u001f\u007f-\u009f]/g
const KEPT_CONTROLS: ReadonlySet<string> = new Set(['\n', '\r', '\t', '\b', '\u000e', '\u000f'])
/** Controls of eight bits, by the sequence of seven that means the same. */
const C1: ReadonlyMap<number, 'csi' | 'string' | string> = new Map([
  [0x84, '\u001bD'],
  [0x85, '\u001bE'],
  [0x88, '\u001bH'],
  [0x8d, '\u001bM'],
  [0x90, 'string'],
  [0x98, 'string'],
  [0x9b, 'csi'],
  [0x9d, 'string'],
  [0x9e, 'string'],
  [0x9f, 'string'],
])
/** DCS, SOS, OSC, PM, APC. */
const STRING_STARTS: ReadonlySet<string> = new Set(['P', 'X', ']', '^', '_'])
/** Save, restore, index, next line, reverse index, tab stop; the character sets ASCII, British and line drawing. */
const ESCAPES = /^(?:[78DEHM]|[()][0AB])$/
const CSI_BODY = /^([<=>?]?)([0-9;:]*)$/
/** Characters and lines put in and taken out, the cursor moved, parts erased, scrolled, tabs, repeated, colours, the region. */
const MOVES: ReadonlySet<string> = new Set([...'@ABCDEFGHIJKLMPSTXZ`abdefgmrsu'])
/** Wrapping, blinking, the cursor shown, the other screen. */
const MODES: ReadonlySet<string> = new Set(['7', '12', '25', '47', '1047', '1048', '1049'])
const OTHER_SCREEN: ReadonlySet<string> = new Set(['47', '1047', '1049'])
/** No screen is as large; a terminal would count to it all the same. */
const MOST = 9999
const LONGEST = 256
