import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TtyOutput } from '../../../src/runner/local/index.ts'
import { loadPty, openPair, type PtyPackage, type PtyPair } from '../../../src/runner/local/terminal/pty-pair.ts'

const MIB = 1024 * 1024
const LAST = `last words of ${process.pid}`
setFlagsFromString('--expose-gc')

let pair: PtyPair
let output: TtyOutput
let read = ''
beforeEach(async () => {
  pair = openPair((await loadPty()) as PtyPackage, { columns: 80, rows: 24 })
  read = ''
  pair.master.on('data', (bytes: Buffer) => {
    read += bytes.toString('latin1')
  })
  pair.master.on('error', () => undefined)
  output = new TtyOutput(pair.path)
})
afterEach(() => {
  output.destroy()
  pair.close()
})

/** Processes of ours that wait with last words. */
function restorers(): string[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'args='], { encoding: 'utf8' })
  return stdout.split('\n').filter(args => args.includes(`signoff-restores-terminal ${LAST}`))
}

async function until(holds: () => boolean): Promise<void> {
  for (const endMs = Date.now() + 5_000; !holds(); await sleep(5))
    if (Date.now() > endMs) throw new Error(`never held; read were ${read.length} characters`)
}

test('what is written arrives whole and in order, however slowly the terminal reads', async () => {
  const text = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join('')
  pair.master.pause()
  output.write(text)
  output.write('the end')
  await sleep(100)
  expect(output.isBehind).toBe(true)
  pair.master.resume()
  await until(() => read.endsWith('the end'))
  expect(read.replaceAll('\r\n', '\n')).toBe(`${text}the end`)
  expect(output.isBehind).toBe(false)
})

test('a terminal that does not read holds up nobody, and reading again is told', async () => {
  pair.master.pause()
  const fromMs = performance.now()
  output.write('x'.repeat(MIB))
  // A write that waits for the terminal would wait until the test is over.
  expect(performance.now() - fromMs).toBeLessThan(2_000)
  let ticks = 0
  const timer = setInterval(() => ticks++, 5)
  await until(() => ticks > 15)
  clearInterval(timer)
  const drained = once(output, 'drain')
  pair.master.resume()
  await drained
  expect(output.isBehind).toBe(false)
})

test('lines that nobody could read are counted, and how many they were is said afterwards', async () => {
  pair.master.pause()
  const line = `${'x'.repeat(1023)}\n`
  for (let count = 0; count < 3000; count++) output.writeLines(line)
  expect(output.writableLength).toBeLessThan(2 * MIB)
  pair.master.resume()
  const lost = (): number => Number(/--- (\d+) lines were not shown/.exec(read)?.[1])
  await until(() => (read.match(/x\r?\n/g) ?? []).length + lost() === 3000)
})

test('of too many lines the newest arrive, such as the question, and the gap is said where it is', async () => {
  pair.master.pause()
  for (let count = 0; count < 3000; count++) output.writeLines(`${count} ${'x'.repeat(1000)}\n`)
  output.writeLines('the question?\n')
  pair.master.resume()
  await until(() => read.endsWith('the question?\r\n'))
  const lines = read.split('\r\n').map(line => line.split(' x')[0] ?? '')
  const gap = lines.findIndex(line => /^--- \d+ lines were not shown/.test(line))
  const lost = Number(/\d+/.exec(lines[gap] ?? '')?.[0])
  expect(Number(lines[gap - 1]) + lost + 1).toBe(Number(lines[gap + 1]))
  expect(lines.slice(-3)).toEqual(['2999', 'the question?', ''])
  expect(output.isBehind).toBe(false)
})

test('short lines that wait take little more memory than their text, and arrive whole and in order', async () => {
  const collect = runInNewContext('gc') as () => void
  const held = (): number => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  pair.master.pause()
  const before = held()
  for (let line = 0; line < 40_000; line++) output.writeLines(`drained message ${line}\n`)
  expect(held() - before).toBeLessThan(5 * MIB)
  pair.master.resume()
  await until(() => read.endsWith('message 39999\r\n'))
  const text = Array.from({ length: 40_000 }, (_, line) => `drained message ${line}\n`).join('')
  expect(read.replaceAll('\r\n', '\n')).toBe(text)
})

test('last words are written at once, without what still waited; on a terminal that does not read they wait by themselves', async () => {
  pair.master.pause()
  output.write('x'.repeat(MIB))
  await sleep(50)
  const fromMs = performance.now()
  output.endWith(LAST, 200)
  const tookMs = performance.now() - fromMs
  expect(tookMs).toBeGreaterThan(150)
  expect(tookMs).toBeLessThan(3_000)
  output.write('nothing')
  output.destroy()
  // Nobody of ours has the terminal any more: what comes now comes from the process that stayed.
  pair.master.resume()
  await until(() => read.endsWith(LAST))
  expect(read).not.toContain('nothing')
  expect(read.length).toBeLessThan(MIB / 2)
  await until(() => restorers().length === 0)
})

test('a process that waits with the last words ends with the terminal', async () => {
  pair.master.pause()
  output.write('x'.repeat(MIB))
  await sleep(50)
  output.endWith(LAST, 0)
  await until(() => restorers().length === 1)
  pair.close()
  await until(() => restorers().length === 0)
})

test('last words are said once', async () => {
  const other = new TtyOutput(pair.path)
  other.endWith('last words', 200)
  other.endWith('and no more', 200)
  await until(() => read.endsWith('last words'))
  other.destroy()
})

test('rows that are gone over one by one take one sequence', async () => {
  output.write('\u001b[E\u001b[E\u001b[Ea\u001b[Eb')
  await until(() => read.endsWith('b'))
  expect(read).toBe('\u001b[3Ea\u001b[Eb')
})
