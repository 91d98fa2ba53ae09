import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { TestTerminal } from './helpers/terminal.ts'

vi.setConfig({ testTimeout: 40_000, hookTimeout: 60_000 })

const folder = mkdtempSync(join(tmpdir(), 'signoff-screen-'))
const program = join(folder, 'screen-program.js')
const report = join(folder, 'report.json')
const terminals: TestTerminal[] = []

beforeAll(async () => {
  const bundle = await rolldown({
    input: resolve(import.meta.dirname, 'helpers/screen-program.tsx'),
    platform: 'node',
    external: ['react-devtools-core'],
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  })
  await bundle.write({ dir: folder, format: 'esm', entryFileNames: 'screen-program.js' })
  await bundle.close()
})
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(begin: string, size = { columns: 80, rows: 24 }, env: NodeJS.ProcessEnv = {}): TestTerminal {
  rmSync(report, { force: true })
  const terminal = new TestTerminal(process.execPath, [program, begin, report], size, env)
  terminals.push(terminal)
  return terminal
}

async function reported(
  terminal: TestTerminal,
): Promise<{ said: { kind: string }[]; starts: string[]; rawMode: boolean }> {
  await terminal.exited
  return JSON.parse(readFileSync(report, 'utf8'))
}

/** Pauses the run, which leaves the screen. */
async function pause(terminal: TestTerminal): Promise<void> {
  await terminal.answer(/\? all keys/, 'q')
  await terminal.answer(/Leave this run\?/, '2')
}

test.each([
  [80, 24],
  [60, 15],
])('at %ix%i: one header, the need and its key in row 2, the keys in the last row', async (columns, rows) => {
  const terminal = start('1.1', { columns, rows })
  await terminal.until(/READY {2}1\.1 Look around: Enter runs it[\s\S]*\? all keys/)
  const shown = terminal.rows()
  expect(shown[0]).toMatch(/^ no environment \| pay.*\d\d:\d\d:\d\d$/)
  expect(shown[1]).toContain('READY')
  expect(shown.at(-1)).toMatch(/Enter run .*\? all keys/)
  expect(terminal.isAlternate).toBe(true)
})

test('Enter runs the step, its output is shown, and the next step is asked', async () => {
  const terminal = start('1.1')
  await terminal.answer(/READY {2}1\.1/, '\r')
  await terminal.until(/1\.2 Build: Enter runs it/)
  await terminal.until(/line 49/)
  expect(terminal.text()).toMatch(/1\.1 .*✔ passed/)
  await pause(terminal)
  expect((await reported(terminal)).starts).toEqual(['s1.1'])
})

test('the phrase and its Enter in one write run a change in production exactly once', async () => {
  const terminal = start('2.1')
  await terminal.answer(/READY {2}2\.1/, '\r')
  await terminal.answer(/Type {2}production v2\.4\.0/, 'production v2.4.0\r')
  await terminal.until(/READY {2}2\.2/)
  await pause(terminal)
  expect((await reported(terminal)).starts).toEqual(['s2.1'])
})

test('three Enters at once on a change in production open the review and run nothing', async () => {
  const terminal = start('2.1')
  await terminal.asked(/READY {2}2\.1/)
  terminal.send('\r\r\r')
  await terminal.until(/ignored 2 keys typed before this question/)
  terminal.send('\u001b')
  await terminal.asked(/not run/)
  await pause(terminal)
  expect((await reported(terminal)).starts).toEqual([])
})

test('keys typed while a script runs answer nothing afterwards', async () => {
  const terminal = start('1.2')
  await terminal.answer(/READY {2}1\.2/, '\r')
  await terminal.until(/RUNNING {2}1\.2/)
  terminal.send(' ')
  await new Promise(resolve => setTimeout(resolve, 200))
  terminal.send('\r \r')
  await terminal.until(/Enter: 1\.2 is running/)
  terminal.signal('SIGUSR2')
  await terminal.until(/ignored \d keys typed before this question/)
  await pause(terminal)
  const { said } = await reported(terminal)
  expect(said.map(({ kind }) => kind)).toEqual(['run', 'pause'])
})

test('three Spaces in one write tick one confirmation', async () => {
  const terminal = start('1.3')
  await terminal.asked(/NEEDS YOU {2}1\.3/)
  terminal.send('   ')
  await terminal.until(/1\.4 Replica lag/)
  await pause(terminal)
  expect((await reported(terminal)).said.filter(({ kind }) => kind === 'confirm')).toHaveLength(1)
})

