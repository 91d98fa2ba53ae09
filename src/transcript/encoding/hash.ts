import { hash } from 'node:crypto'

/** Sixty-four zeros: `prev` of line 0. */
export const NO_PREV = '0'.repeat(64)

export function sha256(bytes: Uint8Array | string): Buffer {
  return hash('sha256', bytes, 'buffer')
}

/** Lower-case hex of the sha256. Strings are hashed as UTF-8. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'hex')
}

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** RFC 6962: the hash of one leaf. For a journal that is the line without its LF. */
export function leafHash(line: Uint8Array | string): Buffer {
  return sha256(Buffer.concat([LEAF, typeof line === 'string' ? Buffer.from(line) : line]))
}

/** The leaf of one line, given without its LF, in lower-case hex: what the next line has as `prev`. */
export function leafOfLine(line: string): string {
  return leafHash(line).toString('hex')
}

/** RFC 6962: the hash over two subtrees. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([NODE, left, right]))
}
