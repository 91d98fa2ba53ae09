import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasCommand, makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'
import { TestTerminal } from '../tui/helpers/terminal.ts'
import { filesHolding } from './files-holding.ts'

const PROGRAMS = fileURLToPath(new URL('../fixtures/programs', import.meta.url))
const HANDED_OVER = /has the terminal until it ends/
const SECRET = 's3cr3t-word'

let world: World
const terminals: TestTerminal[] = []
beforeEach(async () => {
  world = await makeWorld({ files: { 'book.md': bookOf(SESSIONS), 'sessions.md': bookOf(TWENTY_PROMPTS) } })
})
afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.close()
  await world.remove()
})

/** What no word of a block tells is said by a marker. */
const MARKED = '<!-- signoff terminal -->\n'

const SESSIONS: readonly string[] = [
  'greeting=hello; cd "$HOME"',
  'read -rsp "Password: " word; echo; echo "$greeting, ${#word} characters"; name=kim',
  `${MARKED}${PROGRAMS}/asks-at-tty`,
  `${MARKED}${PROGRAMS}/draws-a-screen`,
  'echo "$name $(<typed)"',
]

const TWENTY_PROMPTS: readonly string[] = Array.from(
  { length: 20 },
  (_, round) => `read -rp "line ${round}: " line; echo "$line" >>"$HOME/lines"`,
)

/** A runbook of one numbered list, each item with its block. */
function bookOf(scripts: readonly string[]): string {
  const items = scripts.map((script, index) => {
    const item = `${index + 1}. `
    const marker = script.startsWith(MARKED) ? [MARKED.trim(), ''] : []
    const lines = [...marker, '```bash', ...script.replace(MARKED, '').split('\n'), '```']
    const indented = lines.map(line => (line === '' ? '' : ' '.repeat(item.length) + line))
    return `${item}Part ${index + 1}\n\n${indented.join('\n')}\n`
  })
  return `# Sessions\n\n## 1 All\n\n${items.join('\n')}`
}

function start(args: readonly string[], size = { columns: 80, rows: 24 }): TestTerminal {
  const env = { ...world.env, SIGNOFF_KEY: world.operator.keyFile, CI: '' }
  const terminal = new TestTerminal(process.execPath, [signoffFile(), ...args], size, env, world.repository.clone)
  terminals.push(terminal)
  return terminal.startsAtOnce()
}

test('in the full screen: a password, an ssh-like program and a full-screen one, each with its own terminal', async () => {
  const terminal = start(['run', 'book.md', '--release', 'v1', '--ui', 'full'])
  await terminal.asked(/READY {2}1\.1/)
  // The screen before the run has shown what was found.
  expect(terminal.bytes).toMatch(/Checks[\s\S]*\d warnings?/)
  terminal.send('\r')
  await terminal.answer(/READY {2}1\.2.*Enter runs it in this terminal/, '\r')
  await lent(terminal, /^Password:/m)
  expect(terminal.isAlternate).toBe(false)
  terminal.send(`${SECRET}\r`)
  await terminal.asked(/READY {2}1\.3/)
  expect(terminal.isAlternate).toBe(true)
  expect(terminal.text()).toContain('hello, 11 characters')

  await open(terminal)
  await lent(terminal, /^kim@host password:/m)
  terminal.send(`${SECRET}\r`)
  await terminal.until(/welcome, 11 characters/)
  terminal.send('uptime\r')
  await terminal.until(/ran uptime/)
  terminal.send('exit\r')
  await terminal.asked(/READY {2}1\.4/)

  await open(terminal)
  await terminal.until(/^24 80/m)
  terminal.resize(100, 30)
  await terminal.until(/^30 100/m)
  terminal.send('abc')
  await terminal.until(/typed: abc/)
  terminal.send('q')
  await terminal.asked(/READY {2}1\.5/)
  expect(terminal.isAlternate).toBe(true)
  expect(terminal.rows()).toHaveLength(30)
  terminal.send('\r')
  await terminal.asked(/FINISHED/)
  expect(terminal.text()).not.toContain('typed:')
  terminal.send('\r')
  expect(await terminal.exited).toBe(0)

  const transcript = world.transcript('v1')
  expect(transcript.ofKind('step.start').map(({ size }) => size)).toEqual([null, [80, 24], [80, 24], [80, 24], null])
  expect(transcript.ofKind('output.resize')).toMatchObject([{ cols: 100, rows: 30 }])
  const shown = transcript.ofKind('output').map(({ fd, text }) => `${fd} ${text}`)
  expect(shown.join('')).toContain('pty welcome, 11 characters'.slice(4))
  expect(shown.at(-1)).toBe('out kim abc\n')
  expect(filesHolding(world.root, SECRET)).toEqual([])
  expect((await world.signoff(['verify', transcript.folder])).exitCode).toBe(0)
  const exported = await world.signoff(['export', transcript.folder, '--format', 'md'])
  expect(exported.stdout).toContain('hello, 11 characters')
  expect(exported.stdout).toMatch(/a full-screen program was here/)
  expect(exported.stdout).not.toContain('\\u{1b}')
})

