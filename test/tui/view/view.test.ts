import { expect, test } from 'vitest'
import { widthOf } from '../../../src/tui/text/width.ts'
import { askingForOrg, demoRunbook, demoSection, demoStep, longRunbook, runbookOf } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

const SIZES = [
  [60, 15],
  [80, 24],
  [99, 30],
  [100, 24],
  [120, 40],
  [200, 50],
] as const

async function screenAt(
  position: string,
  runbook = demoRunbook(),
  scripts: ConstructorParameters<typeof FakeRun>[2] = {},
  environment: string | null = null,
) {
  const clock = new FakeClock()
  const run = new FakeRun(runbook, clock, scripts, environment).skipTo(position)
  const screen = new ScreenDriver(run, clock)
  await screen.settle()
  return { run, screen, clock }
}

test.each(SIZES)(
  'at %ix%i every state of the demo fills exactly the screen, and no row is wider',
  async (columns, rows) => {
    for (const position of ['1.1', '1.3', '1.4', '1.5', '1.6', '2.1', '2.4', '2.6', '2.7', '3.1', 'none']) {
      const { screen } = await screenAt(position, demoRunbook(), {
        '1.1': { lines: ['x'.repeat(300), '日本'.repeat(90)] },
      })
      screen.resize(columns, rows)
      const keysToTry = position === '2.1' ? ['enter', 's', 'x', '?', 'o', 'q'] : ['enter', '?']
      const check = () => {
        const shown = screen.rows()
        expect(shown).toHaveLength(rows)
        for (const row of shown) expect(widthOf(row)).toBeLessThanOrEqual(columns)
        expect(shown.at(-1)).toMatch(/\? all keys|Esc close|close/)
      }
      check()
      for (const key of keysToTry) {
        await screen.press(key).settle()
        check()
        await screen.press('esc').settle()
      }
    }
  },
)

test('row 1 says where we are, row 2 what is needed and its key, the last row the keys', async () => {
  const { screen } = await screenAt('2.1')
  const rows = screen.rows()
  expect(rows[0]).toMatch(
    /^ PRODUCTION \| payments v2\.4\.0 \| 2 Production \| 6\/12 done \| \d\d:\d\d:\d\d( \| ETA after \d\d:\d\d)?$/,
  )
  expect(rows[1]).toBe(' ▸ READY  2.1 Set the new image: Enter opens the review')
  expect(rows.at(-1)).toMatch(/^ Enter review {2}.*\? all keys $/)
})

test('at 80 columns row 2 of a gate holds the whole command that opens it', async () => {
  const { screen } = await screenAt('3.1')
  expect(screen.rows()[1]).toMatch(
    /^ ⚑ NEEDS APPROVAL {2}3\.1: 0 of \d, by {2}signoff approve [0-9a-f]{8}-[0-9a-f]{4} 3\.1$/,
  )
})

