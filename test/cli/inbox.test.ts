import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openInbox } from '../../src/cli/inbox.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signoff-inbox-'))
  mkdirSync(join(root, 'run'))
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

test('an approval that two sweeps see at the same moment is taken once, and its file goes', async () => {
  writeFileSync(join(root, 'run', '3.1.abc.approval.json'), '{}\n')
  const inbox = openInbox(root, 'run')
  const taken: string[] = []
  const take = async (text: string): Promise<void> => {
    taken.push(text)
  }
  await Promise.all([inbox.sweep(take), inbox.sweep(take), inbox.sweep(take)])
  expect(taken).toEqual(['{}\n'])
  expect(readdirSync(join(root, 'run'))).toEqual([])
})
