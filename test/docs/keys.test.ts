import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { KEYS_PAGE } from '../../scripts/write-keys.ts'
import { keysPage, keysText } from '../../src/cli/render/keys-text.ts'
import { ACTION_LIST, DEFAULT_KEYS, keyMapOf } from '../../src/tui/scene/actions.ts'

test('docs/keys.md is what `npm run keys` writes', () => {
  expect(readFileSync(KEYS_PAGE, 'utf8')).toBe(keysPage(DEFAULT_KEYS))
})

test('help lists every action that has a key, under its name', () => {
  const text = keysText(DEFAULT_KEYS)
  for (const [name, { keys }] of ACTION_LIST) if (keys.length > 0) expect(text).toContain(`[${name}]`)
  expect(text).toMatch(/^ {2}s +passes a step over.*\[skip\]$/m)
})

test('help shows the keys as they were moved', () => {
  const keys = keyMapOf({ skip: 'S' })
  if (!(keys instanceof Map)) throw new Error('the keys were refused')
  expect(keysText(keys)).toMatch(/^ {2}S +passes a step over/m)
})
