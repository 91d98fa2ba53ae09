import { beforeEach, describe, expect, test } from 'vitest'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})

async function walkAt(position: string) {
  const run = new FakeRun(demoRunbook(), clock).skipTo(position)
  const screen = new ScreenDriver(run, clock)
  await screen.settle()
  return { run, screen }
}

/** Types without looking, a key in so many ms; what is said is answered and drawn between two keys. */
async function typeOn(screen: ScreenDriver, text: string, everyMs: number): Promise<void> {
  for (const letter of text) {
    clock.pass(everyMs)
    screen.press(letter === '\r' ? 'enter' : letter)
    await new Promise(resolve => setImmediate(resolve))
    screen.paint()
  }
}

const PACES = [50, 80, 120, 200]
const BOTH = [
  { kind: 'value', name: 'version', value: '4.2.0' },
  { kind: 'value', name: 'TOKEN', value: 'prod-eu' },
]

describe('the next row of the form', () => {
  test.each(PACES)('gets whole what is typed right behind the Enter of the row before, a key in %i ms', async ms => {
    const { run, screen } = await walkAt('1.6')
    await screen.press('f').settle()
    await typeOn(screen, '4.2.0\rprod-eu\r', ms)
    await screen.settle()
    expect(run.said).toEqual(BOTH)
    expect(screen.state.dialog).toBeNull()
  })

  test('gets it too where the value before is still on its way, its Enter included', async () => {
    const { run, screen } = await walkAt('1.6')
    await screen.press('f').settle()
    screen.type('4.2.0').press('enter')
    for (const letter of 'prod-eu') {
      clock.pass(50)
      screen.press(letter)
    }
    screen.press('enter')
    expect(run.said).toHaveLength(1)
    await screen.settle()
    expect(run.said).toEqual(BOTH)
    expect(screen.state.ahead).toEqual([])
  })

  test('gets both halves of a value in which somebody paused, and one of a single letter', async () => {
    const { run, screen } = await walkAt('1.6')
    await screen.press('f').settle()
    await typeOn(screen, '4.2.0\rprod', 80)
    clock.pass(1150)
    await typeOn(screen, '-eu', 80)
    expect(screen.rows().join('\n')).toMatch(/^ > \*{7}$/m)
    await typeOn(screen, '\r', 50)
    expect(run.said).toEqual(BOTH)
  })

  test('gets a paste that comes right behind the Enter', async () => {
    const { run, screen } = await walkAt('1.6')
    await screen.press('f').settle()
    screen.type('4.2.0').press('enter').paste('prod-eu')
    await screen.settle()
    await screen.press('enter').settle()
    expect(run.said).toEqual(BOTH)
  })

  test('takes no second press of the Enter of the row before', async () => {
    const { run, screen } = await walkAt('1.6')
    await screen.press('f').settle()
    await typeOn(screen, '4.2.0\r\r', 200)
    expect(run.said).toHaveLength(1)
    expect(screen.state.dialog?.kind).toBe('values')
  })

  test('of a secret that is the last one lets go of what was typed behind it', async () => {
    const { run, screen } = await walkAt('1.6')
    await screen.press('f').settle()
    await screen.type('4.2.0').press('enter').settle()
    screen.type('prod-eu').press('enter').type('qy').press('enter')
    await screen.settle()
    expect(run.said).toEqual(BOTH)
    expect(screen.state.dialog).toBeNull()
    expect(screen.state.ahead).toEqual([])
  })
})

test.each(PACES)('the phrase behind a reason gets whole what is typed on, a key in %i ms', async ms => {
  const { run, screen } = await walkAt('2.1')
  await screen.press('x').settle()
  await typeOn(screen, 'two', ms)
  const first = screen.state.dialog?.kind === 'act' ? screen.state.dialog.progress.given.length : -1
  await typeOn(screen, '\rproduction', ms)
  const { dialog } = screen.state
  expect(first).toBe(0)
  expect(dialog?.kind === 'act' ? [dialog.progress.given, dialog.text] : run.said).toEqual([['two'], 'production'])
})

describe('a field whose text began before it was there', () => {
  test.each(PACES)('takes no half of it, and says so beside the field, a key in %i ms', async ms => {
    const { run, screen } = await walkAt('1.6')
    screen.press('f')
    await typeOn(screen, 'prod', ms)
    clock.pass(1150)
    await typeOn(screen, '-eu', ms)
    expect(screen.rows().join('\n')).toMatch(/^ > $/m)
    expect(screen.rows().join('\n')).toMatch(/is not taken: Enter, then type it\./)
    await typeOn(screen, '\r', ms)
    expect(run.said).toEqual([])
    expect(screen.needed).toContain('the field is empty: type it whole')
    await typeOn(screen, '4.2.0\r', ms)
    expect(run.said).toEqual(BOTH.slice(0, 1))
  })

  test('is left by Esc, and is a fresh one the next time', async () => {
    const { run, screen } = await walkAt('1.3')
    screen.press('a').type('half').press('esc')
    await screen.settle()
    await screen.press('a').settle()
    await screen.type('a note').press('enter').settle()
    expect(run.said).toEqual([{ kind: 'note', step: 's1.3', text: 'a note' }])
  })
})

test('a field that stays open while the question under it changes loses no letter', async () => {
  const { run, screen } = await walkAt('1.3')
  await screen.press('a').settle()
  await typeOn(screen, 'half ', 80)
  run.emit({ kind: 'step.skip', step: 's1.3', why: 'person', reason: 'elsewhere', by: 'omar' })
  await typeOn(screen, 'a note\r', 80)
  await screen.settle()
  expect(run.said).toMatchObject([{ kind: 'note', text: 'half a note' }])
})
