import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { begin, type Demo, lacking, openDemo } from '../helpers/demo.ts'

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

  test('2: NO_COLOR leaves every word, and bold, inverse and the mark of the selected row; no colour', async () => {
    const [plain, coloured] = [
      await demo.terminal(undefined, { NO_COLOR: '1', FORCE_COLOR: '1' }),
      await demo.terminal(),
    ]
    await demo.walk(plain, '--from 2.1')
    await plain.asked(/^ > 2\.1/m)
    await plain.answer(/READY {2}2\.1/, 'Enter')
    await plain.asked(/Type {2}production v1/)
    await plain.press('Escape')
    await plain.asked(/not run/)
    const shown = await plain.coloured()
    expect(shown).not.toMatch(/\u001b\[[0-9;]*\b(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m/)
    expect(shown).toMatch(/\u001b\[7m PRODUCTION /)
    // Node warns of both variables together, and its warning has no place on a screen.
    expect(await plain.bytes()).not.toContain('Warning')
    await coloured.command('signoff run demo.md --release v2 --from 2.1')
    await begin(coloured)
    await coloured.asked(/^ > 2\.1/m)
    expect(await coloured.coloured()).toMatch(
      /\u001b\[(?:[0-9;]*;)?31(?:;7)?m PRODUCTION |\u001b\[7m\u001b\[31m PRODUCTION /,
    )
    await coloured.answer(/READY {2}2\.1/, 'Enter')
    await coloured.asked(/Type {2}production v2/)
    await coloured.press('Escape')
    await coloured.asked(/not run/)
    const words = (rows: readonly string[]) => withoutTime(rows).map(row => row.replaceAll('v2', 'v1'))
    expect(words(await coloured.rows())).toEqual(words(await plain.rows()))
  })

  test('32: what a script or a heading says to the terminal is shown and done nowhere', async () => {
    demo.write('hostile.md', hostileRunbook())
    const terminal = await demo.terminal()
    await terminal.tmux('set-option', '-g', 'set-clipboard', 'on')
    await terminal.command('signoff run hostile.md --release v1')
    await begin(terminal)
    await terminal.answer(/READY {2}1\.1/, 'Enter')
    await terminal.asked(/NEEDS YOU {2}1\.2/)
    const shown = await terminal.text()
    for (const visible of ['\\x1b]52;c;', '\\x1b]0;', '\\x1b]8;;', '\\x1b[2J', '\\u202e'])
      expect(shown).toContain(visible)
    expect(shown).not.toMatch(/\u202e/)
    expect((await terminal.rows())[0]).toMatch(/^ no environment \| /)
    expect(await terminal.rows()).toHaveLength(24)
    expect(await terminal.tmux('list-buffers')).toBe('')
    await vi.waitFor(async () => expect(await terminal.ask('#{pane_title}')).toMatch(/^NEEDS YOU 1\.2 /), 5000)
  })

  test('33: whoever looks elsewhere is called: by bell, title and a command of their own; and the title comes back', async () => {
    const told = demo.world.file('told', '')
    const notify = demo.world.file('notify', `#!/bin/sh\nprintf '%s\\n' "$1" >> ${told}\n`)
    chmodSync(notify, 0o755)
    const config = join(demo.world.env.XDG_CONFIG_HOME ?? '', 'signoff')
    mkdirSync(config, { recursive: true })
    writeFileSync(join(config, 'config.yaml'), `notify: [${notify}]\n`)
    const terminal = await demo.terminal()
    await terminal.tmux('select-pane', '-T', 'title of before')
    await demo.walk(terminal, '--from 1.2')
    await terminal.answer(/READY {2}1\.2/, 'Enter')
    await terminal.until(/RUNNING {2}1\.2/)
    await terminal.tmux('new-window', '-d', '-n', 'other', 'sleep 1000')
    await terminal.tmux('select-window', '-t', 'other')
    const first = '#{window_bell_flag}'
    await terminal.knows(`#{W:${first} }`, /1/)
    expect(await terminal.tmux('display-message', '-p', '-t', ':0', '#{pane_title}')).toContain(
      'NEEDS YOU 1.3 Payments',
    )
    expect(readFileSync(told, 'utf8')).toBe('Payments: NEEDS YOU 1.3 On-call channel was told\n')
    await terminal.tmux('select-window', '-t', ':0')
    process.kill(demo.pid(), 'SIGTERM')
    await terminal.ended()
    expect(await terminal.ask('#{pane_title}')).toBe('title of before')
  })

  test('34: y gives the script to the clipboard byte for byte and says how; Y puts it on the normal screen', async () => {
    const terminal = await demo.terminal()
    await demo.walk(terminal, '--from 2.1')
    await terminal.answer(/READY {2}2\.1/, 'y')
    await terminal.until(/copied with tmux: the script of 2\.1/)
    const script = 'touch started-2.1\nfor line in $(seq 1 50); do echo "image line $line"; done'
    expect(await terminal.tmux('show-buffer')).toBe(script)
    await terminal.press('Y')
    await terminal.asked(/^touch started-2\.1\nfor line in \$\(seq 1 50\); do echo "image line \$line"; done$/m)
    expect(await terminal.ask(STATE)).toBe('0 1')
    await terminal.press('C-c')
    await terminal.asked(/READY {2}2\.1/)
    expect(await terminal.ask('#{alternate_on}')).toBe('1')
    // The key that came back has answered nothing.
    expect(demo.kinds()).not.toContain('step.start')
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
    await terminal.answer(/READY {2}1\.2/, 'l')
    await terminal.asked(/Step 1\.2, Build/)
  })
})

/** What two looks at the same question may differ in: the clock, and what is told only until the next key. */
function withoutTime(rows: readonly string[]): string[] {
  return rows.map(row =>
    row.replace(/\d\d:\d\d:\d\d/g, 'hh:mm:ss').replace(/ \d warnings?: see signoff doctor {2}/, ''),
  )
}

/** A heading and a script that would take the clipboard, the title and the screen. */
function hostileRunbook(): string {
  const bytes = [
    '\\033]52;c;dGFrZW4=\\007',
    '\\033]0;taken\\007',
    '\\033]8;;http://taken\\007link',
    '\\033[2J\\033[H',
    '\\342\\200\\256',
  ]
  const lines = bytes.map(text => `printf '${text} end\\n'`)
  return `# A title \u001b]0;taken\u0007\u202e\n\n## 1. First\u001b[2J\n\n1. Say \u202e it:\n\n   \`\`\`bash\n   ${lines.join('\n   ')}\n   \`\`\`\n\n2. [ ] Seen\n`
}
