/** Thrown for bytes that are not the SSH structure they should be. Callers turn it into an answer. */
export class WireError extends Error {}

export interface WireReader {
  byte(): number
  uint32(): number
  /** A length and that many bytes. */
  string(): Buffer
  text(): string
  bytes(length: number): Buffer
  rest(): Buffer
}

/** Reads the data types of RFC 4251 section 5. Every read throws {@link WireError} past the end. */
export function readWire(bytes: Uint8Array): WireReader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const take = (length: number) => {
    if (at + length > buffer.length) throw new WireError('cut short')
    at += length
    return buffer.subarray(at - length, at)
  }
  const reader: WireReader = {
    byte: () => take(1).readUInt8(),
    uint32: () => take(4).readUInt32BE(),
    string: () => take(reader.uint32()),
    text: () => reader.string().toString('latin1'),
    bytes: take,
    rest: () => take(buffer.length - at),
  }
  return reader
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A length and the bytes. Texts are UTF-8. */
export function wireString(value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint32(bytes.length), bytes])
}
