import { beforeEach, describe, expect, test } from 'vitest'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})

async function walkAt(position: string, scripts: ConstructorParameters<typeof FakeRun>[2] = {}) {
  const run = new FakeRun(demoRunbook(), clock, scripts).skipTo(position)
  const screen = new ScreenDriver(run, clock)
  await screen.settle()
  return { run, screen }
}

/** Types as people do who do not look: a letter in so many ms, whatever has become of the screen. */
async function typeOn(screen: ScreenDriver, text: string, everyMs: number): Promise<void> {
  for (const letter of text) {
    clock.pass(everyMs)
    screen.press(letter === '\r' ? 'enter' : letter)
    // What was said is answered and drawn between two letters.
    await new Promise(resolve => setImmediate(resolve))
    screen.paint()
  }
}

/** Every letter that is a key somewhere, and the answers among them. */
const TEXT = 'y n  quietly skip xaboLTdCpJil12u, ymn\r'

const PACES = [0, 60, 250, 600, 900]

describe('what is typed on into a field that has closed is no key', () => {
  test.each(PACES)('behind the phrase of a change in production, a letter in %i ms', async everyMs => {
    const { run, screen } = await walkAt('2.1')
    await screen.press('enter').settle()
    await typeOn(screen, `production v2.4.0\r${TEXT}`, everyMs)
    expect(run.said.map(({ kind }) => kind)).toEqual(['run'])
    expect(screen.state.dialog).toBeNull()
    expect(screen.effects.filter(kind => !['say', 'read'].includes(kind))).toEqual([])
    expect(screen.needed).toContain('typed before this question: pause a second')
  })

  test.each(PACES)('behind a note, at a confirmation that one Space would tick, a letter in %i ms', async everyMs => {
    const { run, screen } = await walkAt('1.3')
    await screen.press('a').settle()
    await typeOn(screen, `nobody there\r${TEXT}`, everyMs)
    expect(run.said.map(({ kind }) => kind)).toEqual(['note'])
    expect(run.state.steps.get('s1.3')?.status.kind).toBe('pending')
    await screen.settle()
    await screen.press('space').settle()
    expect(run.state.steps.get('s1.3')?.status.kind).toBe('passed')
  })

  test.each(PACES)(
    'behind an observed value, where the digits of a choice come next, a letter in %i ms',
    async everyMs => {
      const { run, screen } = await walkAt('1.4')
      await screen.press('space').settle()
      await typeOn(screen, `7 s\r3 because ${TEXT}`, everyMs)
      expect(run.said).toEqual([])
      expect(screen.rows().join('\n')).toContain('3 confirm all the same')
    },
  )

  test('behind words to look for, n goes on at once, and no letter leaves the text that is read', async () => {
    const { run, screen } = await walkAt('1.1', { '1.1': { lines: ['an error', 'fine', 'an error'] } })
    await screen.press('enter').settle()
    await screen.press('L').settle()
    await screen.press('/').settle()
    screen.type('error').press('enter')
    await typeOn(screen, 'quit', 250)
    expect(screen.state.dialog?.kind).toBe('log')
    await screen.settle()
    screen.press('/').type('error').press('enter')
    screen.press('n')
    expect(screen.needed).not.toContain('ignored')
    expect(run.said).toHaveLength(1)
  })

  test('who left a field by Esc has stopped typing: the next letter is a key', async () => {
    const { screen } = await walkAt('1.3')
    await screen.press('a').settle()
    screen.type('half a no').press('esc').paint()
    clock.pass(300)
    screen.press('s')
    expect(screen.state.dialog?.kind).toBe('act')
  })
})

describe('behind a note', () => {
  async function behindNote() {
    const walk = await walkAt('1.3')
    await walk.screen.press('a').settle()
    await typeOn(walk.screen, 'nobody there\r', 80)
    return walk
  }

  test.each(['?', 'o', 'T', 'd', 'f', 'q'])('%s, which only looks or asks, is taken after 300 ms', async key => {
    const { run, screen } = await behindNote()
    clock.pass(250)
    screen.press(key)
    expect(screen.state.dialog).toBeNull()
    expect(screen.needed).toContain(`"${key}" not taken: pause a second`)
    clock.pass(301)
    screen.press(key)
    expect(screen.state.dialog).not.toBeNull()
    expect(run.said).toHaveLength(1)
  })

  test('a key that acts waits for a second, also behind a look, and says so from the first press', async () => {
    const { run, screen } = await behindNote()
    clock.pass(500)
    screen.press('s')
    expect(screen.state.dialog).toBeNull()
    expect(screen.needed).toContain('"s" not taken: pause a second, press it again')
    screen.resize(140, 40)
    clock.pass(500)
    screen.press('s')
    expect(screen.needed).toContain(
      '"s" came right behind what you typed and was not taken: pause a second, then press it',
    )
    await screen.settle()
    screen.press('s')
    expect(screen.state.dialog?.kind).toBe('act')
    expect(run.said).toHaveLength(1)
  })

  test('no digit answers what a first q has asked, in a text that goes on', async () => {
    const { run, screen } = await behindNote()
    await typeOn(screen, 'q12', 600)
    expect(screen.state.dialog?.kind).toBe('act')
    expect(run.said).toHaveLength(1)
  })
})

