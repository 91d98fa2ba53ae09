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
