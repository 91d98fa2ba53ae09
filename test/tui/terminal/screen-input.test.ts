import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ScreenInput, type TerminalInput } from '../../../src/tui/terminal/screen-input.ts'

/** A terminal's input that keeps how its raw mode was set. */
class FakeTerminal extends PassThrough {
  readonly modes: boolean[] = []
  setRawMode(mode: boolean): void {
    this.modes.push(mode)
  }
}

test('while keys are diverted none of them is handed on, and the terminal stays in raw mode', async () => {
  const { terminal, input, handedOn } = listening()
  let keys = 0
  const stop = input.divert(() => {
    keys += 1
  })
  input.setRawMode(false)
  // A letter, Ctrl-C, Ctrl-D, an arrow, a byte that no character begins with, and the beginning of one that never comes whole.
  for (const bytes of ['x', '\u0003', '\u0004', '\u001b[A', Buffer.from([0xff]), Buffer.from([0xc3])])
    terminal.write(bytes)
  await drained(terminal)
  expect(keys).toBe(6)
  expect(terminal.modes).toEqual([true])
  expect(handedOn).toEqual([])
  stop()
  terminal.write('j')
  await drained(terminal)
  expect(handedOn.join('')).toMatch(/j$/)
})

test('the tail of an arrow that comes late is not a second key, and what a terminal answers is none', async () => {
  const { terminal, input } = listening()
  let keys = 0
  input.divert(() => {
    keys += 1
  })
  for (const bytes of ['\u001b', '[A', '\u001b]11;rgb:0000/0000/0000\u0007']) {
    terminal.write(bytes)
    await drained(terminal)
  }
  expect(keys).toBe(1)
})

function listening(): { terminal: FakeTerminal; input: ScreenInput; handedOn: string[] } {
  const terminal = new FakeTerminal()
  // No time passes here by itself: a sequence is finished by its bytes.
  const input = new ScreenInput(terminal as unknown as TerminalInput, () => () => undefined)
  const handedOn: string[] = []
  input.addListener('readable', () => handedOn.push(input.read() ?? ''))
  input.setRawMode(true)
  return { terminal, input, handedOn }
}

/** Everything written has been given to whoever listens. */
async function drained(terminal: FakeTerminal): Promise<void> {
  while (terminal.readableLength > 0 || terminal.writableLength > 0) await new Promise(setImmediate)
  await new Promise(setImmediate)
}
