import { execFile, spawn } from 'node:child_process'
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

const BOOK = `# Release

## 1. Do

1. Print:

   \`\`\`bash
   for n in $(seq 1 4000); do echo "line $n of an output that is longer than a pipe holds, with some words behind it"; done
   \`\`\`

2. May fail:

   \`\`\`bash
   test -e ready
   \`\`\`
`

let world: World
const journal = (): string => readFileSync(join(world.transcript('v1').folder, 'journal.jsonl'), 'utf8')
const run = (...more: string[]) => world.signoff(['run', 'book.md', '--release', 'v1', ...more])
const at = (name: string): string => join(world.root, name)

beforeEach(async () => {
  world = await makeWorld({ files: { 'book.md': BOOK } })
}, 30_000)
afterEach(() => world.remove())

describe('run --events', () => {
  test('has the bytes of the journal, and resume goes on with them where run had paused', async () => {
    const failed = await run('--events', at('events.ndjson'))
    expect(failed.exitCode, failed.stderr).toBe(1)
    const before = readFileSync(at('events.ndjson'), 'utf8')
    expect(before).toBe(journal())
    expect(before.trimEnd().split('\n').at(-1)).toContain('"kind":"run.pause"')
    writeFileSync(join(world.repository.clone, 'ready'), '')
    const resumed = await world.signoff([
      'resume',
      ...['--retry', '1.2', '--reason', 'it is ready now'],
      ...['--events', at('events.ndjson')],
    ])
    expect(resumed.exitCode, resumed.stderr).toBe(0)
    const after = readFileSync(at('events.ndjson'), 'utf8')
    expect(after).toBe(journal())
    expect(after.startsWith(before)).toBe(true)
    expect(after.trimEnd().split('\n').at(-1)).toContain('"kind":"run.end"')
  })

  test('resume goes on behind the last whole line that is there, whatever a kill or a full disk has cut', async () => {
    expect((await run('--events', at('events.ndjson'))).exitCode).toBe(1)
    const whole = readFileSync(at('events.ndjson'), 'utf8')
    const lines = whole.split('\n')
    writeFileSync(at('events.ndjson'), `${lines.slice(0, 3).join('\n')}\n${lines[3]?.slice(0, 40)}`)
    writeFileSync(join(world.repository.clone, 'ready'), '')
    const resume = ['resume', '--retry', '1.2', '--reason', 'it is ready now', '--events']
    const { exitCode, stderr } = await world.signoff([...resume, at('events.ndjson')])
    expect(exitCode, stderr).toBe(0)
    expect(stderr).not.toContain('--events')
    expect(readFileSync(at('events.ndjson'), 'utf8')).toBe(journal())
  })

  test('a file that is not of this run keeps what it has, and gets what is recorded from now on', async () => {
    expect((await run()).exitCode).toBe(1)
    const before = journal()
    writeFileSync(at('other.ndjson'), '{"of":"somebody else"}')
    writeFileSync(join(world.repository.clone, 'ready'), '')
    const resume = ['resume', '--retry', '1.2', '--reason', 'it is ready now', '--events']
    expect((await world.signoff([...resume, at('other.ndjson')])).exitCode).toBe(0)
    expect(readFileSync(at('other.ndjson'), 'utf8')).toBe(`{"of":"somebody else"}\n${journal().slice(before.length)}`)
  })

  test('gives them to the reader of a pipe, who may be slower than the script', async () => {
    writeFileSync(join(world.repository.clone, 'ready'), '')
    await promisify(execFile)('mkfifo', [at('pipe')])
    const reader = createReadStream(at('pipe'), { highWaterMark: 4096 })
    const read = (async () => {
      let text = ''
      for await (const piece of reader) text += String(piece)
      return text
    })()
    // The reader's side opens once there is a writer: this one keeps the pipe until signoff has it.
    const keeper = spawn('bash', ['-c', 'exec 3>"$1"; echo; read -r', 'bash', at('pipe')], { stdio: 'pipe' })
    try {
      await new Promise(resolve => keeper.stdout.once('data', resolve))
      const { exitCode, stderr } = await run('--events', at('pipe'))
      expect(exitCode, stderr).toBe(0)
      expect(stderr).not.toContain('--events')
    } finally {
      keeper.stdin.end('\n')
    }
    expect(await read).toBe(journal())
  })

  test('does not hold up the run where a pipe has a reader that never reads, and says what it is missing', async () => {
    writeFileSync(join(world.repository.clone, 'ready'), '')
    await promisify(execFile)('mkfifo', [at('pipe')])
    const idle = spawn('bash', ['-c', 'exec 3<>"$1"; echo; read -r', 'bash', at('pipe')], { stdio: 'pipe' })
    try {
      await new Promise(resolve => idle.stdout.once('data', resolve))
      const { exitCode, stderr } = await run('--events', at('pipe'))
      expect(exitCode, stderr).toBe(0)
      expect(stderr).toMatch(/--events \S+pipe: the last \d+ lines were not taken in time; the journal has them/)
      expect(journal()).toContain('"kind":"run.end"')
    } finally {
      idle.stdin.end('\n')
    }
  })

  test('runs nothing where it cannot be opened: a pipe that nobody reads, a folder that is not there', async () => {
    await promisify(execFile)('mkfifo', [at('pipe')])
    const pipe = await run('--events', at('pipe'))
    expect(pipe.exitCode).toBe(2)
    expect(pipe.stderr).toContain('nobody reads this pipe')
    const nowhere = await run('--events', at('no/such/file'))
    expect(nowhere.exitCode).toBe(2)
    expect(nowhere.stderr).toContain('ENOENT')
    expect(existsSync(join(world.repository.clone, '.signoff/transcripts'))).toBe(false)
  })

  test('says that its disk is full, once, and the run goes on to its seal', async () => {
    writeFileSync(join(world.repository.clone, 'ready'), '')
    const { exitCode, stderr } = await run('--events', '/dev/full')
    expect(exitCode, stderr).toBe(0)
    expect(stderr.match(/--events \/dev\/full: ENOSPC.*the run goes on/g)).toHaveLength(1)
  })
})
