import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readJournal, scanJournal } from '../../../src/transcript/index.ts'

const WRITER = join(import.meta.dirname, 'appends-until-killed.ts')
const NODE = [process.execPath, '--experimental-strip-types', '--no-warnings']

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'signoff-faults-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('threat 19: kill -9 at any moment loses no line that was acknowledged, and leaves a chain to go on with', {
  timeout: 120_000,
}, async () => {
  for (let round = 0; round < 12; round++) {
    const path = join(root, `killed-${round}.jsonl`)
    const [program = '', ...args] = NODE
    const child = spawn(program, [...args, WRITER, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      out += text
    })
    // After some lines, in the middle of whatever it does then.
    while (out.split('\n').length < 20 + round * 37) await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'close')
    const acknowledged = Math.max(
      ...out
        .split('\n')
        .slice(0, -1)
        .map(line => Number.parseInt(line, 10)),
    )
    const { chain, torn } = await readJournal(readFileSync(path))
    expect(chain.lines, `round ${round}`).toBeGreaterThan(acknowledged)
    expect(torn === null || torn.bytes > 0).toBe(true)
  }
})

/** Whether faults can be injected here at all: containers often forbid tracing. */
const canTrace = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0

describe.skipIf(!canTrace)('threat 20: a system call on the journal that fails', () => {
  /** Runs the writer with faults in the calls that touch the journal; gives what it said, line by line. */
  function withFault(name: string, fault: string): { said: string[]; path: string } {
    const path = join(root, `${name}.jsonl`)
    const trace = ['-f', '-qq', '-o', '/dev/null', '-P', path, '-e', `inject=${fault}`]
    const { stdout, status, stderr } = spawnSync('strace', [...trace, ...NODE, WRITER, path], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect(status, stderr).toBe(0)
    return { said: stdout.trimEnd().split('\n'), path }
  }

  test.each([
    ['EIO', 'write:error=EIO:when=40+'],
    ['ENOSPC', 'write:error=ENOSPC:when=40+'],
    ['EDQUOT', 'write:error=EDQUOT:when=40+'],
    ['EFBIG', 'write:error=EFBIG:when=40+'],
    ['EIO', 'write:error=EIO:when=40'],
    ['EIO', 'fdatasync:error=EIO:when=4'],
    ['ENOSPC', 'fdatasync:error=ENOSPC:when=4'],
  ])(
    '%s by %s is said with its name, is final, and takes no acknowledged line',
    { timeout: 90_000 },
    async (errno, fault) => {
      const { said, path } = withFault(fault.replace(/\W/g, '-'), fault)
      const numbers = said.filter(line => /^\d+\+?$/.test(line))
      const failure = said.filter(line => !/^\d+\+?$/.test(line))
      expect(numbers.length).toBeGreaterThan(5)
      // The first says why; once it failed it is tried no more, also where the next call would succeed.
      expect(failure[0]).toMatch(new RegExp(`^JOURNAL_UNWRITABLE .*${errno}`))
      expect(failure.slice(1)).toEqual([`again: ${failure[0]}`, `again: ${failure[0]}`])
      const scan = await scanJournal([readFileSync(path)], () => undefined)
      expect(scan.wrong).toBeNull()
      expect(scan.good.lines).toBeGreaterThan(Math.max(...numbers.map(line => Number.parseInt(line, 10))))
    },
  )

  test('a write that writes nothing is one, and leaves no half line behind', { timeout: 60_000 }, async () => {
    const { said, path } = withFault('short', 'write:retval=0:when=40')
    expect(said.some(line => line.startsWith('JOURNAL_UNWRITABLE'))).toBe(true)
    const scan = await scanJournal([readFileSync(path)], () => undefined)
    expect(scan).toMatchObject({ wrong: null, torn: null })
  })
})
