import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSession, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

const recovery = { session: 'deploy' }

test('a recovery begins with the exported variables and functions of the main flow, and nothing else of it', async () => {
  await session.run(
    `export WORK=$'a b\\nc'; export -- EMPTY=; plain=1; local_only() { :; }; f() { echo "f $1"; }; export -f f`,
  )
  await session.run(
    'mkdir deep; cd deep; unset LANG; PATH=$PATH:/extra; set -u; trap "echo bye" EXIT; shopt -s nullglob',
  )
  const { out, exit } = await session.run(
    [
      'printf "%s|%s|%s|" "$WORK" "${EMPTY-unset}" "${plain-none}"; bash -c "f 1"',
      'echo "${LANG-no LANG} ${PATH##*:} ${PWD##*/} ${undefined-}"',
      'type -t local_only || shopt -q nullglob || echo fresh',
    ].join('\n'),
    recovery,
  )
  expect(out).toBe('a b\nc||none|f 1\nno LANG /extra work \nfresh\n')
  expect(exit).toBe(0)
})

test('what a recovery step leaves behind, its next step finds, and the main flow does not', async () => {
  await session.run('export WORK=main')
  await session.run('WORK=back; own=1; cd /', recovery)
  await session.run('export WORK=later')
  expect((await session.run('echo "$WORK $own $PWD"', recovery)).out).toBe('back 1 /\n')
  expect((await session.run('echo "$WORK ${own-none}"')).out).toBe('later none\n')
})

test('values that are given to a recovery step win over what the main flow exported under their name', async () => {
  await session.run('export REGION=old')
  const { out } = await session.run('echo "$REGION"', { ...recovery, env: { REGION: 'new' } })
  expect(out).toBe('new\n')
})

test('a block of a recovery ends at its first failing command, and a folder of the main flow that is gone is no matter', async () => {
  mkdirSync(join(session.folder, 'gone'))
  await session.run('export WORK=x; cd gone')
  rmSync(join(session.folder, 'gone'), { recursive: true })
  const { out, exit } = await session.run('echo "$WORK"; false; echo not reached', recovery)
  expect(out).toBe('x\n')
  expect(exit).toBe(1)
})

test('a recovery of a run whose main flow has run nothing starts like a first block', async () => {
  expect((await session.run('echo "${WORK-none} ${PWD##*/}"', recovery)).out).toBe('none work\n')
})

test('what a recovery takes over adds nothing to what its steps print', async () => {
  await session.run('export WORK=x; declare -A table=([a]=1); numbers=(1 2); alias greet="echo hello"')
  for (const block of ['echo "$WORK"', 'echo again "$WORK"'])
    expect(await session.run(block, recovery)).toMatchObject({ err: '', exit: 0 })
})

test('the environment that is told of a recovery block is the one it gets', async () => {
  await session.run('export WORK=1; unset LANG')
  const { env, cwd } = session.executor.describe(session.order('true', recovery))
  expect(env).toContain('WORK')
  expect(env).not.toContain('LANG')
  expect(cwd).toBe(session.folder)
  const seen = (await session.run('compgen -e | sort', recovery)).out.trim().split('\n')
  expect(env.filter(name => !seen.includes(name))).toEqual([])
})
