import { expect, test } from 'vitest'
import { conditionKey } from '../../src/model/index.ts'

test('one question is asked for "FINAL only", "only FINAL" and "Final:"', () => {
  expect(['FINAL only', 'only FINAL', 'Final:', 'final'].map(conditionKey)).toEqual(Array(4).fill('final'))
  expect(conditionKey('only')).toBe('only')
})
