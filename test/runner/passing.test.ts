import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KIM } from '../helpers/core.ts'
import { type Driven, driven } from '../helpers/driven.ts'
import { runbookOf, wanted } from '../helpers/runbook.ts'

let folder: string
let opened: Driven | null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-passing-'))
  opened = null
})
afterEach(async () => {
  await opened?.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

test('output beyond what is kept reaches the screen, masked, and no record; and it is no silence', async () => {
  const script = `head -c 200000 /dev/zero | tr '\\0' x
    for ((line = 0; ; line++)); do
      echo "still hunter2-hunter2 $line"
      if [[ -e go ]]; then break; fi
      sleep 0.02
    done
    head -c 200000 /dev/zero | tr '\\0' y
  `
  const book = runbookOf([wanted({ id: 'a', kind: 'task', risk: 'view', script })])
  opened = await driven(book, folder, { keepBytes: 1000 })
  const { run, executor } = opened
  executor.keepSecret('TOKEN', 'hunter2-hunter2')
  let passed = ''
  run.onPassing(event => {
    passed += event.text ?? ''
  })
  const saidAtMs = (): number => {
    const { need } = run.snapshot()
    return need.kind === 'running' ? (need.silence?.sinceMs ?? 0) : 0
  }
  expect(await run.say({ kind: 'run', step: 'a', phrase: null }, KIM)).toEqual({ ok: true })
  await expect.poll(() => passed, { timeout: 20_000 }).toContain('still *** ')
  const earlierMs = saidAtMs()
  expect(earlierMs).toBeGreaterThan(0)
  await expect.poll(saidAtMs, { timeout: 20_000 }).toBeGreaterThan(earlierMs)
  writeFileSync(join(folder, 'go'), '')
  expect(await run.ended).toEqual({ kind: 'ended', result: 'passed' })
  expect(passed).not.toContain('hunter2')
  const lines = readFileSync(join(folder, 'run/journal.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))
  const recorded = lines.filter(line => line.kind === 'output').map(line => line.text)
  const lengths: number[] = recorded.map(text => text.length)
  // What is kept of its beginning is one event or more, by how fast it came.
  expect([lengths.slice(0, -1).reduce((sum, length) => sum + length, 0), lengths.at(-1)]).toEqual([1000, 65_536])
  expect(recorded.some(text => text.includes('still'))).toBe(false)
})
