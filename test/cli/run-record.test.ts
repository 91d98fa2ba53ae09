import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { journalRecord } from '../../src/cli/runs/run-record.ts'
import type { Entry } from '../../src/model/index.ts'
import { createAttemptLog } from '../../src/tui/output/attempt-log.ts'
import { makeWorld } from '../helpers/world/index.ts'

const BOOK = `# Öffnen

## 1. Größe

1. Überblick:

   \`\`\`bash
   for n in $(seq 1 3000); do echo "Zeile $n ✔"; done
   \`\`\`

2. Danach:

   \`\`\`bash
   echo done
   \`\`\`
`

async function allOf(
  record: ReturnType<typeof journalRecord>,
  from: number,
  wanted: Parameters<typeof record.read>[1],
) {
  const entries: Entry[] = []
  const reading = record.read(from, wanted)
  for (;;) {
    const next = await reading.next()
    if (next.done === true) return { entries, end: next.value }
    entries.push(next.value.entry)
  }
}

test('a journal is read again by what is wanted of it, from any place, and a torn line at its end is not taken', async () => {
  const world = await makeWorld({ files: { 'book.md': BOOK } })
  try {
    const { exitCode } = await world.signoff(['run', 'book.md', '--release', 'v1'])
    expect(exitCode).toBe(0)
    const path = join(world.transcript('v1').folder, 'journal.jsonl')
    const record = journalRecord(path)
    const { entries, end } = await allOf(record, 0, { kind: 'events' })
    expect(entries.map(({ event }) => event.kind)).toEqual(
      expect.arrayContaining(['run.start', 'run.plan', 'step.start', 'step.end', 'run.end']),
    )
    expect(entries.some(({ event }) => event.kind === 'output')).toBe(false)
    expect(end).toBe(readFileSync(path).length)
    const started = entries.flatMap(({ event }) => (event.kind === 'step.start' ? [event.step] : []))
    const [first = '', second = ''] = started
    const log = createAttemptLog(record, { step: first, attempt: 1 })
    await log.refresh()
    expect(log.total).toBe(3000)
    const lines: string[] = []
    await log.each(2500, line => lines.push(line) < 2)
    expect(lines).toEqual(['Zeile 2501 ✔', 'Zeile 2502 ✔'])
    const other = createAttemptLog(record, { step: second, attempt: 1 })
    await other.refresh()
    expect(other.total).toBe(1)
    appendFileSync(path, '{"seq":99,"torn')
    expect((await allOf(record, end, { kind: 'events' })).entries).toEqual([])
  } finally {
    await world.remove()
  }
})
