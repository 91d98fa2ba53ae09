import { beforeEach, describe, expect, test } from 'vitest'
import type { Runbook } from '../../../src/model/index.ts'
import { wishFor } from '../../../src/tui/acts/acts.ts'
import { wordOf } from '../../../src/tui/plain/words.ts'
import { toWalk } from '../../../src/tui/scene/walk.ts'
import { demoRunbook, demoSection, demoStep, runbookOf } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})

async function walkAt(
  position: string,
  scripts: ConstructorParameters<typeof FakeRun>[2] = {},
  runbook: Runbook = demoRunbook(),
) {
  const run = new FakeRun(runbook, clock, scripts).skipTo(position)
  const screen = new ScreenDriver(run, clock)
  await screen.settle()
  return { run, screen }
}

describe('edit', () => {
  test('what the editor gives back is shown as a diff and recorded with a reason; then it waits for its own review', async () => {
    const { run, screen } = await walkAt('2.2', { '2.2': { exits: [1, 0] } })
    screen.editor = () => ({ kind: 'edited', script: 'exit 0\n' })
    await screen.press('enter').settle()
    expect(screen.needed).toContain('e edit')
    await screen.press('e').settle()
    const shown = screen.rows().join('\n')
    expect(shown).toMatch(/^ +-exit 1/m)
    expect(shown).toMatch(/^ +\+exit 0/m)
    await screen.press('enter').settle()
    expect(screen.needed).toContain('reason needed')
    await screen.type('flaky').press('enter').settle()
    expect(run.said.at(-1)).toEqual({ kind: 'edit', step: 's2.2', script: 'exit 0\n', reason: 'flaky' })
    expect(run.starts('2.2')).toBe(1)
  })

  test('a key typed for the reason does not answer what comes after the edit', async () => {
    const { run, screen } = await walkAt('1.1')
    screen.editor = () => ({ kind: 'edited', script: 'git log\n' })
    await screen.press('e').settle()
    screen.type('typo').press('enter', 'enter', 'y')
    await screen.settle()
    expect(run.said.map(answer => answer.kind)).toEqual(['edit'])
    expect(screen.needed).toMatch(/READY {2}1\.1/)
    expect(screen.rows().join('\n')).toContain('EDITED')
  })

  test('an editor that changes nothing, or fails, leaves the question as it was', async () => {
    const { run, screen } = await walkAt('1.1')
    await screen.press('e').settle()
    expect(screen.needed).toContain('nothing was changed')
    screen.editor = () => ({ kind: 'problem', why: 'no editor is named' })
    await screen.press('e').settle()
    expect(screen.needed).toContain('no editor is named')
    expect(run.said).toEqual([])
  })

  test.each([
    ['1.3', 'no script'],
    ['3.1', 'nobody edits a gate'],
  ])('at %s the key says why not: %s', async (position, why) => {
    const { screen } = await walkAt(position)
    screen.press('e')
    expect(screen.needed).toContain(why)
    expect(screen.effects).not.toContain('edit')
  })
})

describe('jump', () => {
  test('J goes to the step that the outline selects, names what is left out, and asks reason and phrase', async () => {
    const { run, screen } = await walkAt('1.3')
    await screen.press('o').settle()
    for (let down = 0; down < 4; down++) screen.press('j')
    await screen.press('J').settle()
    const shown = screen.rows().join('\n')
    expect(shown).toContain('Jump to 2.1 Set the new image')
    for (const title of ['On-call channel told', 'Where to', 'Tag the image']) expect(shown).toContain(title)
    await screen.type('rehearsal').press('enter').settle()
    await screen.type('production v2.4.0').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'jump', to: 's2.1', reason: 'rehearsal', phrase: 'production v2.4.0' }])
    expect(run.state.steps.get('s1.4')?.status).toMatchObject({ kind: 'skipped', how: 'jump' })
    expect(screen.needed).toContain('2.1')
  })

  test('a step that has ended is opened again, with a reason', async () => {
    const { run, screen } = await walkAt('1.3')
    screen.press('k')
    await screen.press('J').settle()
    expect(screen.rows().join('\n')).toContain('Open 1.2 Build again')
    await screen.type('old build').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'jump', to: 's1.2', reason: 'old build' }])
    expect(screen.needed).toContain('1.2')
  })

  test('at the step that is needed it says that another is selected first', async () => {
    const { run, screen } = await walkAt('1.3')
    screen.press('J')
    expect(screen.needed).toContain('the outline selects another')
    expect(run.said).toEqual([])
  })
})

