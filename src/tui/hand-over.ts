import type { ScreenInput } from './screen-input.ts'

/** Takes Ink off the terminal while something runs, and puts it back whatever becomes of that. */
export type Suspend = (work: () => Promise<void>) => Promise<void>

/**
 * Gives the terminal to somebody else, an editor for one, and takes it back. Reading stops a tick before and a tick after
 * the pause: a read that is still pending would take the first keys that are meant for the other.
 *
 * @param suspend Ink's own; null before the first render, when nothing is to be taken off.
 */
export async function handOver<T>(suspend: Suspend | null, input: ScreenInput, work: () => Promise<T>): Promise<T> {
  const result = Promise.withResolvers<T>()
  const away = async (): Promise<void> => {
    await tick()
    input.pause()
    await tick()
    try {
      result.resolve(await work())
    } catch (error) {
      result.reject(error)
    } finally {
      input.resume()
    }
  }
  await (suspend === null ? away() : suspend(away))
  return result.promise
}

function tick(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
