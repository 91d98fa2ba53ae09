import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { STATE_END } from '../../../src/runner/local/session/session-functions.ts'
import { SESSION_MORE } from '../../../src/runner/local/session/session-more.ts'
import { sessionScript } from '../../../src/runner/local/session/session-script.ts'
import { readSessionState } from '../../../src/runner/local/session/session-state.ts'
import { openSession } from './session-of-scripts.ts'

/** A mount namespace of our own, so that nothing is left mounted whatever happens. */
const UNSHARE = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount']
const canMount = spawnSync('unshare', [...UNSHARE, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-cut-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a block whose lists are on a disk with so many pages of 4 KiB, and its state on one with room; what it has left. */
function stateWith(pages: number, block: string): string | null {
  const at = (name: string): string => join(folder, name)
  const start = { dump: at('state'), lists: at('disk/lists'), more: at('more'), cwd: folder }
  const nothing = { state: null, exportsOf: null, given: [], folder: null, fresh: [], secret: [], bashEnv: null }
  writeFileSync(at('session'), sessionScript({ ...start, ...nothing }))
  writeFileSync(at('more'), SESSION_MORE)
  writeFileSync(at('block'), block)
  writeFileSync(at('state'), '')
  // One page is taken beforehand, since a size of 0 would mean no limit.
  const disk = `mkdir -p disk && mount -t tmpfs -o size=${4 * (pages + 1)}k tmpfs disk && head -c 4096 /dev/zero >disk/taken && : >disk/lists`
  const run = 'BASH_ENV=session exec bash --norc --noprofile block'
  execFileSync('unshare', [...UNSHARE, 'bash', '-c', `${disk} && ${run}`], { cwd: folder })
  return readSessionState(at('state')) === null ? null : readFileSync(at('state'), 'utf8')
}

test.skipIf(!canMount).each([
  [
    'the names of variables',
    'for i in {1000..1399}; do declare "a_name_that_is_long_$i=$i"; done',
    'a_name_that_is_long_1399',
  ],
  [
    'variables that were only declared',
    'for i in {100..299}; do declare -i "a_name_that_is_long_$i"; done',
    'a_name_that_is_long_299',
  ],
  ['builtins that were switched off', 'enable -n test echo type; a_name=1', 'enable -n type'],
])('a list that a full disk cuts is not taken for a whole one: %s', (_, block, last) => {
  expect(stateWith(20, block)).toContain(last)
  // Wherever it is cut, there is no state rather than one that lacks something.
  const states = Array.from({ length: 8 }, (_, pages) => stateWith(pages, block))
  expect(states).toContain(null)
  for (const state of states) if (state !== null) expect(state).toContain(last)
})

test('a state that cannot be read back is said, and nothing of the block runs', async () => {
  const session = openSession()
  try {
    await session.run('a=1; export B=2')
    const sessions = join(session.stateDir, 'sessions')
    const state = join(sessions, readdirSync(sessions)[0] ?? '', 'state')
    const whole = readFileSync(state, 'utf8')
    // A disk that loses a part of it: what is left ends as a whole one does.
    writeFileSync(state, `${whole.slice(0, whole.indexOf('declare -x B="') + 14)}${STATE_END}`)
    const result = await session.run('touch ran; false; touch on')
    expect(result).toMatchObject({ exit: 1, out: '' })
    expect(result.err).toContain('signoff: the shell state that the blocks before have left cannot be read back\n')
    expect(readdirSync(session.folder)).toEqual([])
    writeFileSync(state, whole)
    expect((await session.run('echo "$a$B"')).out).toBe('12\n')
  } finally {
    session.end()
  }
})
