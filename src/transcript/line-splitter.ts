import { LINE_BYTES, LONG_LINE_BYTES } from './line.ts'

export interface LineSplitter {
  /** Calls back for each line that a LF ends, without the LF. Returns false once a line is longer than it may be: read no further. */
  push(chunk: Uint8Array, onLine: (line: Buffer) => void): boolean
  /** What came after the last LF. */
  rest(): Buffer
}

/** Cuts a stream of bytes into lines, in memory for one line of the greatest length that its number allows. */
export function createLineSplitter(): LineSplitter {
  let pending: Buffer[] = []
  let pendingBytes = 0
  let lines = 0
  const fits = () => pendingBytes <= (lines < 2 ? LONG_LINE_BYTES : LINE_BYTES)
  return {
    push(chunk, onLine) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      let from = 0
      for (let lf = bytes.indexOf(10); lf !== -1; lf = bytes.indexOf(10, from)) {
        const piece = bytes.subarray(from, lf)
        const line = pending.length === 0 ? piece : Buffer.concat([...pending, piece])
        pendingBytes = line.length
        if (!fits()) return false
        from = lf + 1
        pending = []
        pendingBytes = 0
        lines++
        onLine(line)
      }
      if (from < bytes.length) {
        pending.push(Buffer.from(bytes.subarray(from)))
        pendingBytes += bytes.length - from
      }
      return fits()
    },
    rest: () => Buffer.concat(pending),
  }
}
