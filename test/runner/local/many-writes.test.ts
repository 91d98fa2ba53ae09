import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSession, type SessionOfScripts } from './session-of-scripts.ts'

let session: SessionOfScripts
beforeEach(() => {
  session = openSession()
})
afterEach(() => session.end())

test('of a script that writes line by line, however often, nothing is lost', async () => {
  // Each of these reaches the copier as a read of its own while it keeps up: more than twice the 65,536 after which one ends.
  const { out, ended } = await session.run('for ((line = 0; line < 400000; line++)); do echo $line; done')
  expect(ended.end.streams[0]).toMatchObject({ lost: 0 })
  const lines = out.split('\n')
  expect(lines).toHaveLength(400_001)
  expect(lines.every((line, number) => line === '' || line === String(number))).toBe(true)
}, 60_000)

test('what a spool cannot take of many small writes is counted to the byte', async () => {
  const small = openSession({ spoolBytes: 1000 })
  try {
    const script =
      'for ((line = 1000; line < 1500; line++)); do echo $line; if ((line % 50 == 0)); then sleep 0.01; fi; done'
    const { out, exit, ended } = await small.run(script)
    expect(exit).toBe(0)
    expect(ended.end.streams[0]).toMatchObject({ bytes: 1000, lost: 1500 })
    expect(out.startsWith('1000\n1001\n')).toBe(true)
  } finally {
    small.end()
  }
})
