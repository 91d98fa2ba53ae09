import { HIDDEN } from '../../tui/index.ts'

/**
 * A document as `--json` prints it. What could act on a terminal, turn a text round or hide in it is written as an escape, whatever file
 * or record it came from: whoever reads the JSON gets it back as it was, and whoever looks at it sees that it is there.
 *
 * @param indent `lines` for one that people may read, `one-line` for one of many.
 */
export function jsonText(document: unknown, indent: 'lines' | 'one-line' = 'lines'): string {
  const text = JSON.stringify(document, null, indent === 'lines' ? 2 : 0)
  // A raw line feed is one between values: JSON escapes those within.
  return `${text.replace(HIDDEN, found => (found === '\n' ? found : escaped(found)))}\n`
}

function escaped(text: string): string {
  return Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  )
}
