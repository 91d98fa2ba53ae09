import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bundleFlood } from '../../../bench/bundle-flood.ts'
import { openSession, type SessionOfScripts } from './session-of-scripts.ts'

const MIB = 1024 ** 2

let folder: string
let session: SessionOfScripts
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-flood-'))
  session = openSession()
})
afterEach(() => {
  session.end()
  rmSync(folder, { recursive: true, force: true })
})

/** One script with so much output, followed and journaled by a process of its own. */
async function flood(
  program: string,
  bytes: number,
): Promise<{ rssBytes: number; journalBytes: number; bytes: number }> {
  const block = join(folder, 'block.sh')
  writeFileSync(
    block,
    `head -c ${bytes} < <(yes "a line of a log, as long as such lines are: 72 characters or about so")\n`,
  )
  const { stdout } = await promisify(execFile)(process.execPath, [program, block, folder])
  return JSON.parse(stdout)
}

test('256 MiB of output take no more memory than 24, and the journal keeps 16 of them', async () => {
  const program = await bundleFlood(folder)
  const little = await flood(program, 24 * MIB)
  const much = await flood(program, 256 * MIB)
  expect(much.bytes).toBe(256 * MIB)
  expect(much.journalBytes).toBeLessThan(1.2 * 16 * MIB)
  expect(Math.abs(much.journalBytes - little.journalBytes)).toBeLessThan(64 * 1024)
  expect(much.rssBytes - little.rssBytes).toBeLessThan(32 * MIB)
  expect(much.rssBytes).toBeLessThan(150 * MIB)
}, 60_000)

test('while nobody takes its reports a script goes on, into its spool and not into memory', async () => {
  const order = session.order('head -c 64000000 /dev/zero; touch done; echo end')
  const taken = Promise.withResolvers<void>()
  let reports = 0
  const running = session.executor.run(order, async () => {
    reports++
    await taken.promise
  })
  const spool = join(session.stateDir, 'claims')
  await expect
    .poll(() => statSync(join(session.folder, 'done'), { throwIfNoEntry: false }), { timeout: 20_000 })
    .toBeDefined()
  expect(statSync(spool).isDirectory()).toBe(true)
  expect(reports).toBe(1)
  taken.resolve()
  await running
  expect(reports).toBeGreaterThan(200)
}, 30_000)
