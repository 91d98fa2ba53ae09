import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEnds } from '../../../src/runner/local/scripts/pseudo-terminal-session.ts'
import type { TerminalStart } from '../../../src/runner/local/scripts/terminal-session.ts'
import type { PersonsTerminal } from '../../../src/runner/local/terminal/persons-terminal.ts'
import { loadPty, openPair, type PtyPackage } from '../../../src/runner/local/terminal/pty-pair.ts'

let claim: string
beforeEach(() => {
  claim = mkdtempSync(join(tmpdir(), 'signoff-ends-'))
})
afterEach(() => rmSync(claim, { recursive: true, force: true }))

/** What this process has open of terminals, of the claim, and of a file that is no terminal. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap(fd => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`)
      return /^\/dev\/(?:pts|ptmx)/.test(path) || path.startsWith(claim) ? [path] : []
    } catch {
      return [] // the folder itself, which was open while it was read
    }
  })
}

test.each([
  ['is gone', () => join(claim, 'no-such-terminal')],
  ['is none', () => join(claim, 'out')],
])('a terminal that %s when a script is to get it leaves nothing open', async (_, path) => {
  const pty = (await loadPty()) as PtyPackage // a test that needs it fails without it
  const before = openFiles()
  const terminal = { path: path(), size: () => ({ columns: 80, rows: 24 }) } as PersonsTerminal // no more of it is used
  for (let round = 0; round < 3; round++) expect(() => openEnds({ claim, terminal } as TerminalStart, pty)).toThrow()
  await expect.poll(openFiles).toEqual(before)
})

test('a pair that is closed leaves nothing open', async () => {
  const pty = (await loadPty()) as PtyPackage
  const before = openFiles()
  openPair(pty, { columns: 80, rows: 24 }).close()
  await expect.poll(openFiles).toEqual(before)
})

test('a pair whose other end cannot be opened is closed', async () => {
  const real = (await loadPty()) as PtyPackage
  const pty: PtyPackage = {
    open(options) {
      const { master, slave, resize } = real.open(options)
      return { master, slave, resize, ptsName: join(claim, 'gone') }
    },
  }
  const terminal = { path: '/dev/tty', size: () => ({ columns: 80, rows: 24 }) } as PersonsTerminal
  expect(() => openEnds({ claim, terminal } as TerminalStart, pty)).toThrow()
  await expect.poll(() => openFiles().filter(path => path === '/dev/ptmx')).toEqual([])
})
