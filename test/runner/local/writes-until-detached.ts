import { readFileSync } from 'node:fs'
import { SignoffError } from '../../../src/model/index.ts'
import { openJournal, randomToken } from '../../../src/runner/local/index.ts'
import { createChain, readJournal } from '../../../src/transcript/index.ts'
import { PLAN, runStart } from '../../transcript/helpers/run.ts'
import { sayAtOnce } from './say-at-once.ts'

/** Appends notes to a real journal until it is taken away, or for 100 s, and prints each that was acknowledged, then the code of the end. */
const [path = '', mode = 'new'] = process.argv.slice(2)
const chain = mode === 'new' ? createChain() : (await readJournal(readFileSync(path))).chain
const journal = await openJournal({
  path,
  chain,
  nowMs: Date.now,
  monoMs: () => performance.now(),
  salt: randomToken,
  mode: mode === 'new' ? 'new' : 'resume',
  expectedBytes: chain.bytes,
})
try {
  if (mode === 'new') for (const event of [runStart(), PLAN]) await journal.append(event)
  for (let count = 0; performance.now() < 100_000; count++) {
    const text = `${process.pid}-${count}`
    await journal.append({ kind: 'note', step: null, text, by: 'op@example.com' })
    sayAtOnce(text)
  }
} catch (error) {
  sayAtOnce(`${error instanceof SignoffError ? error.code : String(error)}`)
  await journal.close()
}
