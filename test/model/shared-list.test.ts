import { expect, test } from 'vitest'
import { SharedList } from '../../src/model/shared-list.ts'

test('a list with one item more leaves the list before it as it was', () => {
  const one = new SharedList<string>().with('a')
  const two = one.with('b')
  expect([...one]).toEqual(['a'])
  expect([...two]).toEqual(['a', 'b'])
  expect([one.length, one.at(-1), one.at(1), one.at(-2)]).toEqual([1, 'a', undefined, undefined])
  expect([two.length, two.at(-1), two.at(0)]).toEqual([2, 'b', 'a'])
})

test('two lists that grow out of one do not see what the other one has', () => {
  const stem = new SharedList<string>().with('a')
  const left = stem.with('left').with('more')
  const right = stem.with('right')
  expect([...stem]).toEqual(['a'])
  expect([...left]).toEqual(['a', 'left', 'more'])
  expect([...right]).toEqual(['a', 'right'])
  expect([...left.with('end')]).toEqual(['a', 'left', 'more', 'end'])
})

test('an empty list that everybody starts from stays empty', () => {
  const empty = new SharedList<number>()
  expect([...empty.with(1)]).toEqual([1])
  expect([...empty.with(2)]).toEqual([2])
  expect(empty.length).toBe(0)
})

test('what is asked of a list is answered for its own items alone', () => {
  const list = new SharedList([1, 2, 3])
  list.with(4)
  expect(list.map(item => item * 2)).toEqual([2, 4, 6])
  expect(list.flatMap(item => (item === 2 ? [] : [item]))).toEqual([1, 3])
  expect(list.filter(item => item > 1)).toEqual([2, 3])
  expect(list.slice(1)).toEqual([2, 3])
  expect([list.find(item => item > 3), list.some(item => item > 3)]).toEqual([undefined, false])
})
