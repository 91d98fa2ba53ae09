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

test('entries that are added and taken out read like those of a map', () => {
  const change = fc.tuple(fc.nat({ max: 200 }), fc.oneof(fc.constant('out' as const), fc.nat()))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 1000, size: 'max' }), changes => {
      const plain = new Map<number, number>()
      let layered = new LayeredMap<number, number>()
      for (const [key, value] of changes) {
        const before = layered
        const size = before.size
        layered = value === 'out' ? layered.without(key) : layered.with(key, value)
        if (value === 'out') plain.delete(key)
        else plain.set(key, value)
        expect(before.size).toBe(size)
        expect(layered.get(key)).toBe(plain.get(key))
        expect(layered.has(key)).toBe(plain.has(key))
        expect(layered.size).toBe(plain.size)
      }
      // A key that was taken out may come back elsewhere.
      expect(new Map(layered)).toEqual(plain)
      expect([...layered.keys()].toSorted()).toEqual([...plain.keys()].toSorted())
    }),
    { numRuns: 20 },
  )
})

test('keys stand in the order in which they came, whichever changes later and however many there are', () => {
  let layered = new LayeredMap<number, number>()
  for (let key = 0; key < 5000; key++) layered = layered.with(key, 0)
  for (let key = 4999; key >= 0; key -= 7) layered = layered.with(key, key)
  expect([...layered.keys()]).toEqual(Array.from({ length: 5000 }, (_, key) => key))
  expect(layered.size).toBe(5000)
})
