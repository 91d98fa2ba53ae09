import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomIds, systemClock } from '../../../src/runner/local/index.ts'
import { newJournal } from '../../helpers/new-journal.ts'
import { clockContract, idsContract } from '../contract/clock-and-ids.ts'
import { executorContract } from '../contract/executor.ts'
import { journalContract } from '../contract/journal.ts'
import { openSession } from './session-of-scripts.ts'

executorContract('the local executor', () => {
  const session = openSession()
  const others: { dispose(): void }[] = []
  return {
    executor: session.executor,
    order: session.order,
    again() {
      const { executor } = session.again()
      others.push(executor)
      return executor
    },
    end() {
      for (const other of others) other.dispose()
      session.end()
    },
  }
})

journalContract('the journal file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-contract-'))
  const path = join(folder, 'journal.jsonl')
  const journal = await newJournal(path)
  return {
    journal,
    lines: () =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter(line => line !== ''),
    // A file that grew by itself is another writer's.
    fail: () => appendFileSync(path, '\n'),
    async end() {
      await journal.close().catch(() => undefined)
      rmSync(folder, { recursive: true, force: true })
    },
  }
})

clockContract('the wall clock', systemClock)
idsContract('random ids', randomIds)
