import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { peakMiBOf } from '../../bench/peak-memory.ts'
import { beginning } from '../../bench/verifying.ts'
import { createChain } from '../../src/transcript/index.ts'
import { privateKeyText } from '../transcript/helpers/keys.ts'
import * as run from '../transcript/helpers/run.ts'

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

test('a copy that withholds lines is made in no more memory where the journal is long', async () => {
  mkdirSync(join(folder, '.signoff'))
  writeFileSync(join(folder, '.signoff/allowed_signers'), run.SIGNERS)
  const key = join(folder, 'key')
  writeFileSync(key, privateKeyText(Uint8Array.from({ length: 32 }, (_, index) => index)), { mode: 0o600 })
  const peaks: number[] = []
  for (const chunks of [10, 1000]) {
    const files = await sealedRun(chunks)
    const copy = ['--withhold', '4,5', '--reason', 'names', '--out', join(folder, `copy-${chunks}`), '--key', key]
    peaks.push(peakMiBOf([SIGNOFF, 'export', files, ...copy], 0, folder))
  }
  const [short = 0, long = 0] = peaks
  expect(long - short, `${short} and ${long} MiB`).toBeLessThan(45)
})

/** A sealed run whose script printed so many chunks of 64 KiB; gives its folder. */
async function sealedRun(chunks: number): Promise<string> {
  const writer = run.createWriter()
  writer.add(run.runStart(), { ...run.PLAN, steps: [run.planned('deploy', 'task')] })
  const text = `${'x'.repeat(63)}\n`.repeat(1024)
  const [start, , outputEnd, end] = run.script('deploy', [], text.repeat(chunks))
  if (start === undefined || outputEnd === undefined || end === undefined) throw new Error('no script')
  writer.add(start)
  for (let chunk = 0; chunk < chunks; chunk++)
    writer.add({ kind: 'output', step: 'deploy', attempt: 1, fd: 'out', at: chunk * text.length, text })
  writer.add(outputEnd, end)
  writer.add(run.runEnd(writer))
  const files = join(folder, `sealed-${chunks}`)
  mkdirSync(files)
  writeFileSync(join(files, 'journal.jsonl'), writer.bytes())
  writeFileSync(join(files, 'transcript.intoto.jsonl'), await run.sealed(writer))
  return files
}

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
