import { closeSync, openSync } from 'node:fs'
import type { Handover, PersonsTerminal, TerminalSize } from '../../runner/local/index.ts'
import { openTtyOutput } from '../../runner/local/index.ts'

const TTY = '/dev/tty'

/** Whoever draws on the terminal and reads keys from it now. */
export interface TerminalHolder {
  /** Resolves once it does neither any more. */
  letGo(handover: Handover): Promise<void>
  /** The terminal is back, whatever has become of its size. */
  takeBack(): Promise<void>
}

/** The one place where the terminal goes from a front end to a script, and back. */
export interface TerminalKeeper {
  readonly terminal: PersonsTerminal
  /** Names who holds the terminal from now on. Returns the function that ends it. */
  hold(holder: TerminalHolder): () => void
  /** Gives the terminal its own modes back at once, if a script has it: for signals. */
  recall(): void
}

/** Null where there is no controlling terminal that could be lent. */
export function keepTerminal(): TerminalKeeper | null {
  try {
    closeSync(openSync(TTY, 'r+'))
  } catch {
    return null
  }
  let holder: TerminalHolder | null = null
  let restore: (() => void) | null = null
  return {
    hold(next) {
      holder = next
      return () => {
        if (holder === next) holder = null
      }
    },
    recall() {
      restore?.()
      restore = null
    },
    terminal: {
      path: TTY,
      size: sizeOfTty,
      async lend(handover) {
        const lender = holder
        if (lender === null) throw new Error('nobody holds the terminal, so nobody can lend it')
        await lender.letGo(handover)
        return {
          onResize(listener) {
            const changed = (): void => listener(sizeOfTty())
            process.on('SIGWINCH', changed)
            return () => process.off('SIGWINCH', changed)
          },
          onRecall(given) {
            restore = given
          },
          async giveBack() {
            restore = null
            await lender.takeBack()
          },
        }
      },
    },
  }
}

/** Node tells only its own stdout of a new size, so it is asked of a stream that is fresh. */
export function sizeOfTty(): TerminalSize {
  const probe = openTtyOutput(TTY)
  const { columns, rows } = probe
  probe.destroy()
  return { columns: columns || 80, rows: rows || 24 }
}
