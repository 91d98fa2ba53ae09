import type { Conversation, Ending, Speaker } from '../../model/index.ts'
import type { RunRecord } from '../output/record.ts'
import type { EditScript } from '../terminal/editing.ts'
import { handoverText, type Lending } from '../terminal/lend.ts'
import { PlainSession } from './session.ts'

export interface Plain {
  readonly conversation: Conversation
  readonly speaker: Speaker
  /** Lines as a person types them, without their newline. Its end pauses the run. */
  readonly input: AsyncIterable<string>
  /** Gets whole lines, each with its newline, and no control codes. */
  readonly output: (text: string) => void
  readonly clock: {
    nowMs(): number
    /** Calls back once at or after a time; gives the cancel. Without it nothing is said while a script runs long. */
    at?(atMs: number, callback: () => void): () => void
  }
  /** Opens the editor on a script, with the terminal to itself; without it no script is edited here. */
  readonly editScript?: EditScript
  /** Switches echo off until the promise that `whileHidden` returns is settled; without it no secret is asked here. */
  readonly hideInput?: (whileHidden: () => Promise<void>) => Promise<void>
  /** Lends the terminal to a script; without it no script gets one. */
  readonly lend?: {
    /** Gets what is told when a script takes the terminal and brings it back; returns the function that ends it. */
    hold(lending: Lending): () => void
    /** Reads no more lines until `goOn`; resolves once every key is another's. */
    stopReading(): Promise<void>
    goOn(): void
  }
  /** The journal, to be read at length; without it there is what was seen since. */
  readonly record?: RunRecord
  /** Tells a person who looks elsewhere, by a command of their own. */
  readonly call?: (text: string) => void
  /** Gives a text to the clipboard by a program, and names it; null where none took it. */
  readonly copy?: (text: string) => Promise<string | null>
  /** The file that approvers of a gate on another host are sent. */
  readonly requestFile?: (step: string) => string
  /** What has happened since somebody last walked the run, told first; null or left out where nothing has. */
  readonly meanwhile?: string | null
  /** True where the word `full` leads to the full screen, which whoever called opens. */
  readonly canDraw?: boolean
  /** Calls back when this program goes on after it was stopped (Ctrl-Z, `fg`); gives the cancel. */
  readonly onContinue?: (again: () => void) => () => void
}

const STILL_MS = 60_000

/**
 * Walks a run in plain mode: sentences appended below each other, words instead of keys, the same levels and phrases
 * as the full screen. Resolves when the run has ended or was paused, or when somebody wants the full screen.
 *
 * @throws what `Conversation.say` rejects with.
 */
export async function runPlain(plain: Plain): Promise<Ending | 'to-full'> {
  const session = new PlainSession(plain)
  const unsubscribe = plain.conversation.onEntry((entry, snapshot) => session.onEntry(entry, snapshot))
  const unsubscribePassing = plain.conversation.onPassing(event => session.onPassing(event))
  const { lend } = plain
  const letHold = lend?.hold({
    async letGo({ step, recorded }) {
      session.letGo(step, handoverText(plain.conversation.runbook, step, recorded))
      await lend.stopReading()
    },
    async takeBack() {
      lend.goOn()
      session.takeBack()
    },
  })
  // The shell has written below the question that stood there.
  const cancelContinue = plain.onContinue?.(() => session.show())
  const lines = plain.input[Symbol.asyncIterator]()
  let over = false
  let cancelStill: (() => void) | undefined
  const tellStill = (): void => {
    cancelStill = plain.clock.at?.(plain.clock.nowMs() + STILL_MS, () => {
      session.stillRunning()
      tellStill()
    })
  }
  const read = async (): Promise<never> => {
    for (;;) {
      const next = await lines.next()
      // The run's end, not the input's, ends this walk.
      if (over || next.done === true) break
      session.onLine(next.value)
    }
    if (!over) session.inputEnded()
    return new Promise<never>(() => {})
  }
  try {
    tellStill()
    session.begin()
    return await Promise.race([plain.conversation.ended, session.broken, session.toFull, read()])
  } finally {
    over = true
    cancelStill?.()
    cancelContinue?.()
    letHold?.()
    unsubscribe()
    unsubscribePassing()
    session.close()
    // Not awaited: an input that waits for its next line must not hold the end of the run.
    lines.return?.().catch(() => {})
  }
}
