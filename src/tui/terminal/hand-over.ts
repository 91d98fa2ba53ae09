import type { ScreenInput, TerminalInput } from './screen-input.ts'

/** Takes Ink off the terminal until its callback has settled. */
export type Suspend = (meanwhile: () => Promise<void>) => Promise<void>

/** Goes on with the terminal, which is ours again; `input` is its input as opened anew. */
export type TakeBack = (input: TerminalInput) => Promise<void>

/**
 * Gives the terminal to somebody else, an editor or a script. Resolves once Ink neither draws nor reads and our input is
 * closed: a stream that is only paused still takes the first key that is meant for the other.
 */
export async function handOver(suspend: Suspend, input: ScreenInput): Promise<TakeBack> {
  const back = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  const ended = suspend(() => {
    gone.resolve()
    return back.promise
  })
  ended.catch(gone.reject)
  await gone.promise
  input.hold()
  // The stream is closed a turn after it was told to be.
  await new Promise(resolve => setImmediate(resolve))
  return async terminal => {
    input.goOn(terminal)
    back.resolve()
    await ended
  }
}
