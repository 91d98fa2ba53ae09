import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Demo, lacking, openDemo } from '../helpers/demo.ts'

/** Shows how it left the terminal: cursor, alternate screen, and what `stty` would change of a sane one. */
const STATE = '#{alternate_on} #{cursor_flag}'

/** How Signoff behaves in a terminal that has other work too: scenarios 2, 3, 29, 30, 32 to 34 and 36 of the acceptance table. */
describe.skipIf(lacking !== null)(`manners${lacking === null ? '' : `, skipped: ${lacking}`}`, () => {
  let demo: Demo
  beforeEach(async () => {
    demo = await openDemo()
  })
  afterEach(() => demo.close())

  test.each([
    ['TERM', 143, /SIGTERM/],
    ['HUP', 129, /SIGHUP/],
    ['INT', 130, /SIGINT/],
    ['USR2', 70, /thrown by a test/],
  ])(
    '29: kill -%s leaves the terminal as it was, ends with %i, and the journal says why',
    async (signal, code, why) => {
      // A throw where nobody expects one: the program itself knows nothing of it.
      const hook = demo.world.file(
        'throws.mjs',
        "process.on('SIGUSR2', () => { throw new Error('thrown by a test') })\n",
      )
      const terminal = await demo.terminal(undefined, { NODE_OPTIONS: `--import=${hook}` })
      await terminal.run('stty -a > before')
      await demo.walk(terminal)
      await terminal.asked(/READY {2}1\.1/)
      expect(await terminal.ask(STATE)).toMatch(/^1 /)
      const pid = demo.pid()
      process.kill(pid, `SIG${signal}`)
      expect(await terminal.ended()).toBe(code)
      expect(await terminal.ask(STATE)).toBe('0 1')
      await terminal.run('stty -a > after; cmp before after')
      expect(await terminal.text()).not.toMatch(/differ/)
      expect(demo.journal().at(-1)).toMatchObject({ kind: 'run.pause', reason: expect.stringMatching(why) })
      expect(await terminal.text()).toMatch(/signoff resume/)
    },
  )

  test('30: Ctrl-Z and fg, and garbage on the terminal before Ctrl-L: each time the whole screen again', async () => {
    const terminal = await demo.terminal()
    await demo.walk(terminal)
    await terminal.asked(/READY {2}1\.1/)
    const whole = await terminal.rows()
    await terminal.press('C-z')
    await terminal.until(/Stopped/)
    expect(await terminal.ask(STATE)).toBe('0 1')
    await terminal.command('fg')
    await terminal.asked(/READY {2}1\.1/)
    expect(withoutTime(await terminal.rows())).toEqual(withoutTime(whole))
    writeFileSync(await terminal.ask('#{pane_tty}'), 'garbage '.repeat(100))
    await terminal.until(/garbage/)
    await terminal.press('C-l')
    await terminal.gone(/garbage/)
    expect(withoutTime(await terminal.rows())).toEqual(withoutTime(whole))
    await terminal.press('Enter')
    await terminal.asked(/READY {2}1\.2/)
  })

  test('36: a dumb terminal gets plain mode, CI on a terminal the full screen, and l and full lead over and back', async () => {
    const terminal = await demo.terminal()
    await terminal.command('TERM=dumb signoff run demo.md --release v1')
    await terminal.until(/Step 1\.1, Look around/)
    expect(await terminal.ask('#{alternate_on}')).toBe('0')
    process.kill(demo.pid(), 'SIGTERM')
    expect(await terminal.ended()).toBe(143)
    await terminal.command('CI=1 signoff resume')
    await terminal.asked(/READY {2}1\.1/)
    expect(await terminal.ask('#{alternate_on}')).toBe('1')
    await terminal.press('l')
    await terminal.asked(/Step 1\.1, Look around/)
    expect(await terminal.ask(STATE)).toBe('0 1')
    await terminal.command('full')
    await terminal.asked(/READY {2}1\.1/)
    expect(await terminal.ask('#{alternate_on}')).toBe('1')
    await terminal.press('Enter')
    await terminal.asked(/READY {2}1\.2/)
    await terminal.press('l')
    await terminal.asked(/Step 1\.2, Build/)
  })
})

/** What two looks at the same question may differ in: the clock, and what is told only until the next key. */
function withoutTime(rows: readonly string[]): string[] {
  return rows.map(row =>
    row.replace(/\d\d:\d\d:\d\d/g, 'hh:mm:ss').replace(/ \d warnings?: see signoff doctor {2}/, ''),
  )
}
