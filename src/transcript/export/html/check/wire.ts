import { type Bytes, joinBytes, latin1, utf8 } from './bytes.ts'

/** Thrown for bytes that are not the SSH structure they should be. */
export class WireError extends Error {}

/** Reads the data types of RFC 4251 section 5, in order. Every read throws {@link WireError} past the end. */
export class WireReader {
  readonly #bytes: Uint8Array
  #at = 0
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }
  take(length: number): Bytes {
    if (this.#at + length > this.#bytes.length) throw new WireError('cut short')
    this.#at += length
    return this.#bytes.slice(this.#at - length, this.#at) as Bytes
  }
  byte(): number {
    return this.take(1)[0] ?? 0
  }
  uint32(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.take(4)
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  }
  string(): Bytes {
    return this.take(this.uint32())
  }
  text(): string {
    return latin1(this.string())
  }
  rest(): Bytes {
    return this.take(this.#bytes.length - this.#at)
  }
  end(): void {
    if (this.#at !== this.#bytes.length) throw new WireError('bytes behind the end')
  }
}

/** A length and the bytes. */
export function wireString(value: Uint8Array | string): Bytes {
  const bytes = typeof value === 'string' ? utf8(value) : value
  return joinBytes(uint32(bytes.length), bytes)
}

export function uint32(value: number): Bytes {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** An mpint as an unsigned number of just so many bytes. */
export function fixedWidth(mpint: Bytes, size: number): Bytes {
  const value = unsigned(mpint)
  if (value.length > size) throw new WireError('a number wider than its curve')
  return joinBytes(new Uint8Array(size - value.length), value)
}

/** Takes the leading zeros off an mpint. */
export function unsigned(mpint: Bytes): Bytes {
  let from = 0
  while (from < mpint.length - 1 && mpint[from] === 0) from++
  return mpint.slice(from)
}
