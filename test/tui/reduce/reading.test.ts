import { beforeEach, describe, expect, test } from 'vitest'
import type { RunRecord } from '../../../src/tui/output/record.ts'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})

/** The entries of a fake run as its record. */
function recordOf(run: FakeRun): RunRecord {
  return {
    async *read(from, wanted) {
      let place = from
      for (; place < run.entries.length; place++) {
        const entry = run.entries[place]
        if (entry === undefined) break
        const { event } = entry
        const isOutput = event.kind === 'output' || event.kind === 'output.late'
        const isWanted =
          wanted.kind === 'events'
            ? !isOutput
            : isOutput && event.step === wanted.step && event.attempt === wanted.attempt
        if (isWanted) yield { entry, place }
      }
      return place
    },
  }
}

const LINES = Array.from({ length: 12_000 }, (_, line) => (line % 4000 === 7 ? `ERROR in ${line}` : `line ${line}`))

async function walk(size = { columns: 80, rows: 24 }) {
  const run = new FakeRun(demoRunbook(), clock, { '1.1': { lines: LINES }, '1.2': { slow: true } })
  const screen = new ScreenDriver(run, clock, size, recordOf(run))
  await screen.settle()
  await screen.press('enter').settle()
  return { run, screen, shown: () => screen.rows().join('\n') }
}

describe('the log', () => {
  test('it shows the whole output of a step that ended, also what the memory of the pane has let go', async () => {
    const { screen, shown } = await walk()
    screen.press('k')
    await screen.press('L').settle()
    expect(shown()).toMatch(/output of 1\.1 Look around[\s\S]*line 11999/)
    await screen.press('g').settle()
    expect(shown()).toMatch(/lines 1 to 18 of 12000[\s\S]*line 0\n line 1|lines 1 to 18 of 12000[\s\S]*line 0\nline 1/)
    await screen.press('pagedown').settle()
    expect(shown()).toContain('lines 19 to 36 of 12000')
    await screen.press('G').settle()
    expect(shown()).toContain('line 11999')
  })

  test('a search counts what it finds in all of it, and n and N go on from there', async () => {
    const { screen, shown } = await walk()
    screen.press('k')
    await screen.press('L').settle()
    screen.press('/')
    await screen.type('error').press('enter').settle()
    expect(shown()).toMatch(/match 1 of 3[\s\S]*ERROR in 7\n/)
    await screen.press('n').settle()
    expect(shown()).toMatch(/match 2 of 3[\s\S]*ERROR in 4007/)
    await screen.press('N').settle()
    expect(shown()).toMatch(/match 1 of 3/)
    await screen.press('N').settle()
    expect(shown()).toMatch(/match 3 of 3[\s\S]*ERROR in 8007/)
  })

  test('E goes to the next line that looks like an error', async () => {
    const { screen, shown } = await walk()
    screen.press('k')
    await screen.press('L').settle()
    await screen.press('g').settle()
    await screen.press('E').settle()
    expect(shown()).toMatch(/error-like line 1 of 3[\s\S]*ERROR in 7/)
  })

  test('what is not there is said, and the search stays where it was', async () => {
    const { screen } = await walk()
    screen.press('k')
    await screen.press('L').settle()
    screen.press('/')
    await screen.type('nowhere').press('enter').settle()
    expect(screen.needed).toContain('"nowhere" is not found')
  })

  test('letters typed for a search answer nothing, and Esc closes the field before the log', async () => {
    const { run, screen } = await walk()
    screen.press('k')
    await screen.press('L').settle()
    screen.press('/').type('q')
    screen.press('esc')
    expect(screen.state.dialog?.kind).toBe('log')
    screen.press('esc')
    expect(screen.state.dialog).toBeNull()
    expect(run.said).toHaveLength(1)
  })

  test('beside the walk: a search pauses a script that runs, new lines are counted, F follows again', async () => {
    const { run, screen, shown } = await walk({ columns: 120, rows: 40 })
    await screen.press('enter').settle()
    for (let line = 0; line < 200; line++) run.output(`${line === 3 ? 'an error' : 'building'} ${line}\n`)
    await screen.settle()
    expect(shown()).toMatch(/output of 1\.2.*200 lines.*FOLLOWING/)
    screen.press('/')
    await screen.type('err').press('enter').settle()
    expect(shown()).toMatch(/match 1 of 1/)
    await screen.press('pageup').settle()
    run.output('more\n'.repeat(318))
    await screen.settle()
    expect(shown()).toMatch(/PAUSED, 318 new lines, F follows/)
    await screen.press('F').settle()
    expect(shown()).toMatch(/518 lines.*FOLLOWING/)
  })

  test('long lines are cut with a mark, and w wraps them', async () => {
    const run = new FakeRun(demoRunbook(), clock, { '1.1': { lines: [`${'x'.repeat(200)}end`] } })
    const screen = new ScreenDriver(run, clock, { columns: 80, rows: 24 }, recordOf(run))
    await screen.settle()
    await screen.press('enter').settle()
    screen.press('k')
    await screen.press('L').settle()
    expect(screen.rows().join('\n')).not.toContain('xend')
    await screen.press('w').settle()
    expect(screen.rows().join('\n')).toContain('xend')
  })

  test('[ and ] go to the output before and after; each attempt has its own', async () => {
    const scripts = { '2.2': { lines: ['smoke'], exits: [1, 0] } }
    const run = new FakeRun(demoRunbook(), clock, scripts).skipTo('2.2')
    const screen = new ScreenDriver(run, clock, { columns: 100, rows: 24 }, recordOf(run))
    await screen.settle()
    await screen.press('enter').settle()
    await screen.press('r').settle()
    await screen.press('enter').settle()
    await screen.press('enter').settle()
    screen.press('k')
    await screen.press('L').settle()
    expect(screen.rows().join('\n')).toMatch(/output of 2\.2 Smoke test, attempt 2 of 2.*passed/)
    await screen.press('[').settle()
    expect(screen.rows().join('\n')).toMatch(/attempt 1 of 2.*earlier attempt/)
    await screen.press('[').settle()
    expect(screen.needed).toContain('this is the first output')
  })
})

