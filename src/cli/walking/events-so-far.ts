import { type FileHandle, open } from 'node:fs/promises'

const PIECE = 1024 * 1024
const NEWLINE = 0x0a
const OUR_LINE = /^\{"seq":(\d{1,15}),/

/**
 * The last line of a file of events, without its LF; null where it is no file, is empty, or its last line is longer than a mebibyte. A line
 * of ours that was cut, by a kill or a full disk, is taken away first; of anything else that lacks its LF only that is added.
 *
 * @param file the same file, open for writing at its end.
 */
export async function lastLineOf(path: string, file: FileHandle): Promise<Buffer | null> {
  const { size } = await file.stat()
  if (!(await file.stat()).isFile() || size === 0) return null
  const reader = await open(path, 'r')
  try {
    const from = Math.max(0, size - PIECE)
    const { buffer, bytesRead } = await reader.read(Buffer.alloc(size - from), 0, size - from, from)
    const tail = buffer.subarray(0, bytesRead)
    let end = tail.lastIndexOf(NEWLINE) + 1
    if (end < tail.length) {
      if (OUR_LINE.test(tail.toString('latin1', end, end + 32)) && (end > 0 || from === 0))
        await file.truncate(from + end)
      else {
        await file.write('\n')
        return null
      }
    }
    end -= 1
    if (end < 0) return null
    const start = end === 0 ? 0 : tail.lastIndexOf(NEWLINE, end - 1) + 1
    return start === 0 && from > 0 ? null : tail.subarray(start, end)
  } finally {
    await reader.close()
  }
}

/**
 * Where a journal goes on behind a line of it; null where that line is not in it.
 * @param most how many of its lines count.
 */
export async function placeBehind(
  journal: FileHandle,
  line: Uint8Array,
  most: number,
): Promise<{ readonly bytes: number; readonly lines: number } | null> {
  const seq = Number(OUR_LINE.exec(Buffer.from(line).toString('latin1', 0, 32))?.[1] ?? Number.NaN)
  if (!(seq < most)) return null
  const buffer = Buffer.alloc(PIECE)
  let lines = 0
  for (let at = 0; ; ) {
    const { bytesRead } = await journal.read(buffer, 0, PIECE, at)
    if (bytesRead === 0) return null
    let start = 0
    while (lines < seq) {
      const end = buffer.subarray(0, bytesRead).indexOf(NEWLINE, start)
      if (end < 0) break
      start = end + 1
      lines++
    }
    if (lines < seq) {
      at += bytesRead
      continue
    }
    const bytes = at + start
    const found = await journal.read(Buffer.alloc(line.length + 1), 0, line.length + 1, bytes)
    const isSame = found.bytesRead === line.length + 1 && Buffer.concat([line, Buffer.from('\n')]).equals(found.buffer)
    return isSame ? { bytes: bytes + line.length + 1, lines: seq + 1 } : null
  }
}
