import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EventOf, type RunEvent, SignoffError } from '../../src/model/index.ts'
import { createChain, decodeLine } from '../../src/transcript/index.ts'
import { makeWorld, type World } from '../helpers/world/index.ts'

const RUNBOOK = '# Release\n\n## Phase 1: Build\n\n1. Build it:\n   ```bash\n   exit 3\n   ```\n\n2. Tell support\n'
const ATTEMPTS = 8
/** As much as the journal keeps of one attempt. */
const PRINTED_BYTES = 16 * 1024 * 1024
const CHUNK = 'one line of output, as a build prints many of them\n'.repeat(10_000)

let world: World
beforeEach(async () => {
  world = await makeWorld({ files: { 'RELEASE.md': RUNBOOK } })
}, 30_000)
afterEach(() => world.remove())

// It takes some seconds: what is kept of output shows only where there is much of it.
test('a run that printed more than fits into memory goes on, is sealed and verifies', {
  timeout: 120_000,
}, async () => {
  const answers = world.file(
    'answers.yaml',
    'version: 1\nby: kim@example.com\nanswers:\n  - { step: "1.2", answer: yes }\n',
  )
  expect((await world.signoff(['run', 'RELEASE.md', '--release', 'v1', '--answers', answers])).exitCode).toBe(1)
  const { folder } = world.transcript('v1')
  const bytes = printMuch(join(folder, 'journal.jsonl'))
  expect(bytes).toBeGreaterThan(ATTEMPTS * PRINTED_BYTES)

  const small = { NODE_OPTIONS: '--max-old-space-size=80' }
  const skip = ['--skip', '1.1', '--reason', 'built by hand']
  const resumed = await world.signoff(['resume', '--answers', answers, ...skip], small)
  expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
  const verified = await world.signoff(['verify', folder], small)
  expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
})

/** Makes of a failed attempt many that printed a lot, chained anew; gives the size of the journal. */
function printMuch(path: string): number {
  const events = readFileSync(path, 'utf8').trimEnd().split('\n').map(eventOf)
  const first = events.findIndex(({ kind }) => kind === 'step.start')
  const last = events.findIndex(({ kind }) => kind === 'step.end')
  const chain = createChain()
  const file = openSync(path, 'w')
  const add = (event: RunEvent) => {
    const at = { atMs: 1_795_000_000_000 + chain.lines, monoMs: chain.lines, salt: 'A'.repeat(22) }
    writeSync(file, chain.append(event, at).line)
  }
  try {
    for (const event of events.slice(0, first)) add(event)
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      for (const event of events.slice(first, last + 1)) {
        if (event.kind === 'output.end') for (const chunk of output(event.step, attempt)) add(chunk)
        add(
          event.kind === 'output.end' ? { ...event, attempt, streams: [STREAM] } : ({ ...event, attempt } as RunEvent),
        )
      }
      const { step } = events[first] as EventOf<'step.start'>
      const decided = { state: 'failed', choice: 'rerun', reason: 'once more', by: 'kim@example.com' } as const
      if (attempt < ATTEMPTS) add({ kind: 'step.decide', step, attempt, ...decided })
    }
    for (const event of events.slice(last + 1)) add(event)
  } finally {
    closeSync(file)
  }
  return chain.bytes
}

const CHUNKS = Math.ceil(PRINTED_BYTES / CHUNK.length)
const STREAM: EventOf<'output.end'>['streams'][number] = {
  fd: 'out',
  bytes: CHUNKS * CHUNK.length,
  kept: CHUNKS * CHUNK.length,
  sha256: createHash('sha256').update(CHUNK.repeat(CHUNKS)).digest('hex'),
  masked: 0,
  lost: 0,
}

function output(step: string, attempt: number): RunEvent[] {
  const at = (chunk: number) => chunk * CHUNK.length
  return Array.from({ length: CHUNKS }, (_, chunk) => ({
    kind: 'output',
    step,
    attempt,
    fd: 'out',
    at: at(chunk),
    text: CHUNK,
  }))
}

function eventOf(line: string): RunEvent {
  const answer = decodeLine(line)
  if (!answer.ok || answer.line.entry === null) throw new SignoffError('BUG', 'no line of a journal')
  return answer.line.entry.event
}
