import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const TESTS = join(import.meta.dirname, '../..')

/** Rows whose tests belong to another part, by file and a title in it. */
const ELSEWHERE: Readonly<Record<number, readonly (readonly [file: string, title: string])[]>> = {
  15: [
    ['runner/secret-splits.test.ts', 'a secret is masked in every coding, cut at every place'],
    ['cli/secrets.test.ts', 'a planted secret is in no file that stays'],
  ],
  16: [
    ['tui/text/clean.test.ts', 'whatever comes in, nothing that controls a terminal goes out'],
    ['transcript/export/cast.test.ts', 'no reply, no title, no bell, no mode'],
    ['transcript/line.test.ts', 'escapes DEL and C1'],
  ],
  17: [
    ['transcript/export/markdown.test.ts', 'in a fence stays in it'],
    ['transcript/export/reports.test.ts', 'gives any text back, with a mark for what XML cannot hold'],
  ],
  20: [
    ['runner/local/journal-file.test.ts', 'on a full disk the reserve holds the end of the step'],
    ['runner/local/journal-file.test.ts', 'a file size limit of the shell'],
    ['cli/full-disk.test.ts', 'ends with 74'],
  ],
  21: [
    ['runner/local/lock.test.ts', 'of many that race for a dead lock exactly one gets it'],
    ['runner/local/lock.test.ts', 'a process id that was used again'],
    ['runner/local/lock.test.ts', 'a lock of another host is never broken'],
  ],
}

test('each row of the table of threats in docs/transcript-format.md has a test that names it', () => {
  const page = readFileSync(join(TESTS, '../docs/transcript-format.md'), 'utf8')
  const rows = [...page.matchAll(/^\| (\d+) \| /gm)].map(found => Number(found[1]))
  expect(rows).toEqual(Array.from({ length: 25 }, (_, index) => index + 1))
  const named = new Set<number>()
  for (const path of testFiles())
    for (const [, list = ''] of readFileSync(path, 'utf8').matchAll(/threats? (\d+(?:(?:,| and) \d+)*)/g))
      for (const number of list.match(/\d+/g) ?? []) named.add(Number(number))
  expect(rows.filter(row => !named.has(row) && ELSEWHERE[row] === undefined)).toEqual([])
  for (const [file, title] of Object.values(ELSEWHERE).flat())
    expect(readFileSync(join(TESTS, file), 'utf8'), file).toContain(title)
})

function testFiles(): string[] {
  return readdirSync(TESTS, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.test\.tsx?$/.test(entry.name) && entry.name !== 'table.test.ts')
    .map(entry => join(entry.parentPath, entry.name))
}
