import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Demo, openDemo } from '../helpers/demo.ts'
import type { TestTerminal } from '../tui/helpers/terminal.ts'

const STALL_MS = 12_000
const LOOK_MS = 50
/** What a stall holds is measured here, and not how much garbage V8 lets gather: it gives itself 16 MiB more when it likes to. */
const FIXED_YOUNG_HEAP = '--max-semi-space-size=8'

/** What happens at the level of bytes: scenarios 3, 8 to 10 and 31 of the acceptance table, in a pseudo-terminal of our own. */
describe('bytes', () => {
  let demo: Demo
  beforeEach(async () => {
    demo = await openDemo()
  })
  afterEach(() => demo.close())

  test('3: where the terminal draws our symbols two cells wide, or ASCII is asked for, nothing but ASCII is drawn', async () => {
    const wide = demo.pty([], undefined, {})
    wide.replies = query => (query === '\u001b[6n' ? '\u001b[1;7R' : null)
    await wide.until(/\[>\] ready/)
    const measured = wide.bytes.indexOf('\u001b[6n')
    expect(measured).toBeGreaterThan(0)
    expect(wide.bytes.slice(measured)).not.toMatch(/[^\x00-\x7f]/)
    wide.signal('SIGTERM')
    await wide.exited
    const asked = demo.pty(['--ascii', '--release', 'v2'])
    await asked.until(/\[>\] ready/)
    expect(asked.bytes).not.toMatch(/[^\x00-\x7f]/)
  })

  test('8: the phrase and its Enter in one write run the step exactly once', async () => {
    const terminal = await reviewed()
    terminal.send('production v1\r')
    await terminal.until(/2\.1 .*passed/)
    expect(demo.starts('2.1')).toBe(1)
  })

  test('9: a late arrow, unknown sequences, replies, and 1,000 random keys and bytes start nothing and type nothing', async () => {
    const terminal = await reviewed()
    terminal.send('\u001b')
    await sleep(50)
    terminal.send('[A')
    terminal.send('\u001b[1;5P\u001b]11;rgb:ffff/ffff/ffff\u001b\\\u001b[12;40R')
    terminal.send('x')
    await terminal.until(/^ > x$/m)
    for (const piece of randomKeys(1000)) {
      terminal.send(piece)
      await sleep(2)
    }
    // A paste or a sequence that chance has opened ends by silence; a dialog by Esc.
    await sleep(1300)
    await terminal.until(() => {
      terminal.send('\u001b')
      return /\? all keys/.test(terminal.rows().at(-1) ?? '')
    })
    expect(terminal.rows()[0]).toMatch(/^ PRODUCTION \| Payments v1 /)
    expect(terminal.text().match(/PRODUCTION \|/g)).toHaveLength(1)
    expect(demo.kinds()).not.toContain('step.start')
    terminal.signal('SIGTERM')
    await terminal.exited
    await expectIntact()
  })

  test('10: a paste on a review is refused, and one that never ends does not lock the keyboard', async () => {
    const terminal = await reviewed()
    terminal.send('\u001b[200~y\rproduction v1\r\u001b[201~')
    await terminal.until(/paste is not accepted here/)
    terminal.send('\u001b')
    await terminal.until(/not run/)
    terminal.send('\u001b[200~endless')
    await sleep(2000)
    terminal.send('j')
    await terminal.until(/^ > 2\.2/m)
    expect(demo.kinds()).not.toContain('step.start')
  })

  test('10: where their own configuration permits it a person pastes the phrase, and a repository permits it to nobody', async () => {
    demo.write('.signoff/config.yaml', 'confirm: { allowPaste: true }\n')
    const refused = await demo.world.signoff(['run', 'demo.md', '--release', 'v1'])
    expect(refused).toMatchObject({ exitCode: 65 })
    expect(refused.stderr).toContain('a repository may not make a confirmation easier')
    demo.write('.signoff/config.yaml', '{}\n')
    const config = join(demo.world.env.XDG_CONFIG_HOME ?? '', 'signoff')
    mkdirSync(config, { recursive: true })
    writeFileSync(join(config, 'config.yaml'), 'confirm: { allowPaste: true }\n')
    const terminal = await reviewed()
    terminal.send('\u001b[200~production v1\r\u001b[201~')
    await terminal.until(/^ > production v1$/m)
    // Its Enter was no key.
    expect(demo.starts('2.1')).toBe(0)
    terminal.send('\r')
    await terminal.until(/2\.1 .*passed/)
    expect(demo.starts('2.1')).toBe(1)
  })

  test.each(['full', 'plain'])(
    '31: a %s terminal that stops reading for 12 s stops neither the script nor the journal, and little is kept for it',
    async ui => {
      const terminal = demo.pty(
        ['--from', '2.3', '--until', '2.3', '--ui', ui],
        { columns: 200, rows: 50 },
        { DRAIN_SECONDS: '17', NODE_OPTIONS: FIXED_YOUNG_HEAP },
      )
      await begin23(terminal, ui)
      // The ring of the last lines is full by then.
      await terminal.until(/drained message 1[1-9]\d{3}/)
      const pid = demo.pid()
      const before = rssBytes(pid)
      terminal.freeze(true)
      let gapMs = 0
      let longestGapMs = 0
      let most = before
      let size = demo.journalBytes()
      for (let [lookedMs, endMs] = [Date.now(), Date.now() + STALL_MS]; lookedMs < endMs; ) {
        await sleep(LOOK_MS)
        // Where the machine was busy with others we were late as well: that time was nobody's here.
        gapMs += Math.min(Date.now() - lookedMs, 2 * LOOK_MS)
        lookedMs = Date.now()
        longestGapMs = Math.max(longestGapMs, gapMs)
        if (demo.journalBytes() > size) gapMs = 0
        size = demo.journalBytes()
        most = Math.max(most, rssBytes(pid))
      }
      terminal.freeze(false)
      expect(longestGapMs).toBeLessThan(1_000)
      expect(most - before).toBeLessThan(10 * 1024 ** 2)
      await terminal.until(ui === 'full' ? /FINISHED/ : /Run partial/, 60_000)
      const end = demo.journal().find(line => line.kind === 'step.end')
      expect(end).toMatchObject({ result: 'passed' })
      if (ui === 'full') expect(terminal.rows()).toHaveLength(50)
    },
    120_000,
  )

  test.each(['full', 'plain'])('31: SIGTERM ends a %s walk whose terminal does not read', async ui => {
    const terminal = demo.pty(['--from', '2.3', '--ui', ui], { columns: 200, rows: 50 })
    await begin23(terminal, ui)
    await terminal.until(/drained message/)
    const pid = demo.pid()
    terminal.freeze(true)
    await sleep(1500)
    const fromMs = Date.now()
    process.kill(pid, 'SIGTERM')
    // Its exit code cannot be read before the terminal is; that it is gone can.
    await terminal.until(() => !isAlive(pid))
    expect(Date.now() - fromMs).toBeLessThan(10_000)
    expect(demo.journal().filter(line => line.kind === 'run.pause')).toMatchObject([{ reason: 'SIGTERM' }])
    terminal.freeze(false)
    expect(await terminal.exited).toBe(143)
    // Once it reads again it is left as any other way of leaving leaves it.
    await terminal.until(() => !terminal.isAlternate)
    expect(terminal.bytes.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(terminal.bytes.lastIndexOf('\u001b[?25l'))
    expect(terminal.bytes.lastIndexOf('\u001b[?2004l')).toBeGreaterThanOrEqual(
      terminal.bytes.lastIndexOf('\u001b[?2004h'),
    )
  })

  /** The review of 2.1, as long as its guard holds. */
  async function reviewed(): Promise<TestTerminal> {
    const terminal = demo.pty(['--from', '2.1'])
    await terminal.answer(/READY {2}2\.1/, '\r')
    await terminal.asked(/Type {2}production v1/)
    return terminal
  }

  async function begin23(terminal: TestTerminal, ui: string): Promise<void> {
    if (ui === 'full') {
      await terminal.answer(/READY {2}2\.3/, '\r')
      await terminal.answer(/Type {2}production v1/, 'production v1\r')
    } else {
      await terminal.answer(/Type "production v1" to run it/, 'production v1\n')
    }
  }

  async function expectIntact(): Promise<void> {
    const verified = await demo.world.signoff(['verify', demo.world.transcript('v1').folder])
    // Not sealed yet, and nothing else is wrong with it.
    expect(verified).toMatchObject({ exitCode: 3 })
  }
})

/** Keys and bytes in pieces of up to 20, without digits: `q` and then `2` is a pause that was asked for. */
function randomKeys(count: number): string[] {
  let seed = 42
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  const keys = [
    '\r',
    ' ',
    '\t',
    '\u001b',
    '\u001b[A',
    '\u001b[B',
    '\u001b[6~',
    '\u0003',
    '\u000c',
    '\u007f',
    '\u001b[200~',
  ]
  const pieces: string[] = []
  for (let sent = 0; sent < count; ) {
    const piece = Array.from({ length: 1 + random(20) }, () => {
      if (random(3) === 0) return keys[random(keys.length)] ?? ''
      const byte = String.fromCharCode(random(256))
      // Ctrl-Z stops the program, `l` leaves the screen, and `z` as its last byte is neither.
      return /[0-9l\u001a]/.test(byte) ? 'z' : byte
    })
    sent += piece.length
    pieces.push(piece.join(''))
  }
  return pieces
}

function rssBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) * 1024
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
