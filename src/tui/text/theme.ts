/** What a piece of text is, not how it looks: the theme decides that. */
export type Tone =
  | 'plain'
  | 'strong'
  | 'production'
  | 'ready'
  | 'running'
  | 'needs'
  | 'passed'
  | 'failed'
  | 'stopped'
  | 'skipped'
  | 'unknown'
  | 'rolled-back'
  | 'substituted'
  /** What was searched for, and the one of them where one is. */
  | 'found'
  | 'match'
  /** Lines of a comparison. */
  | 'added'
  | 'removed'

export interface Segment {
  readonly text: string
  readonly tone: Tone
}
export type Line = readonly Segment[]

/**
 * One line as text with SGR. The sixteen ANSI colours only, so that the user's palette rules; without colour bold,
 * inverse and underline stay. Ink's own colour props are not used: they follow what `process.stdout` can do and ignore
 * `NO_COLOR`, while the screen is drawn on a terminal stream of its own.
 */
export function paintLine(line: Line, color: boolean): string {
  return line
    .map(({ text, tone }) => {
      const codes = color ? COLOURED[tone] : UNCOLOURED[tone]
      return codes === '' || text === '' ? text : `\u001b[${codes}m${text}\u001b[0m`
    })
    .join('')
}

const UNCOLOURED: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '1',
  production: '7',
  ready: '1',
  running: '',
  needs: '7',
  passed: '',
  failed: '1',
  stopped: '',
  skipped: '',
  unknown: '1',
  'rolled-back': '1',
  substituted: '4',
  found: '4',
  match: '7',
  added: '',
  removed: '',
}

const COLOURED: Readonly<Record<Tone, string>> = {
  ...UNCOLOURED,
  production: '7;31',
  running: '36',
  needs: '7;33',
  passed: '32',
  failed: '1;31',
  stopped: '31',
  skipped: '35',
  unknown: '1;33',
  'rolled-back': '1;35',
  found: '4;33',
  match: '7;33',
  added: '32',
  removed: '31',
}
