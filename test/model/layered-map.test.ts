import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LayeredMap } from '../../src/model/layered-map.ts'

test('any number of changes reads like those changes to a map, and leaves the maps before it alone', () => {
  const key = fc.integer({ min: 0, max: 9 }).map(String)
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.integer()), { maxLength: 400 }), changes => {
      const before = new LayeredMap(new Map(Array.from({ length: 10 }, (_, i) => [String(i), -1])))
      const plain = new Map(before)
      let layered = before
      for (const [name, value] of changes) {
        plain.set(name, value)
        layered = layered.changed(name, value)
      }
      expect([...layered]).toEqual([...plain])
      expect([...layered.values()]).toEqual([...plain.values()])
      expect([...layered.keys()].map(name => layered.get(name))).toEqual([...plain.values()])
      expect([...before.values()]).toEqual(Array(10).fill(-1))
    }),
  )
})

test('more changed keys than one layer holds are all kept', () => {
  let layered = new LayeredMap(new Map(Array.from({ length: 1000 }, (_, i) => [i, 0])))
  for (let i = 0; i < 1000; i++) layered = layered.changed(i, i)
  expect([...layered.values()]).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  expect(layered.size).toBe(1000)
  expect(() => layered.changed(1000, 1)).toThrow(RangeError)
})
