import { describe, expect, test } from 'vitest'
import { type Where, whereLine } from '../../../src/tui/text/where-row.ts'
import { widthOf } from '../../../src/tui/text/width.ts'

const WHERE: Where = {
  environment: 'production',
  production: true,
  release: 'v2.4.0',
  title: 'payments',
  phase: { position: '4', title: 'Production' },
  tails: [
    { parts: ['14/23 done, 1 skipped', '15:07:41', 'planned 15:40, ETA 16:10 (30m late)'], leavesNames: 20 },
    { parts: ['14/23 done, 1 skipped', '15:07:41', 'ETA 16:10'], leavesNames: 20 },
    { parts: ['14/23 done', '15:07:41', 'ETA 16:10'], leavesNames: 20 },
    { parts: ['14/23 done', '15:07:41'], leavesNames: 9 },
    { parts: ['14/23 done'], leavesNames: 0 },
  ],
}

function rowOf(columns: number, changes: Partial<Where> = {}, ascii = false): string {
  return whereLine({ ascii, columns }, { ...WHERE, ...changes })
    .map(({ text }) => text)
    .join('')
}

test.each([
  [
    120,
    ' PRODUCTION | payments v2.4.0 | 4 Production | 14/23 done, 1 skipped | 15:07:41 | planned 15:40, ETA 16:10 (30m late)',
  ],
  [100, ' PRODUCTION | payments v2.4.0 | 4 Production | 14/23 done, 1 skipped | 15:07:41 | ETA 16:10'],
  [80, ' PRODUCTION | payments v2.4.0 | 4 Production | 14/23 done | 15:07:41 | ETA 16:10'],
  [72, ' PRODUCTION | payments v2.4.0 | 4 Production | 14/23 done | 15:07:41'],
  [60, ' PRODUCTION | payme… v2.4.0 | 4 Pro… | 14/23 done | 15:07:41'],
])('at %i columns it says what there is room for', (columns, row) => {
  expect(rowOf(columns)).toBe(row)
})

describe('at 60 columns', () => {
  test('release and environment are whole, however long the names of runbook and phase are', () => {
    const row = rowOf(60, {
      title: 'Coordinated release of the payments platform and everything that depends on it',
      phase: { position: '12', title: 'Production, region by region, the smallest one first' },
    })
    expect(row).toBe(' PRODUCTION | Coord… v2.4.0 | 12 Pr… | 14/23 done | 15:07:41')
  })

  test('a long release takes the room of the clock and of the names, and never that of the environment', () => {
    const row = rowOf(60, { release: '2026-11-26-payments-hotfix.3' })
    expect(row).toBe(' PRODUCTION | 2026-11-26-payments-hotfix.3 | 4 | 14/23 done')
  })

  test('of a release that has no room both ends are shown, since that is where releases differ', () => {
    const release = `release/2026-11/${'payments-'.repeat(6)}hotfix.3`
    const row = rowOf(60, { release })
    expect(row).toMatch(/^ PRODUCTION \| release\/2026-11\/.*….*payments-hotfix\.3$/)
    expect(widthOf(row)).toBe(60)
  })

  test('an environment with a long name leaves half of the row', () => {
    const row = rowOf(60, { environment: 'production-eu-west-1-blue-with-a-tail' })
    expect(row).toMatch(/^ PRODUCTION-EU-WEST-1-BLUE-WIT… \| v2\.4\.0 \| /)
  })

  test('wide letters are counted as the two cells that they take', () => {
    const row = rowOf(60, {
      title: '決済サービスのリリース手順書',
      phase: { position: '4', title: '本番環境への展開' },
    })
    expect(row).toMatch(/^ PRODUCTION \| 決済… v2\.4\.0 \| 4 本… \| 14\/23 done \| 15:07:41$/)
    expect(widthOf(row)).toBeLessThanOrEqual(60)
  })
})

test('whatever there is, no row is wider than the terminal, and ASCII stays ASCII', () => {
  for (let columns = 60; columns <= 130; columns++)
    for (const title of ['a', 'payments', 'A title that is as long as titles of runbooks are', '支払い'])
      for (const release of ['1', 'v2.4.0', '2026-11-26-payments-hotfix.3'])
        for (const ascii of [false, true]) {
          const row = rowOf(columns, { title, release }, ascii)
          expect(widthOf(row)).toBeLessThanOrEqual(columns)
          expect(row).toContain(`${release} | 4`)
          if (ascii) expect(row).toMatch(/^[\x20-\x7e]*$/)
        }
})
