import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'

/** What reading or writing a terminal answers once it was closed. */
const GONE: ReadonlySet<string> = new Set(['EIO', 'EPIPE', 'ENXIO'])

interface TerminalStream {
  readonly isTTY?: boolean
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
  on(event: 'end', listener: () => void): unknown
}

/**
 * A terminal that was closed is told like the signal that a closed one sends: the pause is recorded, and the script goes on
 * under its supervisor. The signal itself may come after the first write that fails, or to somebody else alone.
 * An error of another kind is thrown.
 */
export function endWhenLost(...streams: readonly TerminalStream[]): void {
  let told = false
  const tell = (): void => {
    if (told) return
    told = true
    process.kill(process.pid, 'SIGHUP')
  }
  for (const stream of streams) {
    stream.on('error', error => {
      if (!GONE.has(error.code ?? '')) throw error
      tell()
    })
    stream.on('end', () => {
      if (isLost(stream)) tell()
    })
  }
}

/** A closed terminal reads as ended; so does one where Ctrl-D was typed, and that one is still there. A pipe only ends. */
export function isLost({ isTTY }: Pick<TerminalStream, 'isTTY'>): boolean {
  return isTTY === true && !hasTerminal()
}

/** True while this process has a terminal that it could open. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', constants.O_RDONLY | constants.O_NONBLOCK))
    return true
  } catch {
    return false
  }
}

/**
 * What nobody reads any more is not said, nor what a full disk does not take: the journal has it, and the exit code tells. A run is not
 * ended for its log.
 */
export function dropWhenLost(stream: TerminalStream): void {
  stream.on('error', () => undefined)
}

/**
 * Closes the standard streams that were a terminal which is gone: at its end Node sets each terminal back as it was, and
 * aborts where that cannot be done.
 * @param wereTerminals the descriptors, of 0, 1 and 2, that were a terminal at the start.
 */
export function closeLostTerminals(wereTerminals: readonly number[]): void {
  for (const file of wereTerminals) if (isOpen(file) && !isatty(file)) closeSync(file)
}

function isOpen(file: number): boolean {
  try {
    fstatSync(file)
    return true
  } catch {
    return false
  }
}
