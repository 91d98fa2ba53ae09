import { createInterface } from 'node:readline'
import { hideInput } from '../../runner/local/index.ts'

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * One line from the terminal that is not shown while it is typed; empty where the input ends. A signal that comes meanwhile
 * ends the program as it would have, but first the terminal shows again what is typed at it.
 */
export async function askHidden(question: string): Promise<string> {
  const interrupted = Promise.withResolvers<NodeJS.Signals>()
  const listeners = ENDING_SIGNALS.map(signal => [signal, () => interrupted.resolve(signal)] as const)
  for (const [signal, listener] of listeners) process.on(signal, listener)
  const lines = createInterface({ input: process.stdin, terminal: false })
  try {
    const got = await hideInput(async () => {
      process.stderr.write(question)
      const line = new Promise<{ line: string }>(resolve => {
        lines.once('line', text => resolve({ line: text }))
        lines.once('close', () => resolve({ line: '' }))
      })
      return Promise.race([line, interrupted.promise])
    })
    process.stderr.write('\n')
    for (const [signal, listener] of listeners) process.off(signal, listener)
    if (typeof got !== 'string') return got.line
    process.kill(process.pid, got)
    // The signal ends us before this is ever settled.
    return await new Promise<string>(() => undefined)
  } finally {
    for (const [signal, listener] of listeners) process.off(signal, listener)
    lines.close()
  }
}
