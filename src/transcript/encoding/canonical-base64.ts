/**
 * Decodes what stands between the quotes of a chunk in base64, from `from` up to `to`. It takes exactly what `toString('base64')` writes:
 * anything else is null, such as another alphabet, padding that is missing, or bits behind the last byte.
 *
 * @param into at least `to - from` bytes.
 * @returns how many bytes were written; null for what is not canonical.
 */
export function decodeCanonicalBase64(raw: Buffer, from: number, to: number, into: Buffer): number | null {
  const text = raw.toString('latin1', from, to)
  const length = into.write(text, 0, 'base64')
  return into.toString('base64', 0, length) === text ? length : null
}
