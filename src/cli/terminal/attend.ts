import { fstatSync } from 'node:fs'
import { constants } from 'node:os'
import { TtyOutput } from '../../runner/local/index.ts'
import type { KeyMap } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { endWhenLost } from '../lost-terminal.ts'
import { safeText } from '../safe-text.ts'
import type { Attended } from './choose-ui.ts'
import { type FullTerminal, openFull } from './full-terminal.ts'
import type { TerminalKeeper } from './lent-terminal.ts'
import { openPlain } from './plain-terminal.ts'

/** What both front ends are opened with. */
export interface Surroundings {
  readonly io: Io
  /** Null where the terminal cannot be lent. */
  readonly keeper: TerminalKeeper | null
  /** True where flag or configuration ask for ASCII. */
  readonly ascii: boolean
  /** Keys of the full screen, as the person has them. */
  readonly keys: KeyMap
  /** A phrase may be pasted. */
  readonly allowPaste: boolean
  /** Tells a person who looks elsewhere, by a command of their own. */
  readonly call: (text: string) => void
  /** Whether there is a terminal that the full screen can be drawn on. */
  readonly canDraw: boolean
}

/** Walks in one front end until the walk is over or the person asks for the other, which then goes on with the same run. */
export function attend(asked: Surroundings & { readonly begin: 'full' | 'plain' }): Attended {
  const { keeper, canDraw } = asked
  const said = openLines()
  let mode = asked.begin
  let full: FullTerminal | null = null
  let ascii: boolean | null = null
  const open = async (): Promise<FullTerminal> => {
    const opened = await openFull(asked, ascii)
    ascii = opened.isAscii
    return opened
  }
  const plain = openPlain(asked, said)
  return {
    kind: 'attended',
    terminal: keeper?.terminal ?? null,
    isFull: () => mode === 'full',
    takesInterrupt: () => (mode === 'plain' ? plain.interrupt() : (full?.isAway() ?? false)),
    leave() {
      keeper?.recall()
      full?.leave()
      mode = 'plain'
    },
    say(line) {
      if (mode === 'plain') said.write(safeText(`${line}\n`))
    },
    close: said.close,
    async begin(ask) {
      if (mode === 'plain') return plain.begin(ask)
      full = await open()
      const stopListening = endOnSignal(() => full?.leave())
      try {
        return await full.begin(ask)
      } finally {
        stopListening()
        full = null
      }
    },
    async run(given) {
      let walk = given
      try {
        for (;;) {
          if (mode === 'full') full = await open()
          const ended = mode === 'full' && full !== null ? await full.run(walk) : await plain.run(walk, canDraw)
          if (ended !== 'to-plain' && ended !== 'to-full') return ended
          mode = ended === 'to-plain' ? 'plain' : 'full'
          // It was told by the first.
          walk = { ...given, notice: null, meanwhile: null }
        }
      } finally {
        mode = 'plain'
      }
    },
  }
}

/** Before a run there is nothing to record: a signal gives the terminal back, and ends the program as it would have. */
function endOnSignal(leave: () => void): () => void {
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(signal => {
    const handler = (): void => {
      leave()
      process.exit(128 + constants.signals[signal])
    }
    process.on(signal, handler)
    return [signal, handler] as const
  })
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler)
  }
}

/** Where lines for the person go. */
export interface SaidLines {
  write(text: string): void
  /** Waits until all of it has been written, but no longer than this. */
  settle(limitMs: number): Promise<void>
  /** The same; what is left then is dropped, and nothing is written any more. */
  close(limitMs: number): Promise<void>
}

/** Standard error as a terminal that never makes the run wait; as it is where it is no terminal, or another one. */
function openLines(): SaidLines {
  const terminal = process.stderr.isTTY ? openOwn() : null
  if (terminal === null)
    return {
      write: text => {
        process.stderr.write(text)
      },
      settle: async () => undefined,
      close: async () => undefined,
    }
  endWhenLost(terminal)
  const settle = async (limitMs: number): Promise<void> => {
    if (!terminal.isBehind) return
    const over = Promise.withResolvers<void>()
    const timer = setTimeout(over.resolve, limitMs)
    terminal.once('drain', over.resolve)
    await over.promise
    clearTimeout(timer)
    terminal.off('drain', over.resolve)
  }
  return {
    write: text => terminal.writeLines(text),
    settle,
    async close(limitMs) {
      await settle(limitMs)
      terminal.destroy()
    },
  }
}

function openOwn(): TtyOutput | null {
  try {
    // The same terminal: what is said there must not turn up in another window.
    if (fstatSync(2).rdev !== fstatSync(0).rdev) return null
    return new TtyOutput('/dev/tty')
  } catch {
    return null
  }
}
