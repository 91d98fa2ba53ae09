/**
 * Text that was written as UTF-8, read as Windows-1252 or Windows-1254, and written as UTF-8 again:
 * `→` has become `â†’`. Repaired for titles and prose only; what bash gets is never touched.
 */
export function repairDoubleEncoding(text: string): string {
  if (!SUSPECT.test(text)) return text
  let repaired = ''
  for (let at = 0; at < text.length; ) {
    const found = sequenceAt(text, at)
    repaired += found === null ? (text[at] ?? '') : found.character
    at += found === null ? 1 : found.length
  }
  return repaired
}

/** The first place of double encoding, 1-based; null where there is none. */
export function findDoubleEncoding(
  lines: readonly string[],
): { readonly line: number; readonly column: number } | null {
  for (const [index, line] of lines.entries()) {
    if (!SUSPECT.test(line)) continue
    for (let at = 0; at < line.length; at++)
      if (sequenceAt(line, at) !== null) return { line: index + 1, column: at + 1 }
  }
  return null
}

/** Characters that the lead byte of a longer UTF-8 sequence turns into (0xC2 to 0xF4; `ğ` is 0xF0 in Windows-1254). */
const SUSPECT = /[\u00c2-\u00f4\u011e\u011f\u0130]/

/** What the bytes 0x80 to 0x9F are in Windows-1252; a zero is a byte without a character. */
const HIGH_CONTROLS = [
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0,
  0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
]
const TURKISH: Readonly<Record<string, number>> = { Ğ: 0xd0, İ: 0xdd, Ş: 0xde, ğ: 0xf0, ı: 0xfd, ş: 0xfe }

function byteOf(character: string): number | null {
  const code = character.charCodeAt(0)
  if (code >= 0x80 && code <= 0xff) return code
  const turkish = TURKISH[character]
  if (turkish !== undefined) return turkish
  const index = HIGH_CONTROLS.indexOf(code)
  return index === -1 || code === 0 ? null : 0x80 + index
}

function sequenceAt(text: string, at: number): { readonly character: string; readonly length: number } | null {
  const lead = byteOf(text[at] ?? '')
  if (lead === null) return null
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
  if (length === 0 || at + length > text.length) return null
  let point = lead & (length === 2 ? 0x1f : length === 3 ? 0x0f : 0x07)
  for (let index = 1; index < length; index++) {
    const byte = byteOf(text[at + index] ?? '')
    if (byte === null || (byte & 0xc0) !== 0x80) return null
    point = (point << 6) | (byte & 0x3f)
  }
  // Shorter forms of a character, and halves of a pair, are no UTF-8.
  const shortest = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000
  if (point < shortest || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return null
  return { character: String.fromCodePoint(point), length }
}
