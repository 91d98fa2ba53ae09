import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { filesIn, writeAddendum, writeSeal } from '../../src/cli/runs/transcript-files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-bundle-'))
  writeFileSync(join(folder, 'journal.jsonl'), '{}\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('seal and addendum are written through no link that lies under the name of the file they come from', async () => {
  const files = filesIn(folder)
  const victim = join(folder, 'victim')
  writeFileSync(victim, 'precious')
  for (const [text, write] of [
    ['seal\n', writeSeal],
    ['seal\naddendum\n', writeAddendum],
  ] as const) {
    symlinkSync(victim, `${files.bundle}.new`)
    await write(files, text)
    expect(readFileSync(victim, 'utf8')).toBe('precious')
    expect(readFileSync(files.bundle, 'utf8')).toBe(text)
  }
  expect(statSync(files.journal).mode & 0o777).toBe(0o400)
  expect(readdirSync(folder).sort()).toEqual(['journal.jsonl', 'transcript.intoto.jsonl', 'victim'])
})

test('what a crash has left of a seal is no hindrance to the next one', async () => {
  const files = filesIn(folder)
  writeFileSync(`${files.bundle}.new`, 'half a se')
  await writeSeal(files, 'seal\n')
  expect(readFileSync(files.bundle, 'utf8')).toBe('seal\n')
})
