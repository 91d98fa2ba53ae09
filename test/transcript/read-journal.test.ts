import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../src/transcript/encoding/hash.ts'
import { readJournal } from '../../src/transcript/journal/read-journal.ts'
import * as run from './helpers/run.ts'

const open = run.atGate()

describe('a journal read for going on', () => {
  it('continues the very chain that was broken off', async () => {
    const writer = await run.wholeRun()
    const lines = writer.bytes().toString().split('\n').slice(0, -1)
    const half = Buffer.from(
      lines
        .slice(0, 5)
        .map(line => `${line}\n`)
        .join(''),
    )
    const { chain, entries, torn } = await readJournal(half)
    expect(torn).toBeNull()
    expect(entries).toEqual(writer.entries.slice(0, 5))
    for (const { event, seq, atMs } of writer.entries.slice(5)) {
      const monoMs = JSON.parse(lines[seq] ?? '').mono
      expect(chain.append(event, { atMs, monoMs, salt: 'A'.repeat(22) }).line).toBe(`${lines[seq]}\n`)
    }
    expect(chain.summary()).toEqual(writer.chain.summary())
  })

  it('cuts a torn tail, at any byte, and keeps its length and digest', async () => {
    const bytes = open.bytes()
    const lastLine = bytes.lastIndexOf(10, bytes.length - 2) + 1
    for (let at = lastLine + 1; at < bytes.length; at += 7) {
      const { chain, torn } = await readJournal(bytes.subarray(0, at))
      expect(chain.bytes).toBe(lastLine)
      expect(torn).toEqual({ bytes: at - lastLine, sha256: sha256Hex(bytes.subarray(lastLine, at)) })
    }
    const blocks = Buffer.concat([bytes, Buffer.alloc(4096), Buffer.from('\n\n')])
    expect(await readJournal(blocks)).toMatchObject({ torn: { bytes: 4098 }, chain: { bytes: bytes.length } })
  })

  it('refuses what was changed', async () => {
    const text = open.bytes().toString()
    for (const changed of [
      text.replace('Tell support","answer":"yes"', 'Tell support","answer":"no"'),
      text.split('\n').toSpliced(2, 1).join('\n'),
      `${text}${text.split('\n')[1]}\n`,
      `${text}garbage\n${text.split('\n')[1]}\n`,
    ])
      await expect(readJournal(Buffer.from(changed))).rejects.toMatchObject({ code: 'JOURNAL_INVALID' })
  })

  it('may be empty', async () => {
    expect(await readJournal(new Uint8Array())).toMatchObject({
      entries: [],
      torn: null,
      chain: { lines: 0, bytes: 0 },
    })
  })
})
