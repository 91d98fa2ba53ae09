import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { detachWriter, finishDetaching, openJournal, randomToken } from '../../../src/runner/local/index.ts'
import { readJournal } from '../../../src/transcript/index.ts'

let root: string
let path: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signoff-detach-'))
  path = join(root, 'journal.jsonl')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const WRITER = join(import.meta.dirname, 'writes-until-detached.ts')

/** A process that appends as fast as it can, and says each line that it was told is written. */
function writer(mode: 'new' | 'resume') {
  const child = spawn(process.execPath, ['--experimental-strip-types', '--no-warnings', WRITER, path, mode])
  let out = ''
  child.stdout.setEncoding('utf8').on('data', chunk => {
    out += chunk
  })
  return { child, out: () => out, closed: once(child, 'close') }
}

test('of writers that take a journal from each other in the middle of appending, no acknowledged line is lost and the chain holds', async () => {
  const acknowledged: string[] = []
  let last = writer('new')
  for (let turn = 0; turn < 4; turn++) {
    while (last.out().split('\n').length < 200) await once(last.child.stdout, 'data')
    await detachWriter(path)
    const newer = writer('resume')
    await last.closed
    const lines = last.out().trimEnd().split('\n')
    expect(lines.pop()).toBe('LOCKED')
    acknowledged.push(...lines)
    last = newer
  }
  while (!last.out().includes('\n')) await once(last.child.stdout, 'data')
  last.child.kill('SIGKILL')
  await last.closed
  // Strict: numbers, links and every byte of the form; a line of a second writer would break it.
  const { entries } = await readJournal(readFileSync(path))
  const texts = new Set(entries.map(({ event }) => (event.kind === 'note' ? event.text : '')))
  expect(acknowledged.filter(text => !texts.has(text))).toEqual([])
  expect(acknowledged.length).toBeGreaterThan(600)
  expect(readdirSync(root).sort()).toEqual(['.reserve', 'journal.jsonl'])
}, 60_000)

test('a take-over that was cut off loses no line: the old file is put back', async () => {
  writeFileSync(path, 'one\ntwo\n')
  linkSync(path, `${path}.taken`)
  // The copy was made before the second line was written, and had the name already.
  writeFileSync(`${path}.new`, 'one\n')
  rmSync(path)
  copyFileSync(`${path}.new`, path)
  expect(await finishDetaching(path)).toBe(true)
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
  expect(await finishDetaching(path)).toBe(false)
})

test('two journals that differ are both kept, and said', async () => {
  writeFileSync(path, 'one\nother\n')
  writeFileSync(`${path}.taken`, 'one\ntwo\n')
  await expect(finishDetaching(path)).rejects.toMatchObject({ code: 'JOURNAL_INVALID' })
  expect(readdirSync(root).sort()).toEqual(['journal.jsonl', 'journal.jsonl.taken'])
})

test('a journal that was moved away or replaced takes no further line', async () => {
  const chain = { append: () => ({ line: 'x\n', entry: { seq: 0, atMs: 0, event: NOTE } }) }
  const options = { path, chain, nowMs: () => 0, monoMs: () => 0, salt: randomToken, mode: 'new' } as const
  const journal = await openJournal(options)
  await journal.append(NOTE)
  rmSync(path)
  await expect(journal.append(NOTE)).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' })
  await journal.close()
  const other = await openJournal(options)
  rmSync(path)
  writeFileSync(path, '')
  await expect(other.append(NOTE)).rejects.toMatchObject({ code: 'LOCKED' })
  await other.close()
})

const NOTE = { kind: 'note', step: null, text: 'x', by: 'op@example.com' } as const
