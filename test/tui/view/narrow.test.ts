import { beforeEach, expect, test } from 'vitest'
import type { Runbook } from '../../../src/model/index.ts'
import { demoRunbook, demoSection, demoStep, runbookOf } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

/** What real runbooks have shown to be cut, misaligned or misleading where there is little room. */

let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})

const LONG = 'Verify that the tag is signed and correct, and that everybody on the call has seen its digest.'

async function screenAt(runbook: Runbook, position: string, columns: number, rows: number, scripts = {}) {
  const run = new FakeRun(runbook, clock, scripts).skipTo(position)
  const screen = new ScreenDriver(run, clock, { columns, rows })
  await screen.settle()
  return { run, screen }
}

function asking(kind: 'confirmation' | 'manual', more: Parameters<typeof demoStep>[3] = {}): Runbook {
  return runbookOf(
    [
      demoSection('1', LONG, [demoStep('1.1', kind, LONG, more)]),
      demoSection('2', 'Next one.', [demoStep('2.1', kind, LONG)]),
    ],
    [],
  )
}

test.each([60, 80])('at %i columns row 2 names the keys whole, and the title gives way', async columns => {
  const { screen } = await screenAt(asking('confirmation'), '1.1', columns, 20)
  expect(screen.needed).toMatch(/NEEDS YOU {2}1\.1 .*…: Space ticks, c cannot confirm$/)
})

test('at 60 columns the answers of a condition come before its words', async () => {
  const { screen } = await screenAt(asking('confirmation', { when: `if ${LONG}` }), '1.1', 60, 20)
  expect(screen.needed).toMatch(/NEEDS YOU {2}1\.1: y or n: "if Verify/)
})

test.each([60, 80, 120])('at %i columns the last row says how to get out, whatever else there is', async columns => {
  for (const position of ['1.1', '1.3', '1.4', '1.5', '1.6', '2.1', '2.2', '2.4', '2.6', '3.1']) {
    const { screen } = await screenAt(demoRunbook(), position, columns, 20)
    expect(screen.rows().at(-1)).toMatch(/ q pause {2}\? all keys $/)
  }
})

test('what lies over the walk has the keys that row 2 names', async () => {
  const { screen } = await screenAt(demoRunbook(), '2.1', 80, 24)
  const asked: string[] = []
  for (const key of ['?', 'o', 'd', 'a', 's', 'q', ':', 'enter']) {
    await screen.press(key).settle()
    asked.push(screen.needed.replace(/^.*: /, ''))
    await screen.press('esc').settle()
    await screen.press('esc').settle()
  }
  const [page, field] = ['Esc goes back to it', 'type, then Enter; Esc leaves']
  const phrase = 'type the phrase, then Enter; Esc leaves'
  expect(asked).toEqual([page, page, page, field, field, 'choose 1, 2 or 3, Enter takes 1', field, phrase])
})

test('steps below a heading without a number keep the end of their positions, by which they differ', async () => {
  const steps = [1, 2, 3].map(n => demoStep(`prerequisites.${n}`, 'confirmation', `Look ${n}`))
  const { screen } = await screenAt(
    runbookOf([demoSection('prerequisites', 'Prerequisites', steps)], []),
    'prerequisites.2',
    80,
    24,
  )
  const shown = screen.rows().join('\n')
  for (const n of [1, 2, 3]) expect(shown).toMatch(new RegExp(` prere…es\\.${n} `))
  expect(screen.rows()[0]).toContain('| Prerequisites |')
})

test('all rows of a title that is wrapped begin in one column', async () => {
  const { screen } = await screenAt(asking('manual'), '1.1', 60, 20)
  expect(screen.rows().join('\n')).toMatch(/^ 1\.1 Verify that .*\n \w/m)
})

test('at the end of a phase what it came to is in sight, however long its name is', async () => {
  const { run, screen } = await screenAt(asking('confirmation'), '1.1', 60, 20)
  await screen.press('space').settle()
  const steps = { passed: 1, failed: 0, skipped: 0, unknown: 0, open: 0 }
  const planned = { minMs: null, maxMs: null }
  run.emit({ kind: 'phase.end', phase: 'p1', result: 'passed', steps, ms: 1, planned, criteria: null, by: null })
  const shown = screen.rows().join('\n')
  expect(shown).toMatch(/^── 1 passed\. ─+\n Phase 1 Verify that .*\n.* complete$/m)
  expect(shown).toMatch(/^ Next: 2 Next one\.$/m)
})

test('the rows of the values stand in columns', async () => {
  const parameters = demoRunbook().parameters.map((parameter, index) => ({
    ...parameter,
    uses: Array.from({ length: index + 1 }, () => ({ line: 40 + index, column: 1 })),
  }))
  const { screen } = await screenAt({ ...demoRunbook(), parameters }, '1.6', 80, 24)
  await screen.press('f').settle()
  const places = screen
    .rows()
    .filter(row => row.includes('not given'))
    .map(row => [row.indexOf('not given'), row.indexOf('demo.md')])
  expect(places.length).toBeGreaterThan(1)
  for (const place of places) expect(place).toEqual(places[0])
})

test('what bash says of a failed line begins with what is wrong, not with the file that it was given', async () => {
  const claim = `/home/kim/.local/state/signoff/01a2/claims/${'deploy-'.repeat(20)}/deploy.sh`
  const lines = [`${claim}: line 150: pipx: command not found`]
  const { screen } = await screenAt(demoRunbook(), '2.2', 80, 24, { '2.2': { lines, exits: [127] } })
  await screen.press('enter').settle()
  expect(screen.rows().join('\n')).toMatch(/Error line 1.*\n {3}line 150: pipx: command not found\n/)
})

test('at 60 columns the places of the values give way to the values, whole', async () => {
  const parameters = demoRunbook().parameters.map(parameter => ({
    ...parameter,
    name: 'AKS_PRIMARY_CLUSTER_PUBLICIP_NAME',
    uses: Array.from({ length: 12 }, () => ({ line: 772, column: 1 })),
  }))
  const { screen } = await screenAt({ ...demoRunbook(), parameters }, '1.6', 60, 20)
  await screen.press('f').settle()
  const row = screen.rows().find(text => text.includes('not given')) ?? ''
  expect(row).not.toContain('demo.md')
  expect(row).not.toMatch(/…$/)
  expect(screen.rows().join('\n')).toContain('used at demo.md:772, demo.md:772')
})

test.each([
  [false, '↳'],
  [true, '~'],
])('a row of a script that goes on with the one above is marked, in ASCII %s', async (ascii, mark) => {
  const script = `rm -rf ${'/srv/payments/releases/'.repeat(3)}old\nls\n`
  const step = demoStep('1.1', 'task', 'Remove', { script, risk: 'change', environment: 'production' })
  const { screen } = await screenAt(runbookOf([demoSection('1', 'A', [step])], []), '1.1', 60, 24)
  for (const where of ['detail', 'review']) {
    const shown = screen.rows({ ascii }).join('\n')
    expect(shown, where).toMatch(new RegExp(`^ \\$ rm -rf .*\\n ${mark} \\S+old\\n {3}ls$`, 'm'))
    await screen.press('enter').settle()
  }
})