describe('the transcript', () => {
  test('T shows what has happened as sentences, with reasons, and is searched', async () => {
    const { screen, shown } = await walk()
    await screen.press('s').settle()
    await screen.type('not needed today').press('enter').settle()
    await screen.press('T').settle()
    expect(shown()).toMatch(/Step 1\.1 passed after/)
    expect(shown()).toMatch(/Step 1\.2 skipped by kim@example\.com: not needed today/)
    screen.press('/')
    await screen.type('skipped').press('enter').settle()
    expect(shown()).toMatch(/match 1 of/)
    screen.press('esc')
    expect(screen.state.dialog).toBeNull()
  })

  test('what happens while it is read is added to it', async () => {
    const { run, screen, shown } = await walk()
    await screen.press('T').settle()
    run.emit({ kind: 'note', step: null, text: 'from elsewhere', by: 'ann@example.com' })
    await screen.settle()
    expect(shown()).toContain('Note by ann@example.com: from elsewhere')
  })
})

test('what fails shows the line that looks like its error', async () => {
  const scripts = { '2.2': { lines: ['checking', 'curl: (7) Connection refused', 'giving up'], exits: [7] } }
  const run = new FakeRun(demoRunbook(), clock, scripts).skipTo('2.2')
  const screen = new ScreenDriver(run, clock, { columns: 120, rows: 40 }, recordOf(run))
  await screen.settle()
  await screen.press('enter').settle()
  expect(screen.needed).toContain('FAILED 2.2, exit 7 after')
  expect(screen.rows().join('\n')).toMatch(/Error line 2, E shows it[\s\S]*curl: \(7\) Connection refused/)
})

test('y copies the script as it would run; in the log the lines that are seen, and after a search the one found', async () => {
  const { screen } = await walk()
  await screen.press('y').settle()
  expect(screen.copied).toEqual(['sleep 2\n'])
  screen.press('k')
  await screen.press('L').settle()
  screen.press('/')
  await screen.type('ERROR in 4007').press('enter').settle()
  await screen.press('y').settle()
  expect(screen.copied.at(-1)).toBe('ERROR in 4007\n')
})