/** A script has the terminal, and has shown this: the same words may stand in the script on the screen. */
async function lent(terminal: TestTerminal, what: RegExp): Promise<void> {
  await terminal.until(() => !terminal.isAlternate && HANDED_OVER.test(terminal.bytes) && what.test(terminal.text()))
}

/** Runs the step that is asked: by its review, where it changes something. */
async function open(terminal: TestTerminal): Promise<void> {
  const before = count(terminal.bytes, HANDED_OVER)
  terminal.send('\r')
  await terminal.until(() => count(terminal.bytes, HANDED_OVER) > before || /y: run/.test(terminal.text()))
  if (count(terminal.bytes, HANDED_OVER) > before) return
  await terminal.answer(/y: run/, 'y')
}

test.each(['full', 'plain'])(
  'in %s mode no key of 20 sessions is lost, typed as soon as the terminal is lent',
  async ui => {
    const terminal = start(['run', 'sessions.md', '--release', 'v1', '--ui', ui])
    for (let round = 0; round < 20; round++) {
      const before = count(terminal.bytes, HANDED_OVER)
      await terminal.answer(
        ui === 'full' ? new RegExp(`READY {2}1\\.${round + 1} `) : new RegExp(`Step 1\\.${round + 1}, `),
        ui === 'full' ? '\r' : 'run\n',
      )
      await terminal.until(() => count(terminal.bytes, HANDED_OVER) > before)
      terminal.send(`first and last ${round}\r`)
    }
    await terminal.asked(ui === 'full' ? /FINISHED/ : /Run passed/)
    if (ui === 'full') terminal.send('\r')
    expect(await terminal.exited).toBe(0)
    const lines = Array.from({ length: 20 }, (_, round) => `first and last ${round}\n`).join('')
    expect(readFileSync(join(world.env.HOME ?? '', 'lines'), 'utf8')).toBe(lines)
  },
)

function count(text: string, what: RegExp): number {
  return text.split(new RegExp(what.source)).length - 1
}

test.each(['SIGTERM', 'SIGHUP'] as const)(
  '%s while a script has the terminal restores it, and resume knows how the script ended',
  async signal => {
    const terminal = start(['run', 'sessions.md', '--release', 'v1', '--ui', 'full'])
    await terminal.answer(/READY {2}1\.1/, '\r')
    await lent(terminal, /^line 0:/m)
    terminal.signal(signal)
    expect(await terminal.exited).toBe(signal === 'SIGTERM' ? 143 : 129)
    expect(terminal.isAlternate).toBe(false)
    expect(await world.processesLeft()).toEqual([])
    const resumed = start(['resume', '--ui', 'full'])
    await resumed.until(/FAILED 1\.1/, 20_000)
    const [end] = world.transcript('v1').ofKind('step.end')
    expect(end).toMatchObject({ outcome: 'signalled', signal: 'SIGHUP', result: 'failed' })
    expect(world.transcript('v1').ofKind('run.pause')).toMatchObject([{ reason: signal }])
  },
)

