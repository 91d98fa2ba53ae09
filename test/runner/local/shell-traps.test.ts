import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSession, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

/** Runs the blocks one after the other; the output of each. */
async function outOf(...blocks: string[]): Promise<string[]> {
  const outs = []
  for (const block of blocks) {
    const { out, err } = await session.run(block)
    expect(err).toBe('')
    outs.push(out)
  }
  return outs
}

describe('a trap that one block sets, the next ones have', () => {
  test.each([
    ['ERR', ["trap 'echo failed: $BASH_COMMAND' ERR", 'echo on', 'false'], ['', 'on\n', 'failed: false\n']],
    ['ERR, by another spelling', ["trap 'echo failed' err", 'false'], ['', 'failed\n']],
    [
      'ERR, within functions under set -E',
      ["set -E; trap 'echo failed $?' ERR; f() { return 3; }", 'f || echo caught', 'f'],
      ['', 'caught\n', 'failed 3\n'],
    ],
    ['ERR, set by a function', ["f() { trap 'echo failed' ERR; }; f", 'false'], ['', 'failed\n']],
    ['DEBUG', ['trap \'echo "> $BASH_COMMAND"\' DEBUG', 'echo a\necho b'], ['', '> echo a\na\n> echo b\nb\n']],
    [
      'DEBUG, within functions under set -T',
      ['set -T; f() { echo in; }; trap \'echo "> $BASH_COMMAND"\' DEBUG', 'f'],
      ['', '> f\n> f\n> echo in\nin\n'],
    ],
    ['RETURN, under set -T', ["set -T; trap 'echo back' RETURN; f() { :; }", 'f', 'f'], ['', 'back\n', 'back\n']],
    ['RETURN, and not for other functions without it', ["trap 'echo back' RETURN; f() { :; }; f", 'f'], ['', '']],
    ['that it was removed', ["trap 'echo failed' ERR", 'trap - ERR', 'trap -p; false'], ['', '', '']],
    [
      'that signals are ignored',
      ["trap '' INT", 'kill -INT $$; echo alive', 'trap -p INT'],
      ['', 'alive\n', "trap -- '' SIGINT\n"],
    ],
    [
      'as the ones that can be listed',
      ["trap 'echo a' ERR INT", 'trap -p ERR; trap', 'o=$(trap -p ERR); trap - ERR; eval "$o"; trap -p err'],
      ['', "trap -- echo\\ a ERR\ntrap -- 'echo a' SIGINT\ntrap -- echo\\ a ERR\n", 'trap -- echo\\ a ERR\n'],
    ],
  ])('%s', async (_, blocks, outs) => {
    expect(await outOf(...blocks)).toEqual(outs)
  })

  test('but EXIT, which belongs to its block, and what a subshell sets, which belongs to that', async () => {
    const blocks = ["trap 'echo bye' EXIT", "(trap 'echo in' ERR DEBUG EXIT)", 'trap -p; false']
    expect((await outOf(...blocks))[2]).toBe('')
  })
})

test('a DEBUG trap is told of the commands of its block and of none of ours, be it at the end of the block', async () => {
  const debug = 'trap \'echo "> $BASH_COMMAND"\' DEBUG'
  const blocks = [
    `${debug}; echo a`,
    'ulimit -c 0; trap "echo bye" EXIT; echo a',
    'set -T; trap "echo bye" EXIT; echo a',
  ]
  expect(await outOf(...blocks)).toEqual([
    '> echo a\na\n',
    '> ulimit -c 0\n> trap "echo bye" EXIT\n> echo a\na\n> echo a\nbye\n',
    '> set -T\n> trap "echo bye" EXIT\n> echo a\na\n> echo a\nbye\n',
  ])
})

test('an ERR trap is not called for what is ours, be it on a full file system', async () => {
  const result = await session.run("trap 'echo failed' ERR; trap 'echo bye' EXIT; ulimit -f 1; big=$(printf %05000d 1)")
  expect(result).toMatchObject({ out: 'bye\n', exit: 0 })
  expect(result.reports.find(({ kind }) => kind === 'left')).toMatchObject({ event: { state: 'before' } })
})
