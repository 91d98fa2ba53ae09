import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const BIN = join(import.meta.dirname, '../../bin')

/** A node on PATH that is too old for the program, so that the bin file hands over to another. */
const older = (process.env.PATH ?? '')
  .split(delimiter)
  .map(folder => join(folder, 'node'))
  .find(isTooOld)

function isTooOld(node: string): boolean {
  try {
    const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
      .split('.')
      .map(Number)
    return major < 22 || (major === 22 && minor < 12)
  } catch {
    return false
  }
}

describe.skipIf(older === undefined)('started by an older node', () => {
  let folder: string
  const newer = (script: string) => {
    const file = join(folder, 'node_modules', 'node', 'bin', 'node')
    writeFileSync(file, `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
    return spawnSync(older ?? '', [join(folder, 'bin', 'signoff.js'), 'plan', 'x'], { encoding: 'utf8' })
  }
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'signoff-older-'))
    cpSync(BIN, join(folder, 'bin'), { recursive: true })
    mkdirSync(join(folder, 'node_modules', 'node', 'bin'), { recursive: true })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('the newer one is given the arguments, and its exit code is the answer', () => {
    expect(newer('shift; echo "$@"; exit 21')).toMatchObject({ status: 21, stdout: 'plan x\n' })
  })

  test('a newer one that a signal ended is never taken for success', () => {
    expect(newer('kill -KILL $$')).toMatchObject({ signal: 'SIGKILL' })
    const { status, signal } = newer('kill -PIPE $$')
    expect(status ?? signal).not.toBe(0)
    const limited = newer('kill -XFSZ $$')
    expect(limited.status ?? limited.signal).not.toBe(0)
  })
})