/** Letters that are keys, in pieces as a slow line delivers them. */
async function typeOn(terminal: TestTerminal): Promise<void> {
  for (const piece of [' ', 'y', 'n ', 'an', 'y q', '2\r', ' l', 'xs', '1', '\r']) {
    terminal.send(piece)
    await new Promise(resolve => setTimeout(resolve, 150))
  }
}

test('what is typed on behind a phrase, in the same write and in pieces after it, is no key', async () => {
  const terminal = start('2.1')
  await terminal.answer(/READY {2}2\.1/, '\r')
  await terminal.asked(/Type {2}production v2\.4\.0/)
  terminal.send('production v2.4.0\ry 2 q now\r')
  await typeOn(terminal)
  await terminal.until(/ignored \d+ keys typed before this question: pause a second/)
  await pause(terminal)
  const { said, starts } = await reported(terminal)
  expect(said.map(({ kind }) => kind)).toEqual(['run', 'pause'])
  expect(starts).toEqual(['s2.1'])
})

test('what is typed on behind a note ticks nothing', async () => {
  const terminal = start('1.3')
  await terminal.answer(/NEEDS YOU {2}1\.3/, 'a')
  await terminal.asked(/^ > *$/m)
  terminal.send('told them\r')
  await typeOn(terminal)
  await terminal.until(/ignored \d+ keys typed before this question: pause a second/)
  await pause(terminal)
  expect((await reported(terminal)).said.map(({ kind }) => kind)).toEqual(['note', 'pause'])
})

test('a text that is pasted where no field is, by a terminal that does not say so, is no key', async () => {
  const terminal = start('1.3')
  await terminal.asked(/NEEDS YOU {2}1\.3/)
  terminal.send('kubectl get pods -l app=quay\r y\rlast words ')
  await terminal.until(/paste is not accepted here/)
  await pause(terminal)
  expect((await reported(terminal)).said.map(({ kind }) => kind)).toEqual(['pause'])
})

test('letters typed into a window that is resized are no keys, of whatever size it is by then', async () => {
  const terminal = start('1.3')
  await terminal.answer(/NEEDS YOU {2}1\.3/, 'a')
  await terminal.asked(/^ > *$/m)
  terminal.send('told ')
  // The signal of another size would come before letters that nobody has read.
  await terminal.until(/^ > told ?$/m)
  terminal.resize(52, 12)
  await terminal.until(/Terminal too small/)
  terminal.send('ll y')
  terminal.resize(120, 40)
  await terminal.asked(/^ > told ?$/m)
  terminal.send('them\r')
  terminal.resize(80, 24)
  await typeOn(terminal)
  await pause(terminal)
  expect((await reported(terminal)).said.map(({ kind }) => kind)).toEqual(['note', 'pause'])
})

test('a late arrow, unknown sequences and replies of the terminal type nothing', async () => {
  const terminal = start('2.1')
  await terminal.answer(/READY {2}2\.1/, '\r')
  await terminal.asked(/Type {2}production/)
  terminal.send('\u001b[1;5P\u001b]11;rgb:ffff/ffff/ffff\u001b\\\u001by\u001b[I')
  terminal.send('\u001b')
  await new Promise(resolve => setTimeout(resolve, 50))
  terminal.send('[A')
  terminal.send('x')
  await terminal.until(/^ > x$/m)
})

test('a paste on a review is refused, and one that never ends does not lock the keyboard', async () => {
  const terminal = start('2.1')
  await terminal.answer(/READY {2}2\.1/, '\r')
  await terminal.asked(/Type {2}production/)
  terminal.send('\u001b[200~y\rproduction v2.4.0\r\u001b[201~')
  await terminal.until(/paste is not accepted here/)
  terminal.send('\u001b')
  await terminal.asked(/not run/)
  terminal.send('\u001b[200~endless')
  await new Promise(resolve => setTimeout(resolve, 1300))
  terminal.send('j')
  await terminal.until(/> 2\.2/)
  await pause(terminal)
  expect((await reported(terminal)).starts).toEqual([])
})

