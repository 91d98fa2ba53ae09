import { handOver, type Suspend, type TakeBack } from './hand-over.ts'
import type { TerminalOutput } from './leave.ts'
import { type Printed, printUntilKey } from './print.ts'
import type { After, ScreenInput, TerminalInput } from './screen-input.ts'

/** Whose the terminal is: the screen's, or for a while that of an editor, of a script, of the shell behind Ctrl-Z, of a printed text. */
export interface Possession {
  /** True while it is somebody else's: nothing is drawn, and nothing calls for attention. */
  isAway(): boolean
  /** Gets what takes Ink off the terminal, once Ink is there. */
  offer(suspend: Suspend): void
  /**
   * Gives the terminal to a script. A person who is away by `during` keeps it first; a printed text ends, and stands on the normal
   * screen still. Resolves once the screen neither draws nor reads.
   * @throws where it cannot be given away: the screen is over or not there yet, or the terminal cannot be opened anew.
   */
  lend(): Promise<void>
  /** Resolves once it is the screen's again; does nothing once the screen is over. */
  takeBack(): Promise<void>
  /** Lets go for as long as this takes, however it ends. @throws as `lend`. */
  during<T>(work: () => Promise<T>): Promise<T>
  /** Shows these lines, which are clean, on the normal screen until a key. Does nothing where the screen is not there. */
  print(lines: readonly string[]): Promise<void>
}

/**
 * @param reopen opens the terminal's input anew; null where nobody can get it.
 * @param onBack called each time that the terminal is the screen's again, with unknown text on it; and whether somebody may have typed
 *   there, rather than pressed a key.
 */
export function createPossession(
  input: ScreenInput,
  stdout: TerminalOutput,
  reopen: (() => TerminalInput) | null,
  after: After,
  isOver: () => boolean,
  onBack: (typed: boolean) => void,
): Possession {
  let suspend: Suspend | null = null
  let away = false
  let goOn: TakeBack | null = null
  let printed: Printed | null = null
  /** What a person does with the terminal; it settles in any case. */
  let personIsBack: Promise<unknown> = Promise.resolve()
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
    onBack(true)
  }
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    await letGo()
    try {
      return await work()
    } finally {
      await takeBack()
    }
  }
  const print = async (lines: readonly string[]): Promise<void> => {
    if (suspend === null || away || isOver()) return
    away = true
    printed = printUntilKey(suspend, input, stdout, lines, after)
    await printed.over
    printed = null
    away = false
    if (!isOver()) onBack(false)
  }
  const byPerson = <T>(work: Promise<T>): Promise<T> => {
    personIsBack = work.catch(() => undefined)
    return work
  }
  return {
    isAway: () => away,
    offer: given => {
      suspend = given
    },
    async lend() {
      printed?.end()
      await personIsBack
      await letGo()
    },
    takeBack,
    during: work => byPerson(during(work)),
    print: lines => byPerson(print(lines)),
  }
}
