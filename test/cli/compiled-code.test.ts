import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const LOADER = resolve(import.meta.dirname, '../../bin/load-compiled.js')

/** Shorter ones are not kept. */
const CHUNK = 'exports.greet = function greet() { return this === exports ? "hello" : "?" }'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-compiled-'))
  writeFileSync(join(folder, 'entry.cjs'), 'exports.run = () => require("./chunk-a1b2.cjs").greet()')
  writeFileSync(join(folder, 'chunk-a1b2.cjs'), `${CHUNK}\n// ${'x'.repeat(5000)}`)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Loads the entry in a process of its own; `compiled` says whether V8 had to compile the function of the chunk. */
function start(cache: string | null = join(folder, 'cache')): { readonly said: string; readonly compiled: boolean } {
  const log = join(folder, 'functions.log')
  rmSync(log, { force: true })
  const flags = ['--log-function-events', `--logfile=${log}`, '--no-logfile-per-isolate']
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', scriptOf(cache)], {
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(0)
  return { said: stdout.trim(), compiled: /^function,parse-function,.*,greet$/m.test(readFileSync(log, 'utf8')) }
}
function scriptOf(cache: string | null): string {
  const [loader, entry, where] = [LOADER, join(folder, 'entry.cjs'), cache].map(one => JSON.stringify(one))
  return `console.log(require(${loader}).loadCompiled(${entry}, ${where}).run())`
}

const kept = (): string => join(folder, 'cache', 'chunk-a1b2.cjs')

test('what a function was compiled to at one start is there at the next', () => {
  expect(start()).toEqual({ said: 'hello', compiled: true })
  expect(start()).toEqual({ said: 'hello', compiled: false })
  expect(statSync(kept()).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'cache')).mode & 0o777).toBe(0o700)
})

test('a few starts add to what is kept, and the ones after them write nothing', () => {
  for (let count = 0; count < 5; count++) start()
  const { ino, mtimeMs } = statSync(kept())
  start()
  expect(statSync(kept())).toMatchObject({ ino, mtimeMs })
  expect(readdirSync(join(folder, 'cache'))).toEqual(['chunk-a1b2.cjs'])
})

test('kept code that is torn or changed is compiled anew, whatever byte it is', () => {
  start()
  const whole = readFileSync(kept())
  const damaged = [0, 4, 8, 20, whole.length >> 1, whole.length - 1].map(at => {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] ?? 0) ^ 0x10
    return bytes
  })
  for (const bytes of [...damaged, whole.subarray(0, 3), whole.subarray(0, 100), Buffer.alloc(0), Buffer.alloc(4096)]) {
    writeFileSync(kept(), bytes)
    expect(start()).toEqual({ said: 'hello', compiled: true })
    expect(start()).toEqual({ said: 'hello', compiled: false })
  }
})

test('kept code of another text is not run, be it of the same length', () => {
  start()
  const chunk = join(folder, 'chunk-a1b2.cjs')
  writeFileSync(chunk, readFileSync(chunk, 'utf8').replace('hello', 'adieu'))
  expect(start()).toEqual({ said: 'adieu', compiled: true })
  expect(start()).toEqual({ said: 'adieu', compiled: false })
})

test.each([
  ['a file that others may write', () => chmodSync(kept(), 0o622)],
  ['a folder that others may write', () => chmodSync(join(folder, 'cache'), 0o770)],
  [
    'a link to a file elsewhere',
    () => {
      renameSync(kept(), join(folder, 'elsewhere'))
      symlinkSync(join(folder, 'elsewhere'), kept())
    },
  ],
])('kept code is not run from %s', (_, spoil) => {
  start()
  spoil()
  expect(start()).toEqual({ said: 'hello', compiled: true })
})

test.runIf(process.getuid?.() === 0)('kept code of another account is not run', () => {
  start()
  chownSync(kept(), 65534, 65534)
  expect(start()).toEqual({ said: 'hello', compiled: true })
  expect(start()).toEqual({ said: 'hello', compiled: false })
  chownSync(join(folder, 'cache'), 65534, 65534)
  rmSync(kept())
  expect(start()).toEqual({ said: 'hello', compiled: true })
  expect(readdirSync(join(folder, 'cache'))).toEqual([])
})

test('a process that lives long is looked at while it runs, since V8 drops the code of what is called at the start alone', async () => {
  const child = spawn(process.execPath, [
    '-e',
    `${scriptOf(join(folder, 'cache'))}; setTimeout(() => undefined, 100_000)`,
  ])
  try {
    await expect.poll(() => existsSync(kept()), { timeout: 60_000 }).toBe(true)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

test('where nothing can be kept, a start is as good as any', () => {
  expect(start(null)).toEqual({ said: 'hello', compiled: true })
  writeFileSync(join(folder, 'cache'), 'a file where the folder would be')
  expect(start()).toEqual({ said: 'hello', compiled: true })
  rmSync(join(folder, 'cache'))
  mkdirSync(kept(), { recursive: true })
  expect(start()).toEqual({ said: 'hello', compiled: true })
  expect(readdirSync(join(folder, 'cache'))).toEqual(['chunk-a1b2.cjs'])
})
