import { expect, test } from 'vitest'
import { type InkKey, keysOf } from '../../../src/tui/state/key-press.ts'

const NONE: InkKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
}
const names = (input: string, key: Partial<InkKey> = {}) => keysOf(input, { ...NONE, ...key }).map(({ name }) => name)

test('one read with a text and its Enter is its graphemes and an Enter', () => {
  expect(names('y\r')).toEqual(['y', 'enter'])
  expect(names('v1\r')).toEqual(['v', '1', 'enter'])
  expect(names('\r\r')).toEqual(['enter', 'enter'])
  expect(names('\n')).toEqual(['enter'])
  expect(names('\r\n')).toEqual(['enter'])
})

test('a key that Ink names is one key, whatever comes with it', () => {
  expect(names('', { return: true })).toEqual(['enter'])
  expect(names('', { upArrow: true })).toEqual(['up'])
  expect(names('', { tab: true, shift: true })).toEqual(['shift-tab'])
  expect(names('', { escape: true })).toEqual(['esc'])
  expect(names('c', { ctrl: true })).toEqual(['ctrl-c'])
})

test('chords and sequences that are no key of ours are no key at all', () => {
  expect(names('y', { meta: true })).toEqual([])
  expect(names('b', { ctrl: true })).toEqual([])
  expect(names('[A', { escape: true })).toEqual([])
  expect(names('\u0007\u200b\ufffd')).toEqual([])
})

test('a grapheme is one key, however many characters it has', () => {
  expect(names('é👩‍💻')).toEqual(['é', '👩‍💻'])
  expect(names(' ')).toEqual(['space'])
})

test('a control key that came in one read with a text is that key still', () => {
  expect(names('\u00154.2')).toEqual(['ctrl-u', '4', '.', '2'])
  expect(names('ab\u007f')).toEqual(['a', 'b', 'backspace'])
  expect(names('j\u0003')).toEqual(['j', 'ctrl-c'])
})
