import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ScriptOrder, ScriptReport } from '../../../src/runner/ports.ts'
import { TestTerminal } from '../../tui/helpers/terminal.ts'
import { type ATerminal, openTerminal } from './a-terminal.ts'
import {
  bytesOf,
  collect,
  openSession,
  processesWith,
  type Result,
  type SessionOfScripts,
} from './session-of-scripts.ts'

vi.setConfig({ testTimeout: 30_000 })

const terminals: TestTerminal[] = []
let at: ATerminal
let session: SessionOfScripts
beforeEach(async () => {
  at = await openTerminal()
  session = openSession({ terminal: at.terminal })
})
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close()
  session.end()
  at.close()
})

function run(script: string, change: Parameters<SessionOfScripts['run']>[1] = {}): Promise<Result> {
  return session.run(script, { terminal: true, ...change })
}

describe('a script in the terminal', () => {
  test('has one: standard streams, /dev/tty and its size', async () => {
    const result = await run('test -t 0 && test -t 1 && test -t 2 && stty size && echo asked >/dev/tty')
    expect(result).toMatchObject({ pty: '30 90\r\nasked\r\n', out: '', err: '', outcome: 'exited', exit: 0 })
    expect(result.ended.end.streams).toMatchObject([{ fd: 'pty', bytes: 14, kept: 14, masked: 0, lost: 0 }])
    expect(at.shown()).toContain('30 90\r\nasked\r\n')
    expect(at.isLent).toBe(false)
    expect(at.handovers).toEqual([{ step: 'step-1', recorded: true }])
  })

  test('gets the first key, however early it was typed, and what is typed unseen is kept nowhere', async () => {
    at.typeWhenLent('s3cr3t-word\r')
    const result = await run('read -rsp "Password: " word; echo; echo "[${#word}]"; printf %s "$word" >word')
    expect(result.pty).toContain('[11]\r\n')
    expect(readFileSync(join(session.folder, 'word'), 'utf8')).toBe('s3cr3t-word')
  })

  test('exits as it does', async () => {
    expect(await run('exit 7')).toMatchObject({ outcome: 'exited', exit: 7, signal: null })
    expect(await run('exit 130')).toMatchObject({ outcome: 'exited', exit: 130, signal: null })
    expect(await run('exit 143')).toMatchObject({ outcome: 'exited', exit: 143, signal: null })
    expect(await run('kill -TERM $$')).toMatchObject({ outcome: 'signalled', exit: null, signal: 'SIGTERM' })
    expect(await run('kill -INT $$')).toMatchObject({ outcome: 'signalled', exit: null, signal: 'SIGINT' })
    expect(await run('kill -KILL $$')).toMatchObject({ outcome: 'signalled', exit: null, signal: 'SIGKILL' })
  })

  test('is interrupted by Ctrl-C, and may take it for something else', async () => {
    const asked = run('echo ready; read -r line')
    await at.until(/ready/)
    at.type('\u0003')
    expect(await asked).toMatchObject({ outcome: 'signalled', signal: 'SIGINT' })
    const trapped = run('trap "echo caught; exit 3" INT; echo armed; read -r line')
    await at.until(/armed/)
    at.type('\u0003')
    expect(await trapped).toMatchObject({ outcome: 'exited', exit: 3 })
  })

  test('that is suspended goes on at once, since no shell is there to wake it', async () => {
    const asked = run('read -rp "name: " name; echo "[$name]"')
    await at.until(/name: /)
    at.type('\u001a')
    await at.until(/\^Z/)
    at.type('kim\r')
    expect((await asked).pty).toContain('[kim]\r\n')
  })

  test('sees a change of size, and the record has it', async () => {
    const watching = run(
      'trap "stty size" WINCH; echo ready; until read -rt 0.05 line || ((SECONDS > 100)); do :; done',
    )
    await at.until(/ready/)
    at.resize({ columns: 132, rows: 43 })
    await at.until(/43 132/)
    at.type('\r')
    const result = await watching
    expect(result.exit).toBe(0)
    const resized = result.reports.flatMap(report => (report.kind === 'resized' ? [report.event] : []))
    expect(resized).toEqual([{ kind: 'output.resize', step: 'step-1', attempt: 1, cols: 132, rows: 43 }])
  })

  test('finds the state of the blocks before it, and leaves its own to those after it', async () => {
    await session.run('greeting=hello; greet() { echo "$greeting $1"; }; mkdir -p sub; cd sub')
    at.typeWhenLent('kim\r')
    const result = await run('read -r name; greet "$name"; export answer=42; cd ..; mkdir other; cd other')
    expect(result.pty).toContain('hello kim\r\n')
    expect((await session.run('greet "$name $answer"; pwd')).out).toBe(`hello kim 42\n${session.folder}/other\n`)
  })

  test('is stopped with its whole group, and what it left on in the terminal is switched off', async () => {
    const drawing = run('printf "\\033[?1049h\\033[?25l\\033[?1000hdrawn"; (trap "" INT TERM; sleep 600) & sleep 600', {
      step: 'drawing',
    })
    await at.until(/drawn/)
    await session.executor.stop(session.order('', { step: 'drawing' }).id, 'escalate', 'kim')
    expect(await drawing).toMatchObject({ outcome: 'cancelled' })
    await at.until(/\[\?1049l.*\[\?25h/s)
    expect(at.shown()).toContain('\u001b[?1000l')
    expect(processesWith(session.folder)).toEqual([])
  })

  test('ends at its time limit', async () => {
    const result = await run('sleep 600', { timeoutMs: 300 })
    expect(result).toMatchObject({ outcome: 'timed-out' })
    expect(at.isLent).toBe(false)
  })

  test('is masked in the record, and whole on the terminal', async () => {
    session.executor.keepSecret('TOKEN', 'hunter2-hunter2')
    const result = await run('echo "token $TOKEN"', { secrets: ['TOKEN'] })
    expect(result.pty).toBe('token ***\r\n')
    expect(at.shown()).toContain('token hunter2-hunter2')
  })

  test('runs in sh and zsh fences too', async () => {
    expect((await run('test -t 0; echo "$?"', { shell: 'sh' })).pty).toBe('0\r\n')
  })

  test('that leaves a process behind ends all the same', async () => {
    const result = await run('sleep 600 & echo done')
    expect(result).toMatchObject({ pty: 'done\r\n', exit: 0 })
  })

  test('that stopped its output (Ctrl-S) and ended does not hold the run', async () => {
    const asked = run('read -r line; stty raw -echo; echo ready; read -rn 1 key; exit 4')
    at.type('x\r')
    await at.until(/ready/)
    at.type('k')
    expect(await asked).toMatchObject({ exit: 4 })
  })
})

test("names of a person's own variables cannot meet those of the supervisor", async () => {
  const names = [
    'claim',
    'limit',
    'grace',
    'mask',
    'env',
    'stat',
    'up',
    'start',
    'block',
    'code',
    'how',
    'word',
    'hanger',
  ]
  const environment = { PATH: process.env.PATH ?? '', ...Object.fromEntries(names.map(name => [name, `own ${name}`])) }
  const other = openSession({ environment, terminal: at.terminal })
  try {
    const script = `printf '%s\\n' ${names.map(name => `"$${name}"`).join(' ')}`
    const { pty } = await other.run(script, { timeoutMs: 60_000, terminal: true })
    expect(pty).toBe(names.map(name => `own ${name}\r\n`).join(''))
  } finally {
    other.end()
  }
})

test('nothing of a session stays in the state folder once it is recorded', async () => {
  at.typeWhenLent('s3cr3t-word\r')
  const order = session.order('read -rs word; echo "${#word}"', { terminal: true })
  await session.executor.run(order, async () => undefined)
  const claim = join(session.stateDir, 'claims', readdirSync(join(session.stateDir, 'claims'))[0] ?? '')
  const files = readdirSync(claim, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  expect(files.length).toBeGreaterThan(5)
  for (const { parentPath, name } of files)
    expect(readFileSync(join(parentPath, name), 'latin1')).not.toContain('s3cr3t')
  await session.executor.forget(order.id)
  expect(readdirSync(join(session.stateDir, 'claims'))).toEqual([])
})

describe('a process of its own in a terminal', () => {
  test('loses nothing of a flood, in order', async () => {
    const terminal = start([session.order('seq 1 50000', { terminal: true })])
    await finished(terminal)
    expect(bytesOf(recorded(), 'pty').toString()).toBe(
      Array.from({ length: 50_000 }, (_, index) => `${index + 1}\r\n`).join(''),
    )
  })

  test('loses no tail in 200 short runs', async () => {
    const orders = Array.from({ length: 200 }, (_, round) =>
      session.order(`printf 'first\\nlast of ${round}'`, { terminal: true }),
    )
    await finished(start(orders), 100_000)
    const shown = orders.map(({ step }) =>
      bytesOf(
        recorded().filter(report => report.kind === 'output' && report.event.step === step),
        'pty',
      ).toString(),
    )
    expect(shown).toEqual(orders.map((_, round) => `first\r\nlast of ${round}`))
  }, 110_000)

  test('that takes no output any more hangs the script up, and gives the terminal back', async () => {
    const order = session.order(
      'trap "echo hung up >hup; exit 1" HUP; echo said; while ((SECONDS < 100)); do sleep 0.05; done',
      {
        terminal: true,
      },
    )
    const followed = session.executor.run(order, async report => {
      if (report.kind === 'output') throw new Error('the run is not driven any more')
    })
    await expect(followed).rejects.toThrow('not driven any more')
    await vi.waitFor(() => expect(existsSync(join(session.folder, 'hup'))).toBe(true), 10_000)
    await vi.waitFor(() => expect(at.isLent).toBe(false), 10_000)
  })

  test('killed with -9 takes the terminal away: the script is hung up, and its true end is recorded', async () => {
    const order = session.order('echo before; touch started; read -r line; echo never', { terminal: true })
    const terminal = start([order])
    await terminal.until(/before/)
    await until(() => existsSync(join(session.folder, 'started')))
    terminal.signal('SIGKILL')
    await terminal.exited
    await until(() => statusOf(order).includes('ended '))
    expect(['ended', 'running']).toContain(await session.executor.find(order))
    const before = recorded()
    const from = { out: 0, err: 0, pty: bytesOf(before, 'pty').length }
    const after = await collect(report => session.executor.attach(order, from, report), from)
    expect(after).toMatchObject({ outcome: 'signalled', signal: 'SIGHUP' })
    expect(bytesOf([...before, ...after.reports], 'pty').toString()).toBe('before\r\n')
    expect(processesWith(session.folder)).toEqual([])
  })

  test('and its supervisor killed as well leave an unknown outcome', async () => {
    const order = session.order('trap "" HUP; echo before; touch started; read -r line; sleep 600', { terminal: true })
    const terminal = start([order])
    await terminal.until(/before/)
    await until(() => existsSync(join(session.folder, 'started')))
    const supervisor = Number(readFileSync(join(claimOf(order), 'started'), 'utf8').split('\n')[0])
    process.kill(supervisor, 'SIGKILL')
    terminal.signal('SIGKILL')
    await terminal.exited
    await until(() => !existsSync(`/proc/${supervisor}`))
    expect(await session.executor.find(order)).toBe('lost')
    const after = await collect(report => session.executor.attach(order, { out: 0, err: 0 }, report))
    expect(after).toMatchObject({ outcome: 'unknown', exit: null, pty: 'before\r\n' })
  })

  test('without the package the script gets the terminal itself; nothing of it is recorded but its end', async () => {
    const order = session.order('stty size; read -rsp "Password: " word; echo "[${#word}]"; exit 3', { terminal: true })
    const terminal = start([order, session.order('echo next')], 'without-package')
    await terminal.until(/Password:/)
    expect(terminal.text()).toMatch(/^24 80$/m)
    terminal.send('s3cr3t-word\r')
    await terminal.until(/\[11\]/)
    await finished(terminal)
    const [end, ...rest] = recorded().filter(report => report.kind === 'ended')
    expect(end).toMatchObject({ outcome: 'exited', exit: 3, end: { streams: [] } })
    // The terminal was taken back: what comes next goes on as ever.
    expect(rest).toMatchObject([{ outcome: 'exited', exit: 0 }])
    expect(recorded().some(report => report.kind === 'output' && report.event.fd === 'pty')).toBe(false)
  })

  test('whose terminal stops reading goes on: a time limit ends the script, and its end is recorded', async () => {
    const order = session.order('while ((SECONDS < 100)); do echo a line that nobody reads; done', {
      terminal: true,
      timeoutMs: 1500,
    })
    const terminal = start([order, session.order('echo next')])
    await terminal.until(/nobody reads/)
    terminal.freeze(true)
    await until(() => recorded().some(report => report.kind === 'ended' && report.end.step !== order.step))
    expect(recorded().filter(report => report.kind === 'ended')).toMatchObject([
      { outcome: 'timed-out', end: { streams: [{ fd: 'pty', lost: 0 }] } },
      { outcome: 'exited', exit: 0 },
    ])
    terminal.freeze(false)
    await finished(terminal)
  })

  test('without the package, and its supervisor killed, has the terminal again: it is in the foreground', async () => {
    const order = session.order('touch started; sleep 600', { terminal: true })
    const next = session.order('until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.02; done')
    const terminal = start([order, next], 'without-package')
    await until(() => existsSync(join(session.folder, 'started')))
    expect(isInForeground(terminal.pid)).toBe(false)
    process.kill(Number(readFileSync(join(claimOf(order), 'started'), 'utf8').split('\n')[0]), 'SIGKILL')
    await until(() => recorded().some(report => report.kind === 'ended'))
    expect(recorded().at(-1)).toMatchObject({ outcome: 'unknown' })
    expect(isInForeground(terminal.pid)).toBe(true)
    await session.executor.stop(order.id, 'SIGKILL', null)
    writeFileSync(join(session.folder, 'go'), '')
    await finished(terminal)
  })

  test('without the package Ctrl-C reaches the script and not Signoff, and modes that it left are undone', async () => {
    const orders = [
      session.order('stty -echo; echo ready; read -r line', { terminal: true }),
      session.order('stty -a | grep -o " -\\?echo "; echo asked', { terminal: true }),
    ]
    const terminal = start(orders, 'without-package')
    await terminal.until(/ready/)
    terminal.send('\u0003')
    await terminal.until(/^ echo *\n *asked|^ echo\s+asked/m)
    await finished(terminal)
    expect(recorded().filter(report => report.kind === 'ended')).toMatchObject([
      { outcome: 'signalled', signal: 'SIGINT' },
      { outcome: 'exited', exit: 0 },
    ])
  })
})

function start(orders: readonly ScriptOrder[], how = ''): TestTerminal {
  const program = join(import.meta.dirname, 'lends-its-terminal.ts')
  const args = [program, session.stateDir, join(session.folder, 'reports'), JSON.stringify(orders), how]
  const terminal = new TestTerminal(process.execPath, args, { columns: 80, rows: 24 }, { HOME: session.folder })
  terminals.push(terminal)
  return terminal
}

function recorded(): ScriptReport[] {
  const file = join(session.folder, 'reports')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.map(line => JSON.parse(line)).filter(({ kind }) => kind !== 'all')
}

async function finished(terminal: TestTerminal, waitMs = 20_000): Promise<void> {
  expect(await Promise.race([terminal.exited, sleep(waitMs)])).toBe(0)
  expect(readFileSync(join(session.folder, 'reports'), 'utf8')).toContain('"all"')
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10)
}

function claimOf(order: ScriptOrder): string {
  const name = readdirSync(join(session.stateDir, 'claims')).find(entry => entry.startsWith(order.step))
  return join(session.stateDir, 'claims', name ?? 'none')
}

function statusOf(order: ScriptOrder): string {
  return readFileSync(join(claimOf(order), 'status'), 'utf8')
}

/** Whether the group of a process is the one that its terminal listens to. */
function isInForeground(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return group === foreground
}
