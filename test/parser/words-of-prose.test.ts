import { describe, expect, test } from 'vitest'
import { readCondition } from '../../src/parser/conditions.ts'
import { waitIn } from '../../src/parser/constructs/wait.ts'
import { environmentIn, environmentOf } from '../../src/parser/environment.ts'
import { evidenceIn } from '../../src/parser/evidence.ts'
import { parseOwners, toApprovers } from '../../src/parser/owners.ts'
import { roleOf } from '../../src/parser/role.ts'
import { findSpan, parseDuration } from '../../src/parser/text/duration.ts'
import { repairDoubleEncoding } from '../../src/parser/text/encoding.ts'
import { parseHeading } from '../../src/parser/text/heading.ts'
import { slug, UniqueNames } from '../../src/parser/text/slug.ts'
import { asksToLook } from '../../src/parser/text/words.ts'

const MINUTE = 60_000

describe('words of prose', () => {
  test.each([
    ['10-15 minutes', 10 * MINUTE, 15 * MINUTE],
    ['1-3 business days', 1440 * MINUTE, 3 * 1440 * MINUTE],
    ['30 minutes', 30 * MINUTE, 30 * MINUTE],
    ['1 to 2 hours', 60 * MINUTE, 120 * MINUTE],
    ['an hour', 60 * MINUTE, 60 * MINUTE],
    ['Variable', null, null],
    ['the pods and disks', null, null],
  ])('the duration "%s"', (text, minMs, maxMs) => {
    expect(parseDuration(text)).toEqual({ minMs, maxMs, text })
    expect(findSpan(text)).toEqual(minMs === null ? null : { minMs, maxMs })
  })

  test.each([
    ['Wait 15 minutes', 15 * MINUTE],
    ['Monitor error rates for 1-2 hours', 60 * MINUTE],
    ['Set a timer for one hour', 60 * MINUTE],
    ['Wait for the reply', null],
    ['Monitor main branch CI for regressions', null],
    ['Monitor the pods and the disks', null],
    ['Schedule the review within 48 hours', null],
  ])('"%s" waits for a time, or is none', (text, durationMs) => {
    expect(waitIn(text)?.durationMs ?? null).toBe(durationMs)
  })

  test.each([
    ['Migrations applied (if applicable)', 'if applicable', 'Migrations applied'],
    ['Tell them (patch releases only)', 'patch releases only', 'Tell them'],
    ['If A: do B', 'If A', 'Do B'],
    ['If it fails, retry', 'If it fails', 'If it fails, retry'],
    ['For example this', null, 'For example this'],
    ['Check if it is up', null, 'Check if it is up'],
    ['Ask (first 30 minutes)', null, 'Ask (first 30 minutes)'],
  ])('the condition in "%s"', (text, when, title) => {
    expect(readCondition(text)).toEqual({ when, title })
  })

  test.each([
    ['API latency P95 < 2000ms', { name: 'API latency P95', op: '<', value: 2000, unit: 'ms' }],
    ['Redis cache hit rate > 80%', { name: 'Redis cache hit rate', op: '>', value: 80, unit: '%' }],
    ['Green for at least 10 minutes', { name: 'Green for', op: '>=', value: 10, unit: 'minutes' }],
    ['Minimum 2 approving reviews', { name: 'approving reviews', op: '>=', value: 2, unit: null }],
    ['Flag `FEAT_X=1` is set', null],
    ['Metrics (P50, P95, P99)', null],
    ['> 3', null],
  ])('the comparison in "%s"', (text, evidence) => {
    expect(evidenceIn(text)).toEqual(evidence)
  })

  test('environments: pre-production names none, and nothing takes production away', () => {
    expect(environmentIn('Production Deployment')).toBe('production')
    expect(environmentIn('Pre-Production Checklist')).toBeNull()
    expect(environmentIn('Staging smoke tests')).toBe('staging')
    expect(environmentIn('Run the tests')).toBeNull()
    expect(environmentOf('Promote the staging build', ['Production'], null)).toBe('production')
    expect(environmentOf('Deploy', ['Staging'], 'production')).toBe('production')
    expect(environmentOf('Deploy', [], 'staging')).toBe('staging')
  })

  test('roles of headings, in several languages, and none where the page itself is a rollback', () => {
    const page = { title: 'Release' }
    expect(roleOf('Rollback Plan', page)).toBe('recovery')
    expect(roleOf('回滚', page)).toBe('recovery')
    expect(roleOf('Retour arrière', page)).toBe('recovery')
    expect(roleOf('Rollback', { title: 'Rollback of the shop' })).toBeNull()
    expect(roleOf('Delete an obsolete database', page)).toBe('cleanup')
    expect(roleOf('Troubleshooting', page)).toBe('conditional')
    expect(roleOf('Useful Commands', page)).toBe('reference')
    expect(roleOf('When not to use this', page)).toBe('reference')
    expect(roleOf('Verify', page)).toBeNull()
    expect(roleOf('Production', page)).toBeNull()
  })

  test('owners are split, a bracket is a note, and an address is a principal', () => {
    expect(parseOwners('Ops Team + DBA')).toEqual(['Ops Team', 'DBA'])
    expect(parseOwners('A, B and C & D')).toEqual(['A', 'B', 'C', 'D'])
    expect(parseOwners('CODEOWNERS (Platform/Frontend)')).toEqual(['CODEOWNERS'])
    expect(parseOwners('Product/QA Team')).toEqual(['Product/QA Team'])
    expect(toApprovers(['a@b.org', 'DBA'])).toEqual([
      { role: null, principal: 'a@b.org' },
      { role: 'DBA', principal: null },
    ])
  })

  test('headings lose their number', () => {
    expect(parseHeading('Phase 1: Pre-Release')).toMatchObject({ number: '1', title: 'Pre-Release' })
    expect(parseHeading('3.3 Database')).toMatchObject({ number: '3.3', title: 'Database' })
    expect(parseHeading('2. Build')).toMatchObject({ number: '2', title: 'Build' })
    expect(parseHeading('D. Useful')).toMatchObject({ number: 'D', title: 'Useful' })
    expect(parseHeading('3 ways to deploy')).toMatchObject({ number: null, title: '3 ways to deploy' })
  })

  test('double encoding is repaired, and other letters are left alone', () => {
    expect(repairDoubleEncoding('Settings â†’ Database')).toBe('Settings → Database')
    expect(repairDoubleEncoding('ğŸš€ go')).toBe('🚀 go')
    for (const text of ['déjà vu', 'Ärger', 'Ñandú', 'İstanbul ğ ş', 'naïve café', '±5 °C'])
      expect(repairDoubleEncoding(text)).toBe(text)
  })

  test('slugs are safe names, cut at words, and handed out once', () => {
    expect(slug('Code Changes & PR', 60, 'x')).toBe('code-changes-pr')
    expect(slug('リリース', 60, 'section')).toBe('section')
    expect(slug('a long title that goes on', 12, 'x')).toBe('a-long-title')
    const names = new UniqueNames(['document'])
    expect([names.take('a'), names.take('a'), names.take('document'), names.take('a')]).toEqual([
      'a',
      'a-2',
      'document-2',
      'a-3',
    ])
  })

  test('the first word asks to look', () => {
    expect(['Verify it', 'Ensure CI is green', 'make sure it runs'].map(asksToLook)).toEqual([true, true, true])
    expect(['Deploy it', 'Check out the branch', 'Checkout'].map(asksToLook)).toEqual([false, false, false])
  })
})
