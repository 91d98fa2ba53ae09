import { beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../../src/model/index.ts'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})

async function at(position: string, runbook = demoRunbook(), scripts: ConstructorParameters<typeof FakeRun>[2] = {}) {
  const run = new FakeRun(runbook, clock, scripts).skipTo(position)
  const screen = new ScreenDriver(run, clock)
  await screen.settle()
  return { run, screen, shown: () => screen.rows().join('\n') }
}

describe('a blocker', () => {
  test('b blocks the selected step, says so wherever it is shown, and lifts it again with a reason', async () => {
    const { run, screen, shown } = await at('1.2')
    screen.press('j')
    await screen.press('b').settle()
    await screen.type('wait for the database').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'block', step: 's1.3', reason: 'wait for the database' }])
    expect(shown()).toMatch(/1\.3 .*blocked by a note/)
    await screen.press('enter').settle()
    await screen.press('enter').settle()
    expect(screen.needed).toMatch(/BLOCKED {2}1\.3 .*: b lifts it: "wait for the data/)
    await screen.press('space').settle()
    expect(screen.needed).toContain('Space: 1.3')
    await screen.press('b').settle()
    await screen.type('it was moved').press('enter').settle()
    expect(run.said.at(-1)).toMatchObject({ kind: 'unblock', reason: 'it was moved' })
    expect(screen.needed).toContain('NEEDS YOU  1.3')
  })
})

describe('the end of a phase', () => {
  function endOfPhase(run: FakeRun): void {
    const steps = { passed: 6, failed: 0, skipped: 0, unknown: 0, open: 0 }
    const planned = { minMs: null, maxMs: null }
    run.emitTogether([
      { kind: 'step.skip', step: 's1.6', why: 'person', reason: 'tagged already', by: 'kim' },
      { kind: 'phase.end', phase: 'p1', result: 'passed', steps, ms: 1, planned, criteria: null, by: null },
    ])
  }

  test('it is called out with what it came to and what is next, and nothing goes on until Enter', async () => {
    const { run, screen, shown } = await at('1.6')
    endOfPhase(run)
    await screen.settle()
    expect(shown()).toMatch(/Phase 1 Prepare complete: 0 passed, 1 skipped, 5 not applicable\./)
    expect(shown()).toContain('skipped  1.6 Tag the image: tagged already')
    expect(screen.needed).toContain('PHASE COMPLETE  Enter goes on to 2 Production')
    screen.press('space', 's', 'r')
    expect(run.said).toEqual([])
    expect(screen.state.call).not.toBeNull()
    screen.press('enter')
    expect(screen.state.call).toBeNull()
    expect(screen.needed).toContain('2.1 Set the new image')
    expect(run.said).toEqual([])
  })

  test('an Enter that was meant for the last step does not answer it', async () => {
    const { run, screen } = await at('1.6')
    endOfPhase(run)
    screen.press('enter')
    expect(screen.state.call).not.toBeNull()
    await screen.settle()
    screen.press('enter')
    expect(screen.state.call).toBeNull()
  })

  test('criteria that nobody gave a value for are a question, and the answer is a note', async () => {
    const runbook = demoRunbook()
    const phases = runbook.phases.map(phase =>
      phase.id === 'p1' ? { ...phase, successCriteria: 'all images are tagged' } : phase,
    )
    const { run, screen, shown } = await at('1.6', { ...runbook, phases })
    endOfPhase(run)
    await screen.settle()
    expect(shown()).toContain('Success criteria: all images are tagged')
    await screen.press('enter').settle()
    expect(screen.needed).toContain('the success criteria come first')
    await screen.press('n').settle()
    await screen.type('one is missing').press('enter').settle()
    expect(run.said).toEqual([
      {
        kind: 'note',
        step: null,
        text: 'Success criteria of phase 1 Prepare, "all images are tagged": NOT met. one is missing',
      },
    ])
  })
})

