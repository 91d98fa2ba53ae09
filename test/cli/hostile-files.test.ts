import { execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Ended, runMeasured } from '../../bench/peak-memory.ts'
import { writeJournal } from '../../bench/verifying.ts'
import { signoffFile } from '../helpers/world/signoff.ts'
import * as run from '../transcript/helpers/run.ts'
import { bundle, journal } from '../transcript/helpers/sealed-run.ts'

/** Many starts of the command and long files: on a busy machine they take their time. */
vi.setConfig({ testTimeout: 180_000 })

const GIB = 1024 ** 3
/** Far more than it takes, and far less than such a line. */
const MOST_MIB = 400
const FILES = ['journal.jsonl', 'transcript.intoto.jsonl'] as const

let folder = ''
let made = 0
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'signoff-hostile-files-')))
  mkdirSync(join(folder, '.signoff'))
  writeFileSync(join(folder, '.signoff', 'allowed_signers'), run.SIGNERS)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A transcript with a seal, in a folder of its own. */
function transcript(): string {
  const at = join(folder, String(++made))
  mkdirSync(at)
  writeFileSync(join(at, 'journal.jsonl'), journal)
  writeFileSync(join(at, 'transcript.intoto.jsonl'), bundle)
  return at
}

/** What `verify` ends with and says; that it gives up after a minute is the failure of what hangs. */
function verify(at: string, wrapped: readonly string[] = []) {
  const [command = '', ...args] = [...wrapped, process.execPath, signoffFile(), 'verify', join(at, 'journal.jsonl')]
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env.PATH, HOME: folder },
  })
  return { exitCode: status, text: `${stdout}${stderr}` }
}

/** A documented code, and the words of somebody who foresaw it. */
function expectFailure(answer: Omit<Ended, 'peakMiB'>, codes: readonly number[], what: string): void {
  expect(codes, `${what}: ${answer.text}`).toContain(answer.exitCode)
  expect(answer.text, what).not.toMatch(/\n\s+at |our bug/)
}

describe('threat 23: in the place of a file of a transcript', () => {
  test('links, pipes, folders and devices are 8, at once', () => {
    const puts: Record<string, (path: string) => void> = {
      link: path => symlinkSync(join(folder, '.signoff', 'allowed_signers'), path),
      'broken link': path => symlinkSync('nowhere', path),
      'link to itself': path => symlinkSync(path, path),
      'link to a device': path => symlinkSync('/dev/zero', path),
      pipe: path => execFileSync('mkfifo', [path]),
      folder: path => mkdirSync(path),
    }
    for (const name of FILES)
      for (const [what, put] of Object.entries(puts)) {
        const at = transcript()
        rmSync(join(at, name))
        put(join(at, name))
        expectFailure(verify(at), [8], `${what} as ${name}`)
      }
  })

  test.skipIf(process.getuid?.() !== 0)('a file that may not be read is 8, and a device too', () => {
    for (const name of FILES) {
      const at = transcript()
      chmodSync(join(at, name), 0)
      chmodSync(folder, 0o755)
      expectFailure(verify(at, ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']), [8], name)
      rmSync(join(at, name))
      // A container may forbid to make one.
      if (spawnSync('mknod', [join(at, name), 'c', '1', '5']).status === 0)
        expectFailure(verify(at), [8], `device as ${name}`)
    }
  })

  test('a line of 1 GiB, at the start, in the middle, or as the seal, is 4 or 8, and not held in memory', () => {
    for (const [name, lines, codes] of [
      ['journal.jsonl', 0, [8]],
      ['journal.jsonl', 3, [4]],
      ['transcript.intoto.jsonl', 0, [8]],
    ] as const) {
      const at = transcript()
      if (name === 'journal.jsonl') rmSync(join(at, 'transcript.intoto.jsonl'))
      writeFileSync(
        join(at, name),
        `${journal.toString().split('\n').slice(0, lines).join('\n')}${lines > 0 ? '\n' : ''}`,
      )
      // A hole: it has this length, and takes no room.
      truncateSync(join(at, name), GIB)
      const ended = runMeasured([signoffFile(), 'verify', at], folder)
      expectFailure(ended, codes, `1 GiB as ${name}`)
      expect(ended.peakMiB, name).toBeLessThan(MOST_MIB)
      rmSync(at, { recursive: true })
    }
  })

  test('lines that are nothing but brackets, as long and as deep as lines may be, are 4 or 8 in bounded memory', () => {
    const head = (seq: number) =>
      `{"seq":${seq},"prev":"${'0'.repeat(64)}","t":"2026-11-22T14:50:00.000Z","mono":0,"kind":"`
    const long = 15 * 1024 * 1024
    const deep = (length: number) => `${'['.repeat(length)}${']'.repeat(length)}`
    const hostile = [
      `${head(0)}run.start","parents":${deep(long)}}`,
      `${head(0)}run.start","parents":[${'{},'.repeat(long / 2)}{}]}`,
      `${journal.toString().split('\n', 2).join('\n')}\n${head(2)}weather","x":${deep(400_000)}}`,
    ]
    for (const [index, text] of hostile.entries()) {
      const at = transcript()
      rmSync(join(at, 'transcript.intoto.jsonl'))
      writeFileSync(join(at, 'journal.jsonl'), `${text}\n${text}\n`)
      const ended = runMeasured([signoffFile(), 'verify', at], folder)
      expectFailure(ended, [4, 8], `${index}`)
      expect(ended.peakMiB, `${index}`).toBeLessThan(MOST_MIB)
    }
  })

  test('a journal that grows while it is read is one that nobody sealed: 3', async () => {
    const at = join(folder, 'growing')
    mkdirSync(at)
    const path = join(at, 'journal.jsonl')
    await writeJournal(path, 24 * 1024 * 1024)
    copyFileSync(path, `${path}.copy`)
    const child = spawn(process.execPath, [signoffFile(), 'verify', path], { cwd: folder, stdio: 'pipe' })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (text += chunk))
    // Half a line at a time, for as long as it reads: where it ends there is hardly ever a whole one.
    const growing = setInterval(() => appendFileSync(path, '{"seq":99999,"prev":"'), 1)
    const exitCode = await new Promise(resolve => child.on('close', resolve))
    clearInterval(growing)
    expectFailure({ exitCode: Number(exitCode), text }, [3], 'growing')
  })
})
