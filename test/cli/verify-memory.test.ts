import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { peakMiBOf } from '../../bench/peak-memory.ts'
import { beginning } from '../../bench/verifying.ts'
import { createChain } from '../../src/transcript/index.ts'

const SIGNOFF = resolve(import.meta.dirname, '../../bin/signoff.js')
const SALT = 'A'.repeat(22)
const FEW = 1000
const MANY = 80_000

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-memory-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const output = (kind: string, chunk: string) => (seq: number) =>
  `"kind":"${kind}","step":"deploy","attempt":1,"fd":"out","at":${seq * 6},${chunk}`

// What is kept of a line shows with many short ones: 600 bytes of each are 45 MiB here, and a journal of 1 GiB may have 40 times as many.
test.each([
  { what: 'output', fields: output('output', '"text":"hello\\n"') },
  { what: 'output in base64', fields: output('output', '"b64":"//79/Pv6"') },
  { what: 'late output', fields: output('output.late', '"text":"hello\\n"') },
  { what: 'notes', fields: () => '"kind":"note","step":"deploy","text":"looks fine","by":"kim@example.com"' },
])('verify needs no more memory for many lines of $what than for few', ({ fields }) => {
  const few = peakMiBOf([SIGNOFF, 'verify', journalOf(FEW, fields)], 3)
  const many = peakMiBOf([SIGNOFF, 'verify', journalOf(MANY, fields)], 3)
  expect(many - few, `${few} and ${many} MiB`).toBeLessThan(45)
})

/** A journal with so many short lines, put together by hand: a chain takes seconds for so many. Gives its path. */
function journalOf(lines: number, fields: (seq: number) => string): string {
  const chain = createChain()
  const stamp = { atMs: 1_795_000_000_000, monoMs: 0, salt: SALT }
  const text = beginning().map(event => chain.append(event, stamp).line)
  let prev = chain.head
  for (let seq = chain.lines; seq < lines; seq++) {
    const line = `{"seq":${seq},"prev":"${prev}","t":"2026-11-18T11:06:40.000Z","mono":0,${fields(seq)},"salt":"${SALT}"}`
    prev = createHash('sha256').update(`\0${line}`).digest('hex')
    text.push(`${line}\n`)
  }
  const path = join(folder, String(lines), 'journal.jsonl')
  mkdirSync(join(folder, String(lines)), { recursive: true })
  writeFileSync(path, text.join(''))
  return path
}