describe('phases that end while nobody is there to be told', () => {
  const runbook = () => {
    const demo = demoRunbook()
    return {
      ...demo,
      phases: demo.phases.map(phase => (phase.id === 'p1' ? { ...phase, successCriteria: 'all is tagged' } : phase)),
    }
  }
  const end = (phase: string): RunEvent => ({
    kind: 'phase.end',
    phase,
    result: 'passed',
    steps: { passed: 0, failed: 0, skipped: 0, unknown: 0, open: 0 },
    ms: 1,
    planned: { minMs: null, maxMs: null },
    criteria: null,
    by: null,
  })
  const skip = (step: string): RunEvent => ({ kind: 'step.skip', step, why: 'other-option', reason: null, by: null })
  const PHASE_2 = ['s2.1', 's2.2', 's2.4', 's2.6', 's2.7']

  test('two that end together are called one after the other, and no criteria are passed over', async () => {
    const { run, screen, shown } = await at('1.6', runbook())
    run.emitTogether([skip('s1.6'), end('p1'), ...PHASE_2.map(skip), end('p2')])
    await screen.settle()
    expect(shown()).toMatch(/Phase 1 Prepare complete[\s\S]*Are the success criteria met\?/)
    await screen.press('y').settle()
    expect(run.said).toMatchObject([{ kind: 'note' }])
    expect(shown()).toContain('Phase 2 Production complete')
    await screen.press('enter').settle()
    expect(screen.needed).toContain('NEEDS APPROVAL')
  })

  test('one that is called out already keeps its place when the next ends behind it', async () => {
    const { run, screen, shown } = await at('1.6', runbook())
    run.emitTogether([skip('s1.6'), end('p1')])
    await screen.settle()
    run.emitTogether([...PHASE_2.map(skip), end('p2')])
    await screen.settle()
    expect(shown()).toContain('Phase 1 Prepare complete')
    await screen.press('y').settle()
    expect(shown()).toContain('Phase 2 Production complete')
  })

  test('who comes back is told first, unless somebody has gone on since', async () => {
    const { run } = await at('1.6', runbook())
    run.emitTogether([skip('s1.6'), end('p1')])
    const back = new ScreenDriver(run, clock)
    await back.settle()
    expect(back.rows().join('\n')).toContain('Phase 1 Prepare complete')
    expect(back.needed).toContain('criteria met? y or n')
    run.emit({ kind: 'note', step: null, text: 'all is well', by: 'kim' })
    const later = new ScreenDriver(run, clock)
    await later.settle()
    expect(later.needed).toContain('READY  2.1')
  })
})

describe('what is offered and told beside a question', () => {
  test('a skip lists what rests on the step, and offers the reasons that were given last', async () => {
    const { screen, shown } = await at('1.3')
    await screen.press('s').settle()
    await screen.press('1').settle()
    expect(shown()).toContain('the gate 3.1 GO/NO-GO for production counts it among its criteria')
    await screen.type('done by the night shift').press('enter').settle()
    await screen.press('s').settle()
    await screen.press('1').settle()
    expect(shown()).toContain('Tab takes done by the night shift')
    screen.press('tab')
    expect(shown()).toContain('> done by the night shift')
  })

  test('the dialog of Ctrl-C says for how long it runs and which processes it has', async () => {
    const { screen, shown } = await at('1.2', demoRunbook(), { '1.2': { slow: true } })
    await screen.press('enter').settle()
    clock.pass(41_000)
    screen.press('ctrl-c')
    screen.state = { ...screen.state, processes: { pid: 4711, children: 2 } }
    expect(shown()).toMatch(/1\.2 is running \(00:4\d\), pid 4711 and 2 children/)
    expect(shown()).toMatch(/> 1 keep it running \(Enter, Esc\)/)
  })

  test('i runs a step that is ready with the terminal handed over', async () => {
    const { run, screen } = await at('1.1')
    await screen.press('i').settle()
    expect(run.said).toEqual([{ kind: 'run', step: 's1.1', phrase: null, inTerminal: true }])
  })

  test('an observed value is judged while it is typed', async () => {
    const { screen, shown } = await at('1.4')
    await screen.press('space').settle()
    screen.type('7')
    expect(shown()).toContain('NOT met: 7 s is not < 5 s')
    screen.press('backspace').type('2')
    expect(shown()).toContain('2 s < 5 s: met')
  })

  test('a secret is entered as stars, and only its length is told', async () => {
    const { run, screen, shown } = await at('1.6')
    await screen.press('f').settle()
    await screen.press('down').settle()
    screen.type('s3cr3t-xyz')
    expect(shown()).toContain('> **********')
    await screen.press('enter').settle()
    expect(run.said).toEqual([{ kind: 'value', name: 'TOKEN', value: 's3cr3t-xyz' }])
    expect(screen.needed).toContain('secret entered, 10 characters')
    expect(JSON.stringify(screen.state)).not.toContain('s3cr3t')
  })
})