test('1,000 random bytes start nothing unasked and leave the screen whole', async () => {
  const terminal = start('2.1')
  await terminal.asked(/READY {2}2\.1/)
  let seed = 42
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  for (let sent = 0; sent < 1000; sent += 20) {
    const piece = Array.from({ length: 20 }, () => Math.floor(random() * 256)).filter(
      byte => byte < 0x30 || byte > 0x39,
    )
    terminal.send(Buffer.from(piece).toString('latin1'))
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  // A paste or a sequence left open by chance ends by silence.
  await new Promise(resolve => setTimeout(resolve, 1500))
  // Whatever the last of them has opened, a dialog or a text on the normal screen, is closed as a person would.
  for (let press = 0; press < 2 || (press < 10 && !/\? all keys/.test(terminal.text())); press++) {
    terminal.send('\u001b')
    await new Promise(resolve => setTimeout(resolve, 600))
  }
  await terminal.until(/\? all keys/)
  expect(terminal.rows()[0]).toMatch(/PRODUCTION \| payments/)
  expect(terminal.text().match(/PRODUCTION \|/g)).toHaveLength(1)
  terminal.signal('SIGTERM')
  const { said, starts } = await reported(terminal)
  expect(starts).toEqual([])
  expect(said.filter(({ kind }) => ['run', 'skip', 'rollback', 'confirm'].includes(kind))).toEqual([])
})

test('a script on the normal screen goes by any key, and what is typed on the way there is neither echoed nor a signal', async () => {
  const terminal = start('2.1')
  await terminal.asked(/READY {2}2\.1/)
  for (let round = 0; round < 5; round++) {
    const before = terminal.bytes.length
    terminal.send('Y')
    // The moment in which the screen lets go: Ctrl-C, Ctrl-\\, Ctrl-Z, Ctrl-D and half a character.
    await terminal.leaves(before)
    terminal.send('\u0003\u001c\u001a\u0004N\u00ff')
    // Read so late that the text had stood for long, they may have been the key: then the screen is back already.
    const notice = /kubectl set image\n\nThis was the script of 2\.1\. Any key comes back\.\n\s*$/
    await terminal.until(() => terminal.bytes.includes('Any key comes back', before))
    await terminal.asked(new RegExp(`${notice.source}|READY {2}2\\.1`))
    if (notice.test(terminal.text())) terminal.send(['\u0003', ' ', 'q', '\u001b[A', '\u00ff'][round] ?? 'n')
    await terminal.asked(/READY {2}2\.1[\s\S]*\? all keys/)
    expect(terminal.bytes.slice(before)).not.toMatch(/\^[CDZ\\]/)
    expect(terminal.isAlternate).toBe(true)
  }
  await pause(terminal)
  const { said } = await reported(terminal)
  expect(said.map(({ kind }) => kind)).toEqual(['pause'])
})

test('keys that came in one piece with the one that leaves the screen do nothing', async () => {
  const terminal = start('2.1', { columns: 80, rows: 24 }, { EDITOR: 'cat', VISUAL: '' })
  await terminal.asked(/READY {2}2\.1/)
  terminal.send('Yeqs')
  await terminal.asked(/Any key comes back/)
  terminal.send(' ')
  await terminal.asked(/READY {2}2\.1[\s\S]*\? all keys/)
  await pause(terminal)
  const { said } = await reported(terminal)
  expect(said.map(({ kind }) => kind)).toEqual(['pause'])
})

test('resizing leaves one header and one last row of the right size, and says when it is too small', async () => {
  const terminal = start('1.3')
  await terminal.until(/NEEDS YOU {2}1\.3/)
  for (const [columns, rows] of [
    [120, 40],
    [80, 24],
    [60, 20],
    [52, 12],
    [200, 50],
  ] as const) {
    terminal.resize(columns, rows)
    if (columns < 60) await terminal.until(/Terminal too small \(52x12\)/)
    else
      await terminal.until(() => {
        const shown = terminal.rows()
        const headers = shown.filter(row => row.includes('no environment'))
        return headers.length === 1 && shown[0] === headers[0] && (shown.at(-1) ?? '').includes('? all keys')
      })
  }
})

test('while nothing happens the clock goes on by itself, in few bytes, and leaves the frame as it is', async () => {
  const terminal = start('1.3', { columns: 200, rows: 50 })
  await terminal.asked(/NEEDS YOU {2}1\.3[\s\S]*\? all keys/)
  const clock = () => /\d\d:\d\d:\d\d/.exec(terminal.rows()[0] ?? '')?.[0] ?? ''
  const rest = () => terminal.rows().slice(1)
  const [before, seen] = [rest(), terminal.bytes.length]
  const shown = new Set<string>()
  await terminal.until(() => shown.add(clock()).size > 4)
  expect(rest()).toEqual(before)
  expect(terminal.bytes.length - seen).toBeLessThan(5 * 100)
  // The frame that comes next is drawn upon it.
  terminal.send('j')
  await terminal.until(/> 1\.4/)
  expect(terminal.rows()[0]).toMatch(
    /^ no environment \| payments v2\.4\.0 \| 1 Prepare \| 2\/12 done \| \d\d:\d\d:\d\d/,
  )
  expect(terminal.text().match(/no environment/g)).toHaveLength(1)
})

test('without colour no colour is sent, and the scrollback is never cleared', async () => {
  const terminal = start('1.1', { columns: 80, rows: 24 }, { NO_COLOR: '1' })
  await terminal.answer(/READY {2}1\.1/, '\r')
  await terminal.until(/1\.2 Build/)
  expect(terminal.bytes).not.toMatch(/\u001b\[[0-9;]*\b(3[0-7]|9[0-7]|38|48)m/)
  expect(terminal.bytes).not.toContain('\u001b[3J')
})

test('a pause leaves the alternate screen, shows the cursor and ends raw mode', async () => {
  const terminal = start('1.1')
  await terminal.asked(/READY {2}1\.1/)
  await pause(terminal)
  await terminal.until(/left: .*paused/)
  expect((await reported(terminal)).rawMode).toBe(false)
  expect(terminal.isAlternate).toBe(false)
  expect(terminal.bytes.lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.bytes.lastIndexOf('\u001b[?25l'))
  expect(terminal.bytes.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(terminal.bytes.lastIndexOf('\u001b[?2004h'))
})

test('an editor has the whole terminal, and afterwards the screen is whole again with the change under review', async () => {
  // It draws on the normal screen, reads a line of its own, and changes the script by what was typed.
  const editor = join(folder, 'editor.sh')
  writeFileSync(editor, '#!/bin/sh\necho EDITING\nread -r line\nprintf "%s\\n" "$line" > "$1"\n', { mode: 0o755 })
  const terminal = start('2.1', { columns: 80, rows: 24 }, { EDITOR: editor, VISUAL: '' })
  await terminal.answer(/READY {2}2\.1/, 'e')
  await terminal.until(/EDITING/)
  expect(terminal.isAlternate).toBe(false)
  terminal.send('kubectl get pods jkq\r')
  await terminal.asked(/Reason for the change/)
  expect(terminal.isAlternate).toBe(true)
  expect(terminal.text()).toMatch(/^ +-kubectl set image/m)
  expect(terminal.text()).toMatch(/^ +\+kubectl get pods jkq/m)
  terminal.send('look first\r')
  await terminal.asked(/READY {2}2\.1/)
  expect(terminal.rows()[0]).toMatch(/PRODUCTION \| payments/)
  expect(terminal.text().match(/PRODUCTION \|/g)).toHaveLength(1)
  await terminal.until(/EDITED/)
  await pause(terminal)
  const { said } = await reported(terminal)
  expect(said[0]).toMatchObject({ kind: 'edit', step: 's2.1', script: 'kubectl get pods jkq\n', reason: 'look first' })
  expect(said.map(({ kind }) => kind)).toEqual(['edit', 'pause'])
})

test('a signal leaves the screen by the same function', async () => {
  const terminal = start('1.1')
  await terminal.asked(/READY {2}1\.1/)
  terminal.signal('SIGTERM')
  expect(await terminal.exited).toBe(143)
  await terminal.until(/left by SIGTERM/)
  expect(terminal.isAlternate).toBe(false)
  expect(terminal.bytes.lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.bytes.lastIndexOf('\u001b[?25l'))
})

test('the last of 10,000 steps is reached by one key', async () => {
  const terminal = start('long')
  await terminal.asked(/READY {2}1\.1/)
  terminal.send('G')
  await terminal.until(/> 1\.10000/)
  terminal.send('g')
  await terminal.until(/> 1\.1 /)
})

test('the next row of the form gets whole what is typed right behind the Enter of the row before', async () => {
  const terminal = start('1.6')
  await terminal.answer(/\? all keys/, 'f')
  await terminal.asked(/> version[\s\S]*New value\?/)
  for (const key of '4.2.0\rprod-eu\r') {
    terminal.send(key)
    // As fast as people type: a burst would be a paste.
    await new Promise(resolve => setTimeout(resolve, 60))
  }
  await terminal.until(/READY {2}1\.6/)
  await pause(terminal)
  expect((await reported(terminal)).said.filter(({ kind }) => kind === 'value')).toEqual([
    { kind: 'value', name: 'version', value: '4.2.0' },
    { kind: 'value', name: 'TOKEN', value: 'prod-eu' },
  ])
})
