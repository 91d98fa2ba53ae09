import { expect, test } from 'vitest'
import { isProduction, phraseFor } from '../../src/model/index.ts'

test.each(['production', 'prod', 'Live', 'PRD'])('%s is production', name => {
  expect(isProduction(name)).toBe(true)
})

test.each([null, '', 'staging', 'pre-production', 'productions', 'non-prod'])('%s is not', name => {
  expect(isProduction(name)).toBe(false)
})

test.each([
  [null, null, 'v2'],
  ['staging', null, 'staging v2'],
  [null, 'staging', 'staging v2'],
  ['staging', 'qa', 'staging v2'],
  // The phrase names what is at stake: a run against production is never confirmed by a step's milder name.
  ['staging', 'production', 'production v2'],
  ['production', 'staging', 'production v2'],
])('a step of %s in a run of %s is confirmed by "%s"', (own, ofRun, phrase) => {
  expect(phraseFor(own, ofRun, 'v2')).toBe(phrase)
})
