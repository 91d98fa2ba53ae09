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

/**
 * Makes writes to a terminal that stops reading (Ctrl-S, a connection that hangs) wait in the stream. Node has them wait in the
 * system instead, and the process with them.
 */
export function letWritesWait(stream: WriteStream): WriteStream {
  handleOf(stream)?.setBlocking?.(false)
  return stream
}

/** Node opens a terminal once more, to read and write without blocking others, and never closes the file it was given. */
function withoutSpare<T extends ReadStream | WriteStream>(stream: T, file: number): T {
  const used = handleOf(stream)?.fd
  if (used !== undefined && used !== file) closeSync(file)
  return stream
}

/** What lies below a stream of Node, which its types leave out. */
function handleOf(
  stream: ReadStream | WriteStream,
): { readonly fd?: number; setBlocking?(blocking: boolean): number } | undefined {
  return (stream as { readonly _handle?: ReturnType<typeof handleOf> })._handle
}
