import { beforeEach, describe, expect, test } from 'vitest'
import { BINDINGS } from '../../../src/tui/keys/bindings.ts'
import { WORDS } from '../../../src/tui/plain/words.ts'
import { ACTION_LIST, keyMapOf } from '../../../src/tui/scene/actions.ts'
import { demoRunbook } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})

async function at(position: string, scripts: ConstructorParameters<typeof FakeRun>[2] = {}) {
  const run = new FakeRun(demoRunbook(), clock, scripts).skipTo(position)
  const screen = new ScreenDriver(run, clock)
  await screen.settle()
  return { run, screen }
}

describe('the palette', () => {
  test('a few letters find an action, its key, and why it cannot be used now', async () => {
    const { screen } = await at('1.2', { '1.2': { slow: true } })
    await screen.press('enter').settle()
    screen.press(':').type('ski')
    expect(screen.rows().join('\n')).toMatch(/> skip +s +not now: 1\.2 is running and cannot be skipped/)
  })

  test('Enter does what is marked as its key would', async () => {
    const { screen } = await at('1.3')
    screen.press(':').type('nte').press('enter')
    expect(screen.state.dialog).toMatchObject({ kind: 'act' })
    expect(screen.rows().join('\n')).toContain('A note to 1.3')
  })

  test('one that cannot be used says why, and nothing is done', async () => {
    const { run, screen } = await at('1.3')
    await screen.press(':').type('retry').press('enter').settle()
    expect(screen.needed).toContain('retry: 1.3: only a failed step can be tried again')
    expect(run.said).toEqual([])
  })

  test('what answers waits for its question there too', async () => {
    const { run, screen } = await at('1.3')
    screen.press(':').type('tick')
    run.emit({ kind: 'step.skip', step: 's1.3', why: 'person', reason: 'x', by: 'k' })
    await screen.press('enter').settle()
    expect(run.said).toEqual([])
  })
})

describe('the table of keys', () => {
  test('every action has a binding in the walk, and every binding of the walk an action', () => {
    for (const [name] of ACTION_LIST)
      expect(BINDINGS.some(({ action, modes }) => action === name && modes.includes('walk'))).toBe(true)
    expect(BINDINGS.filter(({ action, modes }) => action === null && modes.includes('walk'))).toEqual([])
  })

  test('the words that it names are words of plain mode', () => {
    const words = new Set(WORDS.map(({ word }) => word))
    expect(ACTION_LIST.flatMap(([, { word }]) => (word === undefined || words.has(word) ? [] : [word]))).toEqual([])
  })

  test('no key of multiplexers, flow control or Alt is bound', () => {
    const keys = [...ACTION_LIST.flatMap(([, { keys: own }]) => own), ...BINDINGS.flatMap(({ keys: own }) => own ?? [])]
    expect(keys.filter(key => /^ctrl-[abjkqsw]$|^alt|^f\d/.test(key))).toEqual([])
  })

  test('two actions share a key only where one of them has no use', () => {
    const seen = new Map<string, string>()
    const shared: string[] = []
    for (const [name, { keys }] of ACTION_LIST)
      for (const key of keys) {
        const other = seen.get(key)
        if (other !== undefined) shared.push(`${key} ${other} ${name}`)
        seen.set(key, name)
      }
    expect(shared).toEqual(['n no next-match', 'y yes copy'])
  })
})

describe('keys moved by configuration', () => {
  test('the action answers to its new key alone, and help and the last row say so', async () => {
    const map = keyMapOf({ skip: 'S' })
    const run = new FakeRun(demoRunbook(), clock).skipTo('1.2')
    const screen = new ScreenDriver(run, clock)
    screen.state = { ...screen.state, keys: map as never }
    await screen.settle()
    screen.press('s')
    expect(screen.needed).toContain('s has no use here')
    await screen.resize(200, 50).settle()
    expect(screen.rows().at(-1)).toContain('S skip')
    await screen.press('S').settle()
    expect(screen.rows().join('\n')).toContain('Skip 1.2 Build')
  })

  test.each([
    [{ proceed: 'x' }, 'it keeps its key'],
    [{ stop: 'x' }, 'it keeps its key'],
    [{ nonsense: 'x' }, 'there is no such action'],
    [{ skip: 'ctrl-a' }, 'no single printable key'],
    [{ skip: 'r' }, '"r" does retry already'],
    [{ skip: 'y' }, '"y" does yes already'],
  ])('%j is refused: %s', (moved, why) => {
    const problems = keyMapOf(moved as Record<string, string>)
    expect(problems).toBeInstanceOf(Array)
    expect(JSON.stringify(problems)).toContain(JSON.stringify(why).slice(1, -1))
  })

  test('two actions may trade their keys', () => {
    expect(keyMapOf({ skip: 'r', retry: 's' })).toBeInstanceOf(Map)
  })
})
