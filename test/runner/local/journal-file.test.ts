import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EventOf } from '../../../src/model/index.ts'
import { type JournalOptions, type LineChain, openJournal, randomToken } from '../../../src/runner/local/index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signoff-journal-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** Lines that need no chain: a number and the event. */
function plainChain(): LineChain {
  let seq = 0
  return {
    append(event, at) {
      const entry = { seq: seq++, atMs: at.atMs, event }
      return { line: `${JSON.stringify({ seq: entry.seq, mono: at.monoMs, ...event, salt: at.salt })}\n`, entry }
    },
  }
}

const note = (text: string): EventOf<'note'> => ({ kind: 'note', step: null, text, by: 'op@example.com' })

function optionsFor(path: string, change: Partial<JournalOptions> = {}): JournalOptions {
  return { path, chain: plainChain(), nowMs: () => 1000, monoMs: () => 7.9, salt: randomToken, mode: 'new', ...change }
}

describe('a journal file', () => {
  test('holds one line for each event, in the order of the calls', async () => {
    const path = join(root, 'a', 'b', 'journal.jsonl')
    const journal = await openJournal(optionsFor(path))
    const entries = await Promise.all(['x', 'y', 'z'].map(text => journal.append(note(text))))
    await Promise.all([journal.barrier(), journal.barrier()])
    await journal.close()
    expect(entries.map(entry => entry.seq)).toEqual([0, 1, 2])
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line)).map(({ text, mono }) => [text, mono])).toEqual([
      ['x', 7],
      ['y', 7],
      ['z', 7],
    ])
    expect(journal.bytes).toBe(statSync(path).size)
  })

  test('is 0600 whatever the umask, and 0400 once sealed', async () => {
    const path = join(root, 'journal.jsonl')
    const before = process.umask(0)
    try {
      const journal = await openJournal(optionsFor(path))
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(statSync(join(root, '.reserve')).size).toBe(256 * 1024)
      await journal.seal()
      expect(statSync(path).mode & 0o777).toBe(0o400)
      expect(existsSync(join(root, '.reserve'))).toBe(false)
    } finally {
      process.umask(before)
    }
  })

  test('is never overwritten', async () => {
    const path = join(root, 'journal.jsonl')
    await (await openJournal(optionsFor(path))).close()
    await expect(openJournal(optionsFor(path))).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' })
  })

  test('goes on after a resume, if it is as long as was read', async () => {
    const path = join(root, 'journal.jsonl')
    const first = await openJournal(optionsFor(path))
    await first.append(note('x'))
    await first.close()
    await expect(openJournal(optionsFor(path, { mode: 'resume', expectedBytes: 3 }))).rejects.toMatchObject({
      code: 'LOCKED',
    })
    const second = await openJournal(optionsFor(path, { mode: 'resume', expectedBytes: first.bytes }))
    await second.append(note('y'))
    await second.close()
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(2)
  })

  test('notices another writer before it appends', async () => {
    const path = join(root, 'journal.jsonl')
    const journal = await openJournal(optionsFor(path))
    await journal.append(note('x'))
    appendFileSync(path, 'y\n')
    await expect(journal.append(note('z'))).rejects.toMatchObject({ code: 'LOCKED' })
    await expect(journal.append(note('z'))).rejects.toMatchObject({ code: 'LOCKED' })
    await expect(journal.barrier()).rejects.toMatchObject({ code: 'LOCKED' })
    await journal.close()
  })

  test('takes nothing after it was closed', async () => {
    const journal = await openJournal(optionsFor(join(root, 'journal.jsonl')))
    await journal.close()
    await expect(journal.append(note('x'))).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' })
  })

  test('cannot be made below a file', async () => {
    writeFileSync(join(root, 'file'), '')
    await expect(openJournal(optionsFor(join(root, 'file', 'journal.jsonl')))).rejects.toMatchObject({
      code: 'JOURNAL_UNWRITABLE',
    })
  })
})

test('a file size limit of the shell is a failure that names it, and it is final', () => {
  const script = `
    import { openJournal } from ${JSON.stringify(join(import.meta.dirname, '../../../src/runner/local/index.ts'))}
    process.on('SIGXFSZ', () => {})
    let seq = 0
    const chain = { append: (event, at) => ({ line: JSON.stringify(event) + '\\n', entry: { seq: seq++, atMs: at.atMs, event } }) }
    const journal = await openJournal({ path: process.argv[1], chain, nowMs: Date.now, monoMs: () => 0, salt: () => '', mode: 'new' })
    const note = { kind: 'note', step: null, text: 'x'.repeat(100_000), by: 'op' }
    const said = []
    for (let i = 0; i < 8; i++) await journal.append(note).then(() => said.push('ok'), e => said.push(e.code + ' ' + e.cause.code))
    await journal.barrier().catch(e => said.push('barrier ' + e.code))
    console.log(JSON.stringify(said))`
  const path = join(root, 'journal.jsonl')
  const command = 'ulimit -f 300; exec "$0" --input-type=module-typescript -e "$1" "$2"'
  const result = spawnSync('bash', ['-c', command, process.execPath, script, path], { encoding: 'utf8' })
  expect(result.stderr).toBe('')
  const said: string[] = JSON.parse(result.stdout)
  expect(said[0]).toBe('ok')
  const failed = said.indexOf('JOURNAL_UNWRITABLE EFBIG')
  expect(failed).toBeGreaterThan(0)
  expect(said.slice(failed, 8)).toEqual(Array(8 - failed).fill('JOURNAL_UNWRITABLE EFBIG'))
  expect(said.at(-1)).toBe('barrier JOURNAL_UNWRITABLE')
})

const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

test.skipIf(!canMount)('on a full disk the reserve holds the end of the step, and nothing else is taken', async () => {
  const disk = join(root, 'disk')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'none', disk])
  try {
    const path = join(disk, 'journal.jsonl')
    const journal = await openJournal(optionsFor(path))
    const long = note('x'.repeat(50_000))
    let written = 0
    const failure = await (async () => {
      for (;;) {
        try {
          await journal.append(long)
          written++
        } catch (error) {
          return error
        }
      }
    })()
    expect(failure).toMatchObject({ code: 'JOURNAL_UNWRITABLE', message: expect.stringContaining('ENOSPC') })
    await expect(journal.append(long)).rejects.toBe(failure)
    await journal.append({ kind: 'step.stop', step: 's', attempt: 1, signal: 'SIGINT', why: 'person', by: null })
    await journal.append({ kind: 'journal.full', errno: 'ENOSPC' })
    await journal.barrier()
    await journal.close()
    const kinds = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).kind)
    // The line that met the full disk is completed: the chain has it.
    expect(kinds).toEqual([...Array(written + 1).fill('note'), 'step.stop', 'journal.full'])
  } finally {
    execFileSync('umount', [disk])
  }
})