test('production is inverse, and outside it nothing is', async () => {
  const { screen } = await screenAt('2.1')
  expect(screen.rows({ color: false })[0]).toMatch(/^\u001b\[7m PRODUCTION \u001b\[0m/)
  const outside = await screenAt('1.1')
  expect(outside.screen.rows({ color: false })[0]).not.toContain('\u001b[7m')
})

test('a run in production says so in row 1, also at a step that the runbook gives to staging', async () => {
  const { screen } = await screenAt('1.1', askingForOrg('staging'), {}, 'production')
  expect(screen.rows()[0]).toMatch(/^ PRODUCTION \|/)
})

test('without colour no colour is set, and the selected row still has its mark', async () => {
  const { screen } = await screenAt('1.3')
  const plain = screen.rows({ color: false }).join('\n')
  expect(plain).not.toMatch(/\u001b\[[0-9;]*(3[0-7]|4[0-7]|9[0-7]|38|48)m/)
  expect(plain).toMatch(/> 1\.3/)
  expect(screen.rows({ color: true }).join('\n')).toContain('\u001b[7;33m')
})

test('in ASCII no byte above 0x7f is drawn, whatever the runbook holds', async () => {
  const runbook = runbookOf(
    [demoSection('1', 'Vorbereitung → ü', [demoStep('1.1', 'task', '部署 ✔', { script: 'echo "→"\n' })])],
    [],
  )
  const { screen } = await screenAt('1.1', runbook)
  const shown = screen.rows({ ascii: true }).join('\n')
  expect(shown).toMatch(/^[\x20-\x7e\n]*$/)
  expect(shown).toContain('[>] ready')
})

test('the thirteen states are told by symbol and word', async () => {
  const { run, screen } = await screenAt('1.2', demoRunbook(), { '1.2': { slow: true } })
  await screen.press('enter').settle()
  expect(screen.rows().join('\n')).toMatch(/1\.2 .*↻ running/)
  run.finish(1)
  expect(screen.rows().join('\n')).toMatch(/1\.2 .*✖ failed, exit 1/)
  expect(screen.rows().join('\n')).toMatch(/1\.1 .*∅ not applicable/)
  expect(screen.rows().join('\n')).toMatch(/1\.3 .*◌ pending/)
  run.emit({ kind: 'step.skip', step: 's1.2', why: 'person', reason: 'r', by: 'kim' })
  expect(screen.rows().join('\n')).toMatch(/1\.2 .*↷ skipped/)
  expect(screen.rows().join('\n')).toMatch(/1\.3 .*⚑ needs you/)
})

test('a script with escape and bidi characters is shown as what it is, in detail and review', async () => {
  const script = 'echo \u202eevil\u001b[2J\n'
  const production = { environment: 'production', risk: 'change' as const }
  const { screen } = await screenAt(
    '1.1',
    runbookOf(
      [demoSection('1', 'A\u001b]0;t\u0007', [demoStep('1.1', 'task', 'T\u202e', { script, ...production })])],
      [],
    ),
  )
  await screen.press('enter').settle()
  const shown = screen.rows().join('\n')
  expect(shown).toContain('echo \\u202eevil\\x1b[2J')
  expect(shown).not.toMatch(/[\u001b\u202e\u0007]/)
})

test('a long script under review is never cut: its rows are counted, and the phrase stays in sight', async () => {
  const script = Array.from({ length: 60 }, (_, line) => `echo ${line} ${'x'.repeat(100)}`).join('\n')
  const runbook = runbookOf(
    [demoSection('1', 'A', [demoStep('1.1', 'task', 'T', { script, risk: 'change', environment: 'production' })])],
    [],
  )
  const { screen } = await screenAt('1.1', runbook)
  await screen.press('enter').settle()
  expect(screen.rows().join('\n')).toMatch(/rows 1 to \d+ of \d+: PgUp PgDn/)
  expect(screen.rows().join('\n')).toContain('Type  production v2.4.0')
  for (let page = 0; page < 30; page++) screen.press('pagedown')
  expect(screen.rows().join('\n')).toContain('echo 59')
})

test('what values have filled is marked in the review', async () => {
  const { screen } = await screenAt('1.6')
  await screen.press('f').settle()
  await screen.type('4.2.0').press('enter').settle()
  await screen.press('enter').settle()
  expect(screen.rows({ color: false }).join('\n')).toContain('docker tag app app:\u001b[4m4.2.0\u001b[0m')
})

test('below 60x15 it says so, and the run goes on underneath', async () => {
  const { screen } = await screenAt('1.1')
  screen.resize(52, 12)
  expect(screen.rows()).toHaveLength(12)
  expect(screen.rows().join('')).toContain('Terminal too small (52x12), Signoff needs 60x15.')
})

test('a script that runs, and one that ran, is shown with the values that it got', async () => {
  const { run, screen } = await screenAt('1.6', demoRunbook(), { '1.6': { slow: true } })
  await screen.press('f').settle()
  await screen.type('4.2.0').press('enter').settle()
  await screen.press('enter').settle()
  await screen.press('enter').settle()
  expect(screen.rows()[1]).toContain('y is yes')
  await screen.press('y').settle()
  expect(screen.rows()[1]).toContain('RUNNING  1.6')
  expect(screen.rows().join('\n')).toContain('docker tag app app:4.2.0')
  run.finish(3)
  await screen.settle()
  expect(screen.rows()[1]).toContain('FAILED 1.6')
  expect(screen.rows().join('\n')).toContain('docker tag app app:4.2.0')
  expect(screen.rows().join('\n')).not.toContain('<version>')
})

test('the output pane follows, stops when it is scrolled, and follows again on F', async () => {
  const { run, screen } = await screenAt('1.1', demoRunbook(), {
    '1.1': { lines: Array.from({ length: 100 }, (_, line) => `line ${line}`), slow: true },
  })
  await screen.press('enter').settle()
  expect(screen.rows().join('\n')).toMatch(/output of 1\.1 .*100 lines.*FOLLOWING[\s\S]*line 99/)
  screen.press('tab', 'tab', 'pageup')
  run.output('more\nand more\n')
  await screen.settle()
  expect(screen.rows().join('\n')).toMatch(/PAUSED, 2 new lines, F follows/)
  expect(screen.rows().join('\n')).not.toContain('line 99')
  screen.press('F')
  expect(screen.rows().join('\n')).toMatch(/102 lines.*FOLLOWING[\s\S]*and more/)
})

test('a question leaves the output in sight, since that is what it asks about', async () => {
  const { screen } = await screenAt('1.4', demoRunbook(), { '1.4': { lines: ['lag 2 s'] } })
  await screen.press('u').settle()
  await screen.press('space').settle()
  expect(screen.rows().join('\n')).toMatch(/What was observed\?[\s\S]*output of 1\.4[\s\S]*lag 2 s/)
})

test('a runbook of 10,000 steps is drawn by its visible rows: a key to its view takes a few milliseconds', async () => {
  const { screen } = await screenAt('1.1', longRunbook(10_000))
  screen.press('G')
  expect(screen.rows().join('\n')).toContain('> 1.10000')
  const from = process.cpuUsage()
  for (let press = 0; press < 20; press++) {
    screen.press('k')
    screen.rows()
  }
  // Its own work, whatever else the machine does.
  expect(process.cpuUsage(from).user / 1000 / 20).toBeLessThan(50)
})

test('help names every key of the walk, with why it cannot be used now', async () => {
  const { screen } = await screenAt('1.3')
  await screen.resize(120, 60).settle()
  screen.press('?')
  const shown = screen.rows().join('\n')
  expect(shown).toMatch(/ Answer\n/)
  expect(shown).toMatch(/Space +ticks the confirmation, one a press/)
  expect(shown).toMatch(
    /r +readies a failed step for a new attempt.*not now: 1\.3: only a failed step can be tried again/,
  )
})

test('a secret is shown as one star a key, and nowhere else', async () => {
  const runbook = runbookOf(
    [demoSection('1', 'A', [demoStep('1.1', 'task', 'T', { script: 'deploy\n', needs: ['TOKEN'] })])],
    [],
  )
  const { run, screen } = await screenAt('1.1', runbook)
  await screen.press('f').settle()
  screen.type('s3cr3t-xyz')
  expect(screen.rows().join('\n')).toContain('> **********')
  expect(screen.rows().join('\n')).not.toContain('s3cr3t')
  await screen.press('enter').settle()
  expect(run.said).toEqual([{ kind: 'value', name: 'TOKEN', value: 's3cr3t-xyz' }])
  expect(screen.rows().join('\n')).not.toContain('s3cr3t')
})

test('the finish screen gives the result, the counts and the next command', async () => {
  const { screen } = await screenAt('none')
  const shown = screen.rows().join('\n')
  expect(shown).toMatch(/Result +passed/)
  expect(shown).toContain('signoff verify --all')
})

test('what stands under the headings around a step is shown with it', async () => {
  const inner = demoSection('1.1', 'Inner', [demoStep('1.1.1', 'manual', 'A'), demoStep('1.1.2', 'manual', 'B')], {
    metadata: [{ key: 'When', value: 'after the freeze' }],
  })
  const outer = demoSection('1', 'Outer', [], { sections: [inner], metadata: [{ key: 'Ticket', value: 'CHG-1' }] })
  const { screen } = await screenAt('1.1.2', runbookOf([outer], []))
  expect(screen.resize(120, 40).rows().join('\n')).toMatch(/Ticket: CHG-1[\s\S]*When: after the freeze/)
})

test('a criterion beyond its limit is not met at the gate, though somebody confirmed it with a reason', async () => {
  const { run, screen } = await screenAt('1.4')
  await screen.press('space').settle()
  await screen.type('7').press('enter').settle()
  await screen.press('3').settle()
  await screen.type('within noise').press('enter').settle()
  for (const id of ['s1.5', 's1.6', 's2.1', 's2.2', 's2.4', 's2.6', 's2.7'])
    run.emit({ kind: 'step.skip', step: id, why: 'person', reason: 'x', by: 'kim' })
  await screen.settle()
  const shown = screen.resize(120, 40).rows().join('\n')
  expect(shown).toMatch(
    /Criteria +✖ NOT met +1\.4 Replica lag below 5 s: 7 s \(< 5 s\)[\s\S]*◌ not applicable +1\.3 On-call channel told/,
  )
  expect(shown).toContain('A GO now needs a reason of whoever signs it.')
})

test('at 80x24 what an earlier step has said gives way to what is asked now', async () => {
  const lines = Array.from({ length: 30 }, (_, line) => `line ${line}`)
  const { run, screen } = await screenAt('1.1', demoRunbook(), { '1.1': { lines } })
  await screen.press('enter').settle()
  for (const id of ['s1.2', 's1.3', 's1.4', 's1.5', 's1.6', 's2.1', 's2.2', 's2.4', 's2.6', 's2.7'])
    run.emit({ kind: 'step.skip', step: id, why: 'person', reason: 'x', by: 'kim' })
  await screen.settle()
  const shown = screen.rows().join('\n')
  expect(shown).toMatch(/Approvals[\s\S]*They run[\s\S]*operates this run and cannot approve it[\s\S]*Criteria/)
})

test('however long a message, it stays in sight what is needed', async () => {
  const { screen } = await screenAt('1.3')
  screen.state = { ...screen.state, message: 'x'.repeat(200) }
  for (const [columns, rows] of SIZES) expect(screen.resize(columns, rows).needed).toMatch(/^ x+… {3}⚑ NEEDS YOU/)
})
