import { expect, test } from 'vitest'
import { randomIds, randomToken, uuidv7 } from '../../../src/runner/local/index.ts'

test('a run id is a UUID of version 7, in lower case, and sorts by time', () => {
  const nowMs = Date.UTC(2026, 10, 22, 14, 50)
  expect(uuidv7(nowMs)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(uuidv7(nowMs).replace('-', '').slice(0, 12), 16)).toBe(nowMs)
  expect(uuidv7(nowMs) < uuidv7(nowMs + 1)).toBe(true)
  expect(uuidv7(nowMs)).not.toBe(uuidv7(nowMs))
})

test('challenges and salts are 16 random bytes in base64url', () => {
  for (const token of [randomToken(), randomIds().challenge()]) {
    expect(token).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(Buffer.from(token, 'base64url')).toHaveLength(16)
  }
})
