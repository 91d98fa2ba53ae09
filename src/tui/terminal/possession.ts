import { handOver, type Suspend, type TakeBack } from './hand-over.ts'
import type { TerminalOutput } from './leave.ts'
import type { ScreenInput, TerminalInput } from './screen-input.ts'

/** Whose the terminal is: the screen's, or for a while that of an editor, of a script, of the shell behind Ctrl-Z, of a printed text. */
export interface Possession {
  /** True while it is somebody else's: nothing is drawn, and nothing calls for attention. */
  isAway(): boolean
  /** Gets what takes Ink off the terminal, once Ink is there. */
  offer(suspend: Suspend): void
  /**
   * Resolves once the screen neither draws nor reads.
   * @throws where it cannot be given away: the screen is over or not there yet, or the terminal cannot be opened anew.
   */
  letGo(): Promise<void>
  /** Resolves once it is the screen's again; does nothing once the screen is over. */
  takeBack(): Promise<void>
  /** Lets go for as long as this takes, however it ends. */
  during<T>(work: () => Promise<T>): Promise<T>
}

/**
 * @param reopen opens the terminal's input anew; null where nobody can get it.
 * @param onBack called each time that the terminal is the screen's again, with unknown text on it.
 */
export function createPossession(
  input: ScreenInput,
  stdout: TerminalOutput,
  reopen: (() => TerminalInput) | null,
  isOver: () => boolean,
  onBack: () => void,
): Possession {
  let suspend: Suspend | null = null
  let away = false
  let goOn: TakeBack | null = null
  const letGo = async (): Promise<void> => {
    if (suspend === null || isOver() || reopen === null) throw new Error('the screen is not there')
    away = true
    goOn = await handOver(suspend, input)
    // Whatever we still had to write comes before the first byte of whoever gets the terminal.
    if (stdout.isBehind === true) await new Promise<void>(resolve => stdout.once('drain', () => resolve()))
  }
  const takeBack = async (): Promise<void> => {
    if (goOn === null || isOver() || reopen === null) return
    await goOn(reopen())
    goOn = null
    away = false
    onBack()
  }
  return {
    isAway: () => away,
    offer: given => {
      suspend = given
    },
    letGo,
    takeBack,
    async during(work) {
      await letGo()
      try {
        return await work()
      } finally {
        await takeBack()
      }
    },
  }
}
