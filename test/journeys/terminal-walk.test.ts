import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Demo, lacking, openDemo } from '../helpers/demo.ts'
import type { Tmux } from '../helpers/tmux.ts'
import { filesHolding } from './files-holding.ts'

const SECRET = 's3cr3t-xyz'

/** What a person does at the keyboard, step by step: scenarios 5 to 7 and 11 to 18 of the acceptance table. */
describe.skipIf(lacking !== null)(`a walk by keys${lacking === null ? '' : `, skipped: ${lacking}`}`, () => {
  let demo: Demo
  let terminal: Tmux
  beforeEach(async () => {
    demo = await openDemo()
    terminal = await demo.terminal()
  })
  afterEach(() => demo.close())

  const phrase = async (text = 'production v1'): Promise<void> => {
    await terminal.answer(/Type {2}production v1/, { text }, 'Enter')
  }

  test('5: Enter runs a step that only looks, says that it passed and in what time, and selects the next', async () => {
    await demo.walk(terminal)
    await terminal.answer(/READY {2}1\.1/, 'Enter')
    await terminal.until(/1\.1 .*passed/)
    await terminal.until(/^ > 1\.2/m)
  })

  test('6: on a change in production three Enters at once open the review, and only the right phrase runs it', async () => {
    await demo.walk(terminal, '--from 2.1')
    await terminal.asked(/READY {2}2\.1/)
    await terminal.press('Enter', 'Enter', 'Enter')
    await terminal.asked(/Type {2}production v1/)
    expect(await terminal.text()).toMatch(/READY {2}2\.1/)
    for (const wrong of ['production', 'production v0']) {
      await phrase(wrong)
      await terminal.until(new RegExp(`"${wrong}" does not match`))
    }
    expect(demo.kinds()).not.toContain('step.start')
    await phrase()
    await terminal.until(/2\.1 .*passed/)
    expect(demo.starts('2.1')).toBe(1)
    expect(demo.has('started-2.1')).toBe(true)
  })

  test('7: keys typed while a script runs tick nothing afterwards, and are said', async () => {
    await demo.walk(terminal, '--from 1.2')
    await terminal.answer(/READY {2}1\.2/, 'Enter')
    await terminal.until(/RUNNING {2}1\.2/)
    for (const key of ['Space', 'Enter', 'Space', 'Enter']) await terminal.press(key)
    await terminal.asked(/ignored 4 keys typed before this question/)
    expect(await terminal.text()).toMatch(/NEEDS YOU {2}1\.3/)
    expect(demo.kinds()).not.toContain('confirm')
  })

  test('11: three Spaces at once tick one confirmation, and the next one is open and empty', async () => {
    await demo.walk(terminal, '--from 1.3')
    await terminal.asked(/NEEDS YOU {2}1\.3/)
    await terminal.press('Space', 'Space', 'Space')
    await terminal.asked(/NEEDS YOU {2}1\.4/)
    expect(demo.kinds().filter(kind => kind === 'confirm')).toHaveLength(1)
    expect(await terminal.text()).not.toMatch(/What was observed/)
  })

  test('12: an observed value is held to its limit, and the offered command ticks nothing', async () => {
    await demo.walk(terminal, '--from 1.4')
    await terminal.answer(/NEEDS YOU {2}1\.4/, 'u')
    await terminal.until(/^2 s$/m)
    await terminal.asked(/NEEDS YOU {2}1\.4/)
    expect(demo.kinds()).not.toContain('confirm')
    await terminal.press('Space')
    await terminal.answer(/What was observed/, { text: '7' }, 'Enter')
    await terminal.asked(/NOT met: 7 s is not < 5 s/)
    expect(await terminal.text()).toMatch(/1 type the value again[\s\S]*2 cannot confirm[\s\S]*3 confirm all the same/)
    await terminal.answer(/NOT met/, '1')
    await terminal.answer(/What was observed/, { text: '2' }, 'Enter')
    await terminal.until(/1\.4 .*passed/)
    expect(demo.journal().find(line => line.kind === 'confirm')?.observed).toMatchObject([{ value: '2', ok: true }])
  })

  test('13: a choice has nothing chosen before, and the other option is not chosen afterwards', async () => {
    await demo.walk(terminal, '--from 1.5.1')
    await terminal.answer(/NEEDS YOU {2}1\.5\.1/, 'Enter')
    await terminal.until(/choose 1 or 2/)
    expect(demo.kinds()).not.toContain('choice')
    await terminal.press('2')
    await terminal.answer(/Enter takes 2 green/, 'Enter')
    await terminal.until(/1\.5\.1a\.1.*not chosen/)
  })

  test('15: an edited script shows its difference, takes a reason, is asked for more strongly, and is a deviation', async () => {
    const editor = demo.world.file('editor', '#!/bin/sh\nprintf "touch tagged-by-hand\\n" > "$1"\n')
    await terminal.command(`chmod +x ${editor}; export EDITOR=${editor}`)
    await demo.walk(terminal, '--from 1.2 --until 1.2')
    await terminal.answer(/READY {2}1\.2/, 'e')
    await terminal.asked(/Reason for the change/)
    const shown = await terminal.text()
    expect(shown).toMatch(/^ +-mkdir -p build/m)
    expect(shown).toMatch(/^ +\+touch tagged-by-hand/m)
    await terminal.type('the build was made before')
    await terminal.press('Enter')
    await terminal.asked(/READY {2}1\.2.*review/)
    await terminal.until(/EDITED|edited/)
    await terminal.press('Enter')
    await terminal.answer(/y: run/, 'y')
    await terminal.until(/FINISHED/)
    await terminal.until(/Deviations 1/)
    expect(demo.has('tagged-by-hand')).toBe(true)
  })

  const giveSecret = async (): Promise<void> => {
    await terminal.press('f')
    await terminal.asked(/TOKEN/)
    await terminal.type(SECRET)
    await terminal.until(/\*{10}/)
    await terminal.press('Enter')
  }

  test('17: a secret is stars while it is typed, hidden where a script prints it, and nowhere on disk', async () => {
    await demo.walk(terminal, '--from 1.6 --until 1.6 --set version=4.2.0')
    await terminal.asked(/1\.6.*f fills/)
    await giveSecret()
    await terminal.answer(/READY {2}1\.6/, 'Enter')
    await terminal.answer(/y: run/, 'y')
    await terminal.answer(/FINISHED/, 'Enter')
    expect(await terminal.ended()).toBe(0)
    expect(demo.journal().filter(line => line.kind === 'output')).toMatchObject([{ text: 'logged in with ***\n' }])
    expect(await terminal.bytes()).not.toContain(SECRET)
    expect(filesHolding(demo.world.root, SECRET)).toEqual([])
  })

  test('18: a failed step says so with its keys and its error line; the retry is a second attempt', async () => {
    await demo.walk(terminal, '--from 2.2 --until 2.2')
    await terminal.answer(/READY {2}2\.2/, 'Enter')
    await phrase()
    await terminal.asked(/FAILED.*2\.2|FAILED, EXIT 1.*2\.2/)
    const shown = await terminal.text()
    expect(shown).toMatch(/exit 1/i)
    expect(shown).toMatch(/r retry .*s skip/)
    expect(shown).toContain('smoke: error: 503 from api')
    await terminal.answer(/FAILED/, 'r')
    await terminal.answer(/Reason/, 'Enter')
    await terminal.answer(/READY {2}2\.2/, 'Enter')
    await phrase()
    await terminal.until(/FINISHED/)
    expect(demo.starts('2.2')).toBe(2)
  })
})
