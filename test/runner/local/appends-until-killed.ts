import { writeSync } from 'node:fs'
import { SignoffError } from '../../../src/model/index.ts'
import { openJournal, randomToken } from '../../../src/runner/local/index.ts'
import { createChain } from '../../../src/transcript/index.ts'
import { PLAN, runStart } from '../../transcript/helpers/run.ts'

/**
 * Appends notes to a new journal for ever. Prints the number of each line once it was acknowledged, with a `+` once it was made durable,
 * and, where it cannot go on, the code and the message of why; then what a further append says.
 */
const [path = ''] = process.argv.slice(2)
const journal = await openJournal({
  path,
  chain: createChain(),
  nowMs: Date.now,
  monoMs: () => performance.now(),
  salt: randomToken,
  mode: 'new',
})
const told = (error: unknown) => (error instanceof SignoffError ? `${error.code} ${error.message}` : String(error))
try {
  for (const event of [runStart(), PLAN]) await journal.append(event)
  for (let count = 0; ; count++) {
    const text = `${count} ${'x'.repeat(count % 900)}`
    const { seq } = await journal.append({ kind: 'note', step: null, text, by: 'op@example.com' })
    writeSync(1, `${seq}\n`)
    if (count % 5 !== 0) continue
    await journal.barrier()
    writeSync(1, `${seq}+\n`)
  }
} catch (error) {
  writeSync(1, `${told(error)}\n`)
  for (const again of [journal.append({ kind: 'note', step: null, text: 'again', by: 'op' }), journal.barrier()])
    await again.catch((final: unknown) => writeSync(1, `again: ${told(final)}\n`))
}
