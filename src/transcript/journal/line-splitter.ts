import { createByteJoint } from '../encoding/byte-joint.ts'
import { LINE_BYTES, LONG_LINE_BYTES } from './line.ts'

export interface LineSplitter {
  /**
   * Calls back for each line that a LF ends, without the LF. A line lasts as long as the piece that it lies in, and one that a border
   * cut until the next push. Returns false once a line is longer than it may be: read no further.
   */
  push(chunk: Uint8Array, onLine: (line: Buffer) => void): boolean
  /** What came after the last LF. */
  rest(): Buffer
}

/** Cuts a stream of bytes into lines, in memory for two lines of the greatest length that their number allows. */
export function createLineSplitter(): LineSplitter {
  // The first two lines may be long; what they took is not kept for all the others.
  let pending = createByteJoint(2 * LINE_BYTES)
  /** Holds the line that was put together last, which is still being looked at while the next begins. */
  let other = createByteJoint(2 * LINE_BYTES)
  let lines = 0
  const isTooLong = (length: number) => length > (lines < 2 ? LONG_LINE_BYTES : LINE_BYTES)
  return {
    push(chunk, onLine) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      let from = 0
      for (let lf = bytes.indexOf(LF); lf !== -1; lf = bytes.indexOf(LF, from)) {
        let line = bytes.subarray(from, lf)
        if (isTooLong(pending.length + line.length)) return false
        if (pending.length > 0) {
          pending.add(line)
          line = pending.bytes()
          ;[pending, other] = [other, pending]
          pending.clear()
        }
        from = lf + 1
        lines++
        onLine(line)
      }
      const rest = bytes.subarray(from)
      if (isTooLong(pending.length + rest.length)) return false
      if (rest.length > 0) pending.add(rest)
      return true
    },
    rest: () => pending.bytes(),
  }
}

const LF = 0x0a
