/**
 * Decodes what stands between the quotes of a canonical string, from `from` up to `to`, into UTF-8. It takes exactly what `encode`
 * writes of a well-formed text: anything else is null, among it a text that another writer would have escaped otherwise.
 *
 * @param into at least `to - from` bytes.
 * @returns how many bytes were written; null for what is not canonical.
 */
export function decodeCanonicalText(raw: Buffer, from: number, to: number, into: Buffer): number | null {
  const source = new DataView(raw.buffer, raw.byteOffset, to)
  const target = new DataView(into.buffer, into.byteOffset, into.length)
  let at = from
  let out = 0
  while (at < to) {
    // Eight bytes at once, while they are plain: nearly all of any output. Their order does not matter, if it is the same twice.
    while (at + 8 <= to) {
      const low = source.getInt32(at, true)
      const high = source.getInt32(at + 4, true)
      if ((plainBits(low) & plainBits(high)) !== HIGH_BITS) break
      target.setInt32(out, low, true)
      target.setInt32(out + 4, high, true)
      at += 8
      out += 8
    }
    // Then as many of four as are plain; what is written too much is written over.
    if (at + 4 <= to) {
      const four = source.getInt32(at, true)
      const plain = plainBytes(plainBits(four))
      target.setInt32(out, four, true)
      at += plain
      out += plain
      if (plain === 4) continue
    }
    if (at >= to) break
    const byte = source.getUint8(at)
    if (byte !== BACKSLASH) {
      if (byte < 0x20 || byte > 0x7e || byte === QUOTE) return null
      target.setUint8(out++, byte)
      at++
      continue
    }
    if (at + 1 >= to) return null
    const short = SHORT[source.getUint8(at + 1)] ?? 0
    if (short !== 0) {
      target.setUint8(out++, short)
      at += 2
      continue
    }
    const unit = unitAt(source, at, to)
    if (unit === null || isWrittenOtherwise(unit)) return null
    at += 6
    let point = unit
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const low = unit < 0xdc00 ? unitAt(source, at, to) : null
      if (low === null || low < 0xdc00 || low > 0xdfff) return null
      at += 6
      point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
    }
    out = writeUtf8(target, out, point)
  }
  return out
}

const BACKSLASH = 0x5c
const QUOTE = 0x22

/** The escapes of one letter: what each letter stands for, 0 for any other. */
const SHORT = Uint8Array.from({ length: 256 }, (_, letter) => {
  const index = '"\\bfnrt'.indexOf(String.fromCharCode(letter))
  return index < 0 ? 0 : '"\\\b\f\n\r\t'.charCodeAt(index)
})

/**
 * The high bit of each of four bytes, set where it is within 0x20..0x7e and neither quote nor backslash. In each term the high bit
 * stays set where that byte is fine: a byte carries into those above it only if its own high bit was set, which the last term refuses.
 */
function plainBits(four: number): number {
  const notControl = four + 0x60606060
  const notQuote = (four ^ 0x22222222) + 0x7f7f7f7f
  const notBackslash = (four ^ 0x5c5c5c5c) + 0x7f7f7f7f
  const isDelete = four + 0x01010101
  return notControl & notQuote & notBackslash & ~isDelete & ~four & HIGH_BITS
}

/** How many bytes from the lowest have their bit set. */
function plainBytes(bits: number): number {
  const others = ~bits & HIGH_BITS
  return others === 0 ? 4 : (31 - Math.clz32(others & -others)) >> 3
}

const HIGH_BITS = 0x80808080 | 0

/** The number in `\uXXXX` with lower-case digits; null for anything else. */
function unitAt(source: DataView, at: number, to: number): number | null {
  if (at + 6 > to || source.getUint8(at) !== BACKSLASH || source.getUint8(at + 1) !== 0x75) return null
  let unit = 0
  for (let digit = at + 2; digit < at + 6; digit++) {
    const byte = source.getUint8(digit)
    const value = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1
    if (value < 0) return null
    unit = unit * 16 + value
  }
  return unit
}

/** What has an escape of one letter, or stands as it is. */
function isWrittenOtherwise(unit: number): boolean {
  return (unit >= 0x20 && unit < 0x7f) || (unit >= 8 && unit <= 13 && unit !== 11)
}

function writeUtf8(target: DataView, at: number, point: number): number {
  if (point < 0x80) {
    target.setUint8(at, point)
    return at + 1
  }
  const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3
  const lead = more === 1 ? 0xc0 : more === 2 ? 0xe0 : 0xf0
  target.setUint8(at, lead | (point >> (6 * more)))
  for (let left = more - 1; left >= 0; left--) target.setUint8(at + more - left, 0x80 | ((point >> (6 * left)) & 0x3f))
  return at + more + 1
}
