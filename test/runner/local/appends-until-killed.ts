import { SignoffError } from '../../../src/model/index.ts'
import { newJournal } from '../../helpers/new-journal.ts'
import { PLAN, runStart } from '../../transcript/helpers/run.ts'
import { sayAtOnce } from './say-at-once.ts'

/**
 * Appends notes to a new journal until it is killed, and for no longer than 100 s. Prints the number of each line once it was acknowledged, with a `+` once it was made durable,
 * and, where it cannot go on, the code and the message of why; then what a further append says.
 */
const [path = ''] = process.argv.slice(2)
const journal = await newJournal(path)
const told = (error: unknown) => (error instanceof SignoffError ? `${error.code} ${error.message}` : String(error))
try {
  for (const event of [runStart(), PLAN]) await journal.append(event)
  for (let count = 0; performance.now() < 100_000; count++) {
    const text = `${count} ${'x'.repeat(count % 900)}`
    const { seq } = await journal.append({ kind: 'note', step: null, text, by: 'op@example.com' })
    sayAtOnce(`${seq}`)
    if (count % 5 !== 0) continue
    await journal.barrier()
    sayAtOnce(`${seq}+`)
  }
} catch (error) {
  sayAtOnce(told(error))
  for (const again of [journal.append({ kind: 'note', step: null, text: 'again', by: 'op' }), journal.barrier()])
    await again.catch((final: unknown) => sayAtOnce(`again: ${told(final)}`))
}
