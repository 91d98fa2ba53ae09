import { leafHash, sha256 } from '../encoding/hash.ts'
import { LINE_BYTES } from './line.ts'

/**
 * Gives the leaf of one line after the other, as {@link leafHash} does. The memory that a line is put together in with its first byte
 * is used again: of millions of lines nothing is left for the garbage collector but their digests.
 */
export function createLeafHasher(): (line: Uint8Array) => Buffer {
  let scratch = Buffer.alloc(0)
  return line => {
    const needed = line.length + 1
    if (needed > LINE_BYTES) return leafHash(line)
    // Its first byte stays the zero that a leaf begins with.
    if (scratch.length < needed) scratch = Buffer.alloc(Math.min(LINE_BYTES, 2 * needed))
    scratch.set(line, 1)
    return sha256(scratch.subarray(0, needed))
  }
}