test('"signoff stop" in another terminal ends the script that has this one, and the record says who did it', async () => {
  const terminal = start(['run', 'sessions.md', '--release', 'v1', '--ui', 'full'])
  await terminal.asked(/READY {2}1\.1/)
  expect((await world.signoff(['stop'])).stderr).toContain('no script of it is running')
  terminal.send('\r')
  await lent(terminal, /^line 0:/m)
  const { exitCode, stderr } = await world.signoff(['stop'])
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('its script was stopped')])
  await terminal.until(/STOPPED|FAILED/)
  expect(terminal.isAlternate).toBe(true)
  const transcript = world.transcript('v1')
  expect(transcript.ofKind('step.stop')).toMatchObject([
    { signal: 'SIGINT', why: 'person', by: world.operator.principal },
  ])
  expect(transcript.ofKind('step.end')).toMatchObject([{ outcome: 'cancelled', result: 'failed' }])
})

test('in plain mode the session stands between two sentences and is not printed again', async () => {
  const terminal = start(['run', 'book.md', '--release', 'v1', '--ui', 'plain', '--from', '1.2', '--until', '1.2'])
  await terminal.answer(/Type "run" to run it/, 'run\n')
  await lent(terminal, /^Password:/m)
  terminal.send(`${SECRET}\r`)
  expect(await terminal.exited).toBe(0)
  const said = terminal.bytes.split('\r\n')
  expect(said.filter(line => line.includes('11 characters'))).toHaveLength(1)
  expect(terminal.bytes).toMatch(/Step 1\.2 has the terminal[\s\S]*Password:[\s\S]*characters[\s\S]*Step 1\.2 passed/)
  expect(terminal.bytes).not.toContain('begins ---')
  expect(filesHolding(world.root, SECRET)).toEqual([])
})

test('without a terminal such a step is missing: its place, what to do, exit 20, and nothing was run', async () => {
  const { exitCode, stderr } = await world.signoff(['run', 'sessions.md', '--release', 'v1', '--until', '1.2'])
  expect(exitCode).toBe(20)
  expect(stderr).toMatch(
    /sessions\.md:5:1 1\.1 Part 1: it asks at a terminal, and there is none here: walk it at a terminal/,
  )
  expect(stderr).toMatch(/sessions\.md:11:1 1\.2 /)
  expect(existsSync(join(world.repository.clone, '.signoff/transcripts/v1'))).toBe(false)
})

test.skipIf(!hasCommand('less') || !hasCommand('vi'))('less and vi work as they do in a terminal', async () => {
  world.file('numbers', Array.from({ length: 200 }, (_, line) => `number ${line + 1}\n`).join(''))
  const less = 'less "$TMPDIR/../files/numbers"'
  await world.remove()
  world = await makeWorld({ files: { 'book.md': bookOf([less, 'vi "$HOME/edited"', 'cat "$HOME/edited"']) } })
  world.file('numbers', Array.from({ length: 200 }, (_, line) => `number ${line + 1}\n`).join(''))
  const terminal = start(['run', 'book.md', '--release', 'v1', '--ui', 'full'])
  await terminal.answer(/READY {2}1\.1/, '\r')
  await terminal.until(/^number 23$/m)
  terminal.send('G')
  await terminal.until(/^number 200$/m)
  terminal.send('q')
  await terminal.asked(/READY {2}1\.2/)
  await open(terminal)
  await terminal.until(/^~/m)
  terminal.send('ifirst line')
  await terminal.until(/first line/)
  terminal.send('\u001b')
  await sleep(1200) // vi tells a lone Escape from a sequence by silence
  terminal.send(':wq\r')
  await terminal.answer(/READY {2}1\.3/, '\r')
  await terminal.asked(/FINISHED/)
  expect(world.transcript('v1').ofKind('output').at(-1)).toMatchObject({ fd: 'out', text: 'first line\n' })
})
