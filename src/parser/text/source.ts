import { type Diagnostic, diagnostic } from '../../model/index.ts'
import { findDoubleEncoding } from './encoding.ts'

/** The text of a file: UTF-16, without byte order mark, lines ended by LF. Line numbers are those of the file on disk. */
export interface Source {
  /** The file as it is: encoded as UTF-8, these are its bytes. */
  readonly written: string
  readonly text: string
  /** The text split at LF: `lines[0]` is line 1. */
  readonly lines: readonly string[]
  /** Offset of the first character of each line, in the order of `lines`. */
  readonly lineStarts: readonly number[]
}

/** 1-based line and column, the column in UTF-16 units. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** Rule R0: bytes to text. `source` is null where the bytes are no text that could be read. */
export function readSource(bytes: Uint8Array): {
  readonly source: Source | null
  readonly diagnostics: readonly Diagnostic[]
} {
  if (bytes.length === 0)
    return {
      source: null,
      diagnostics: [
        diagnostic('SO035', { line: 1, column: 1 }, 'the file is empty', 'write the first step of the runbook'),
      ],
    }
  const written = decode(bytes)
  if (written === null || written.includes('\0')) {
    const bad = firstBadByte(bytes)
    return {
      source: null,
      diagnostics: [diagnostic('SO003', bad.place, bad.message, 'save the file as UTF-8 text')],
    }
  }
  // Newlines at the end say nothing; without them an unclosed fence ends at the same line with and without them.
  const text = written
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replace(/[\r\n]+$/, '')
  // Markdown ends a line there and bash does not: the lines of the plan would be others than those of the script.
  const bare = text.indexOf('\r')
  if (bare !== -1) {
    const place = placeAt(toSource(text), bare)
    const message = 'a carriage return that ends no line: this is no text'
    return { source: null, diagnostics: [diagnostic('SO003', place, message, 'end each line by LF or by CR and LF')] }
  }
  if (text.trim() === '')
    return {
      source: null,
      diagnostics: [
        diagnostic('SO035', { line: 1, column: 1 }, 'the file is empty', 'write the first step of the runbook'),
      ],
    }
  const source = { ...toSource(text), written }
  const doubled = findDoubleEncoding(source.lines)
  if (doubled === null) return { source, diagnostics: [] }
  return {
    source,
    diagnostics: [
      diagnostic(
        'SO004',
        doubled,
        'text was encoded twice; titles and prose are shown repaired, commands are left as they are',
        'open the file as UTF-8 and save it once more, with its arrows and ticks restored',
      ),
    ],
  }
}

/** Text whose lines end in LF already. */
export function toSource(text: string): Source {
  const lines = text.split('\n')
  const lineStarts: number[] = []
  let offset = 0
  for (const line of lines) {
    lineStarts.push(offset)
    offset += line.length + 1
  }
  return { written: text, text, lines, lineStarts }
}

/** The place of an offset of the source's text. */
export function placeAt(source: Source, offset: number): Place {
  let low = 0
  let high = source.lineStarts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - (source.lineStarts[low] ?? 0) + 1 }
}

/** The text of the bytes, mark and all; null if they are not UTF-8. */
function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function firstBadByte(bytes: Uint8Array): { readonly place: Place; readonly message: string } {
  const nul = bytes.indexOf(0)
  const valid = validPrefix(bytes)
  const at = nul === -1 ? valid : Math.min(nul, valid)
  const what = at === nul ? 'a NUL byte' : 'a byte that is not UTF-8'
  const before = new TextDecoder('utf-8').decode(bytes.subarray(0, at))
  const rows = before.split('\n')
  return {
    place: { line: rows.length, column: (rows.at(-1)?.length ?? 0) + 1 },
    message: `${what} at offset ${at}: this is no text`,
  }
}

/** How many bytes from the start are whole UTF-8 characters. */
function validPrefix(bytes: Uint8Array): number {
  if (isUtf8(bytes)) return bytes.length
  let low = 0
  let high = bytes.length
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (isUtf8Prefix(bytes.subarray(0, middle))) low = middle
    else high = middle - 1
  }
  while (low > 0 && !isUtf8(bytes.subarray(0, low))) low--
  return low
}

function isUtf8(bytes: Uint8Array): boolean {
  return decodes(bytes, false)
}

/** True if the bytes are UTF-8 but for a last character that is cut. */
function isUtf8Prefix(bytes: Uint8Array): boolean {
  return decodes(bytes, true)
}

function decodes(bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream })
    return true
  } catch {
    return false
  }
}
