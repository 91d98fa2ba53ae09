import { closeSync, constants, openSync } from 'node:fs'
import { ReadStream, WriteStream } from 'node:tty'

/** Opens a terminal for reading, without making it the session's. @throws where it cannot be opened. */
export function openTtyInput(path: string): ReadStream {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOCTTY)
  return withoutSpare(new ReadStream(file), file)
}

/** Opens a terminal for writing, without making it the session's. @throws where it cannot be opened. */
export function openTtyOutput(path: string): WriteStream {
  const file = openSync(path, constants.O_WRONLY | constants.O_NOCTTY)
  return withoutSpare(new WriteStream(file), file)
}

/** Node opens a terminal once more, to read and write without blocking others, and never closes the file it was given. */
function withoutSpare<T extends ReadStream | WriteStream>(stream: T, file: number): T {
  const used = (stream as { readonly _handle?: { readonly fd?: number } })._handle?.fd
  if (used !== undefined && used !== file) closeSync(file)
  return stream
}
