import { closeSync, constants, openSync } from 'node:fs'
import { ReadStream, WriteStream } from 'node:tty'

/** Opens a terminal for reading, without making it the session's. @throws where it cannot be opened. */
export function openTtyInput(path: string): ReadStream {
  return openAs(path, constants.O_RDONLY, file => new ReadStream(file))
}

/** Opens a terminal for writing, without making it the session's. @throws where it cannot be opened. */
export function openTtyOutput(path: string): WriteStream {
  return openAs(path, constants.O_WRONLY, file => new WriteStream(file))
}

/**
 * Makes writes to a terminal that stops reading (Ctrl-S, a connection that hangs) wait in the stream. Node has them wait in the
 * system instead, and the process with them.
 */
export function letWritesWait(stream: WriteStream): WriteStream {
  handleOf(stream)?.setBlocking?.(false)
  return stream
}

function openAs<T extends ReadStream | WriteStream>(path: string, way: number, make: (file: number) => T): T {
  const file = openSync(path, way | constants.O_NOCTTY)
  try {
    const stream = make(file)
    // Node opens a terminal once more, to read and write without blocking others, and never closes the file it was given.
    const used = usedBy(stream)
    if (used !== undefined && used !== file) closeSync(file)
    return stream
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** The descriptor that a stream of a terminal reads or writes: not always the one that it was given. */
export function usedBy(stream: ReadStream | WriteStream): number | undefined {
  return handleOf(stream)?.fd
}

/** What lies below a stream of Node, which its types leave out. */
function handleOf(
  stream: ReadStream | WriteStream,
): { readonly fd?: number; setBlocking?(blocking: boolean): number } | undefined {
  return (stream as { readonly _handle?: ReturnType<typeof handleOf> })._handle
}