describe('a question that goes away under the hands', () => {
  test.each(PACES)(
    'keeps the letters of a reason that was being typed, until Enter, a letter in %i ms',
    async everyMs => {
      const { run, screen } = await walkAt('1.3')
      await screen.press('c').settle()
      await typeOn(screen, 'nobody ', everyMs)
      run.emit({ kind: 'step.skip', step: 's1.3', why: 'person', reason: 'elsewhere', by: 'omar' })
      await typeOn(screen, `was there ${TEXT.slice(0, -1)}`, everyMs)
      expect(screen.rows().join('\n')).toContain('What this asked is over.')
      await typeOn(screen, `\r${TEXT}`, everyMs)
      expect(run.said).toEqual([])
      expect(screen.state.dialog).toBeNull()
    },
  )

  test('takes no digit for the choice that comes next', async () => {
    const { run, screen } = await walkAt('1.2', { '1.2': { slow: true } })
    await screen.press('enter').settle()
    await screen.press('ctrl-c').settle()
    expect(screen.rows().join('\n')).toContain('send SIGINT once')
    run.finish(0)
    await screen.settle()
    screen.press('2', 'ctrl-c')
    expect(run.said.map(({ kind }) => kind)).toEqual(['run'])
    expect(screen.state.dialog).toBeNull()
  })
})

describe('the form of the values', () => {
  test('stays open while a value is open that may be given, and closes by an Enter that gives nothing', async () => {
    const { run, screen } = await walkAt('1.6')
    await screen.press('f').settle()
    expect(screen.rows().join('\n')).toMatch(/> version[\s\S]*New value\?/)
    await screen.press('enter').settle()
    expect(screen.needed).toContain('version: a value is needed')
    await screen.type('4.2.0').press('enter').settle()
    const shown = screen.rows().join('\n')
    expect(shown).toMatch(/> TOKEN[\s\S]*Nothing that is needed now is missing: an empty Enter closes the form\./)
    expect(screen.rows().at(-1)).toContain('Enter close')
    await screen.press('enter').settle()
    expect(screen.state.dialog).toBeNull()
    expect(run.said).toEqual([{ kind: 'value', name: 'version', value: '4.2.0' }])
  })

  test.each(PACES)('takes lines that are typed on for its next rows, a letter in %i ms', async everyMs => {
    const { run, screen } = await walkAt('1.6')
    await screen.press('f').settle()
    await typeOn(screen, `4.2.0\r${TEXT}${TEXT}`, everyMs)
    expect(run.said.filter(({ kind }) => kind !== 'value')).toEqual([])
    expect(screen.state.dialog === null || screen.state.dialog.kind === 'values').toBe(true)
  })

  test('closes by the Enter of its last open row', async () => {
    const { screen } = await walkAt('1.6')
    await screen.press('f').settle()
    await screen.type('4.2.0').press('enter').settle()
    await screen.type('s3cr3t').press('enter').settle()
    expect(screen.state.dialog).toBeNull()
    expect(screen.needed).toContain('READY')
  })
})

describe('another size of the terminal', () => {
  test('takes no answer and no letter until it was drawn and they have paused', async () => {
    const { run, screen } = await walkAt('1.3')
    screen.resize(120, 40).press('space', 'q', 'l').paint()
    clock.pass(299)
    screen.press('space')
    expect(run.said).toEqual([])
    expect(screen.state.dialog).toBeNull()
    expect(screen.effects).not.toContain('to-plain')
    clock.pass(300)
    await screen.press('space').settle()
    expect(run.said).toHaveLength(1)
  })

  test('leaves what is typed in a field alone', async () => {
    const { run, screen } = await walkAt('1.3')
    await screen.press('a').settle()
    screen.type('half ').resize(120, 40)
    screen.type('a note').press('enter')
    await screen.settle()
    expect(run.said).toEqual([{ kind: 'note', step: 's1.3', text: 'half a note' }])
  })

  test('in which nothing can be seen takes l alone, and not from a note that is being typed', async () => {
    const { run, screen } = await walkAt('1.3')
    await screen.press('a').settle()
    screen.type('a').resize(52, 12)
    await typeOn(screen, 'll clear\r', 250)
    expect(screen.effects).not.toContain('to-plain')
    await screen.settle()
    await screen.press('space', 'q', 'ctrl-c', 'enter').settle()
    expect(run.said).toEqual([])
    await screen.resize(80, 24).settle()
    expect(screen.rows().join('\n')).toMatch(/^ > a$/m)
    await screen.resize(52, 12).settle()
    screen.press('l')
    expect(screen.effects).toContain('to-plain')
  })
})

test('what somebody types to a script that had the terminal is no key once it is back', async () => {
  const { run, screen } = await walkAt('1.3')
  screen.back()
  await typeOn(screen, TEXT, 600)
  expect(run.said).toEqual([])
  expect(screen.state.dialog).toBeNull()
})