describe('a wait', () => {
  const wait = async () => {
    const at = await walkAt('2.4')
    const until = new Date(clock.nowMs() + 120_000).toISOString()
    at.run.emit({ kind: 'wait.start', step: 's2.4', until, minMs: 120_000, reason: null })
    await at.screen.settle()
    return at
  }

  test('t makes it longer by 5 minutes, with a reason', async () => {
    const { run, screen } = await wait()
    await screen.press('t').settle()
    await screen.press('2').settle()
    await screen.type('errors').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'extend-wait', step: 's2.4', byMs: 300_000, reason: 'errors' }])
  })

  test('in plain mode by a word: longer, earlier, or asked', () => {
    expect(wordOf('wait +5m errors rise')).toEqual({ kind: 'extend', byMs: 300_000, rest: 'errors rise' })
    expect(wordOf('wait +90s')).toEqual({ kind: 'extend', byMs: 90_000, rest: '' })
    expect(wordOf('wait')).toEqual({ kind: 'wish', wish: 'wait', rest: '' })
    expect(wordOf('wait quiet all day')).toEqual({ kind: 'wish', wish: 'end-wait', rest: 'quiet all day' })
    expect(wordOf('jump 4.3 no time')).toEqual({ kind: 'jump', to: '4.3', rest: 'no time' })
  })
})

describe('pages', () => {
  const withContacts = (): Runbook => ({
    ...demoRunbook(),
    contacts: [{ title: 'Emergency Contacts', line: 90, lines: ['DBA | 555-0100\u001b[2J'] }],
  })

  test('where a step failed the contacts stand in its detail, and C shows them from anywhere, cleaned', async () => {
    const { screen } = await walkAt('2.2', { '2.2': { exits: [1] } }, withContacts())
    await screen.resize(120, 40).settle()
    await screen.press('enter').settle()
    expect(screen.needed).toContain('C contacts')
    expect(screen.rows().join('\n')).toContain('DBA | 555-0100\\x1b[2J')
    await screen.press('C').settle()
    expect(screen.rows().join('\n')).toMatch(/Emergency Contacts {2}demo\.md:90/)
    await screen.press('esc').settle()
    expect(screen.state.dialog).toBeNull()
  })

  test('d lists the deviations so far', async () => {
    const { run, screen } = await walkAt('1.2')
    run.emit({ kind: 'step.skip', step: 's1.2', why: 'person', reason: 'no time', by: 'kim@example.com' })
    await screen.settle()
    await screen.press('d').settle()
    expect(screen.rows().join('\n')).toContain('1.2 Build: skipped by kim@example.com: no time')
  })
})

describe('recovery', () => {
  const steps = { environment: 'production', recovery: 'p1' }
  const two = () =>
    runbookOf(
      [
        demoSection('1', 'Deploy', [
          demoStep('1.1', 'task', 'Migrate', {
            script: 'migrate\n',
            risk: 'change',
            ...steps,
            recovery: 'p9',
            owners: ['DBA'],
          }),
          demoStep('1.2', 'task', 'Deploy', { script: 'deploy\n', risk: 'change', ...steps }),
          demoStep('1.3', 'confirmation', 'Look', steps),
        ]),
        demoSection('2', 'Back', [demoStep('2.1', 'task', 'Undo', { script: 'undo\n', ...steps })]),
        demoSection('3', 'All back', [demoStep('3.1', 'task', 'Restore', { script: 'restore\n', ...steps })]),
      ],
      [
        { for: null, title: 'All back', steps: ['s3.1'] },
        { for: 'p1', title: 'Back', steps: ['s2.1'] },
      ],
    )

  test('of several ways back the one that is bound comes first; what it does not undo is said before its first step', async () => {
    const { run, screen } = await walkAt('1.1', {}, two())
    for (const position of ['1.1', '1.2']) {
      await screen.press('enter').settle()
      await screen.type('production v2.4.0').press('enter').settle()
      expect(run.starts(position)).toBe(1)
    }
    await screen.press('x').settle()
    expect(screen.rows().join('\n')).toMatch(/1 Back, 1 step, bound to this step[\s\S]*2 All back, 1 step/)
    await screen.press('1').settle()
    expect(screen.rows().join('\n')).toMatch(/2\.1 Undo[\s\S]*NO WAY BACK {2}1\.1 Migrate {2}\(DBA\)/)
  })

  test('none is offered while a script runs', async () => {
    const { run } = await walkAt('1.1', { '1.1': { slow: true } }, two())
    await run.say({ kind: 'run', step: 's1.1', phrase: null }, { by: 'kim', how: 'key', source: null })
    const found = wishFor('recover', { walk: toWalk(run.runbook), ...run.snapshot() })
    expect(found).toMatchObject({ kind: 'cannot', why: expect.stringContaining('running') })
  })
})
