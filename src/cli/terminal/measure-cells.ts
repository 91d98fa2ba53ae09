import type { ReadStream } from 'node:tty'

/** The rule, a state and a tick: characters that terminals and fonts have disagreed on. */
const MEASURED = '─▸✔'
const ANSWER_MS = 150

/**
 * Asks the terminal how wide it draws our symbols: they are written at the beginning of an empty line, and the position of the cursor is
 * asked for. Only before Ink starts, since an answer that came later would be taken for keys.
 *
 * @returns false where one of them takes another width than one cell; true also where no answer came within 150 ms.
 */
export async function drawsOneCellEach(input: ReadStream, write: (text: string) => void): Promise<boolean> {
  const answered = Promise.withResolvers<boolean>()
  let read = ''
  const onData = (chunk: Buffer): void => {
    read += chunk.toString('latin1')
    const column = /\u001b\[\d+;(\d+)R/.exec(read)?.[1]
    if (column !== undefined) answered.resolve(Number(column) === [...MEASURED].length + 1)
  }
  const timer = setTimeout(() => answered.resolve(true), ANSWER_MS)
  input.setRawMode(true)
  input.on('data', onData)
  write(`\r${MEASURED}\u001b[6n\r\u001b[K`)
  try {
    return await answered.promise
  } finally {
    clearTimeout(timer)
    input.off('data', onData)
    // Whoever reads next goes on from here; keys typed so far were typed before any question.
    input.pause()
  }
}
