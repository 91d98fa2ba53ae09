import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LEFT_FILES } from '../../../src/runner/local/claims/claim.ts'
import { STATE_END } from '../../../src/runner/local/session/session-functions.ts'
import { openSessions } from '../../../src/runner/local/session/session-store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-sessions-'))
  mkdirSync(join(folder, 'sessions'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A claim whose block has left this folder, and no variables. */
function claimThatStands(cwd: string): string {
  const claim = mkdtempSync(join(folder, 'claim-'))
  mkdirSync(join(claim, dirname(LEFT_FILES.state)))
  writeFileSync(join(claim, LEFT_FILES.state), `#cwd ${cwd}\n#\n${STATE_END}`)
  return claim
}

test('a block that was given nothing leaves a state like any other', () => {
  const sessions = openSessions(folder)
  expect(sessions.read('main')).toEqual({ file: null, state: null, given: {} })
  expect(sessions.keep({ session: 'main', given: {} }, claimThatStands('/first'))?.cwd).toBe('/first')
  expect(sessions.read('main').state?.cwd).toBe('/first')
  expect(openSessions(folder).read('main')).toEqual(sessions.read('main'))
})

test('what was read of a session is forgotten once its file is another one', () => {
  const sessions = openSessions(folder)
  sessions.keep({ session: 'main', given: { A: 'one' } }, claimThatStands('/first'))
  const { file } = sessions.read('main')
  expect(sessions.read('main')).toMatchObject({ state: { cwd: '/first' }, given: { A: 'one' } })
  // Of the same length, and written by somebody else.
  renameSync(join(claimThatStands('/other'), LEFT_FILES.state), file ?? '')
  expect(sessions.read('main').state?.cwd).toBe('/other')
  sessions.keep({ session: 'main', given: { A: 'two' } }, claimThatStands('/third'))
  expect(sessions.read('main')).toMatchObject({ state: { cwd: '/third' }, given: { A: 'two' } })
  expect(openSessions(folder).read('main')).toEqual(sessions.read('main'))
})

test('a recovery takes from the main flow until a block of its own has ended', () => {
  const sessions = openSessions(folder)
  sessions.keep({ session: 'main', given: {} }, claimThatStands('/main'))
  expect([sessions.origin('main'), sessions.origin('recovery')?.state?.cwd]).toEqual([null, '/main'])
  sessions.keep({ session: 'recovery', given: {} }, claimThatStands('/back'))
  expect(sessions.origin('recovery')).toBeNull()
})
