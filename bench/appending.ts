import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '../src/model/index.ts'
import { openJournal, randomToken } from '../src/runner/local/index.ts'
import { createChain } from '../src/transcript/index.ts'
import type { Row } from './compare.ts'
import { beginning } from './verifying.ts'

const MIB = 1024 * 1024
const CHUNKS = 4096
const EVENTS = 20_000
/** What the format promises: of output in chunks as they are coalesced, and of any event without the sync behind it. */
const MIB_PER_SECOND = 50
const CPU_US_PER_EVENT = 25

/** Appending to a journal of this machine, against what was promised for it. */
export async function appending(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-bench-'))
  try {
    const text = 'one line of output, as a build prints many of them\n'.repeat(1285)
    const output = (index: number): RunEvent => ({
      kind: 'output',
      step: 'deploy',
      attempt: 1,
      fd: 'out',
      at: index * text.length,
      text,
    })
    const note = (index: number): RunEvent => ({ kind: 'note', step: null, text: `note ${index}`, by: 'kim' })
    await measured(join(folder, 'warm.jsonl'), 500, note)
    const chunks = await measured(join(folder, 'output.jsonl'), CHUNKS, output)
    const mib = (CHUNKS * text.length) / MIB
    const events = await measured(join(folder, 'events.jsonl'), EVENTS, note)
    return [
      {
        what: `append ${Math.round(mib)} MiB of output`,
        against: `${MIB_PER_SECOND} MiB/s`,
        ratio: chunks.ms / ((mib / MIB_PER_SECOND) * 1000),
        budget: 1,
      },
      {
        what: `append ${EVENTS} events, CPU`,
        against: `${CPU_US_PER_EVENT} us each`,
        ratio: events.cpuUs / EVENTS / CPU_US_PER_EVENT,
        budget: 1,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measured(
  path: string,
  count: number,
  eventOf: (index: number) => RunEvent,
): Promise<{ readonly ms: number; readonly cpuUs: number }> {
  const journal = await openJournal({
    path,
    chain: createChain(),
    nowMs: Date.now,
    monoMs: () => performance.now(),
    salt: randomToken,
    mode: 'new',
  })
  try {
    for (const event of beginning()) await journal.append(event)
    const from = performance.now()
    const cpu = process.cpuUsage()
    for (let index = 0; index < count; index++) await journal.append(eventOf(index))
    const { user, system } = process.cpuUsage(cpu)
    return { ms: performance.now() - from, cpuUs: user + system }
  } finally {
    await journal.close()
  }
}
