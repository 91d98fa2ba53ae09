import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { TerminalOutput } from '../../../src/tui/terminal/leave.ts'
import { createPossession } from '../../../src/tui/terminal/possession.ts'
import { ScreenInput, type TerminalInput } from '../../../src/tui/terminal/screen-input.ts'

const keyboard = (): TerminalInput => new PassThrough() as unknown as TerminalInput

test('a script gets the terminal behind a text that somebody reads on the normal screen, which ends without a key', async () => {
  const { possession, happened } = somebodyAt()
  const printed = possession.print(['a text'])
  expect(possession.isAway()).toBe(true)
  await possession.lend()
  await printed
  expect(happened).toEqual(['away', 'back', 'drawn', 'away'])
  expect(possession.isAway()).toBe(true)
  await possession.takeBack()
  expect(happened).toEqual(['away', 'back', 'drawn', 'away', 'back', 'drawn'])
})

test('a script gets the terminal once an editor has given it back, and a text is not printed meanwhile', async () => {
  const { possession, happened } = somebodyAt()
  const editing = Promise.withResolvers<string>()
  const edited = possession.during(() => editing.promise)
  const lent = possession.lend()
  await possession.print(['a text'])
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
  expect(happened).toEqual(['away'])
  editing.resolve('changed')
  expect(await edited).toBe('changed')
  await lent
  expect(happened).toEqual(['away', 'back', 'drawn', 'away'])
})

/** The terminal of a screen that can be suspended once at a time, as Ink can, and what happens to it. */
function somebodyAt() {
  const happened: string[] = []
  const never = () => () => undefined
  const input = new ScreenInput(keyboard(), never)
  const output = new PassThrough() as unknown as TerminalOutput
  const possession = createPossession(
    input,
    output,
    keyboard,
    never,
    () => false,
    () => happened.push('drawn'),
  )
  let suspended = false
  possession.offer(async meanwhile => {
    if (suspended) throw new Error('suspended already')
    suspended = true
    happened.push('away')
    await meanwhile()
    suspended = false
    happened.push('back')
  })
  return { possession, happened }
}
