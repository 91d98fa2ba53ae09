import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { begin, type Demo, lacking, openDemo } from '../helpers/demo.ts'
import type { Tmux } from '../helpers/tmux.ts'

/** More than is kept of a step, and then a flood. */
const MUCH = `# Much

## 1. All

1. Say much:

   \`\`\`bash
   head -c 17000000 < <(yes "a line of sixty characters, of which there are very many here")
   drain
   \`\`\`
`

/** A script that floods, is looked at, stopped, or outlives Signoff: scenarios 20, 21 and 28 of the acceptance table. */
describe.skipIf(lacking !== null)(`running scripts${lacking === null ? '' : `, skipped: ${lacking}`}`, () => {
  let demo: Demo
  beforeEach(async () => {
    demo = await openDemo()
  })
  afterEach(() => demo.close())

  test('20: resizing in a flood, also ten times in a tenth of a second, leaves no old row and says when it is too small', async () => {
    const terminal = await demo.terminal({ columns: 200, rows: 50 }, { DRAIN_SECONDS: '12' })
    await startDrain(terminal)
    for (const [columns, rows] of [
      [80, 24],
      [60, 20],
      [52, 12],
      [120, 40],
    ] as const) {
      await terminal.resize({ columns, rows })
      if (columns < 60) await terminal.until(/Terminal too small \(52x12\), Signoff needs 60x15/)
      else await terminal.holds(shown => hasOneFrame(shown, columns, rows))
    }
    for (let size = 0; size < 10; size++) await terminal.resize({ columns: 100 + size * 5, rows: 30 + size })
    await terminal.resize({ columns: 100, rows: 30 })
    await terminal.holds(shown => hasOneFrame(shown, 100, 30))
    await terminal.press('C-c')
    await terminal.answer(/stop it: SIGINT/, 'C-c')
    await terminal.until(/stopped by/)
    await terminal.holds(shown => hasOneFrame(shown, 100, 30))
  })

  test('output beyond what is kept goes on in the pane, which says so, stands still for who reads it, and is no silence', async () => {
    demo.write('.signoff/config.yaml', 'silence: 3s\n')
    demo.write('much.md', MUCH)
    const terminal = await demo.terminal({ columns: 120, rows: 40 }, { DRAIN_SECONDS: '60' })
    await terminal.command('signoff run much.md --release v1')
    await begin(terminal)
    await terminal.answer(/READY {2}1\.1/, 'Enter')
    await terminal.answer(/y: run\./, 'y')
    await terminal.until(/not kept from line \d+ on .*FOLLOWING/, 20_000)
    await terminal.holds(shown => numbersIn(shown).length > 0)
    const first = numbersIn(await terminal.rows()).at(-1) ?? Number.NaN
    await terminal.holds(shown => (numbersIn(shown).at(-1) ?? 0) > first + 1000)
    await terminal.holds(shown => / RUNNING {2}1\.1 .* 00:(?:0[5-9]|[1-5]\d)/.test(shown.join('\n')))
    expect((await terminal.rows())[1]).not.toContain('silent for')
    await terminal.press('Tab', 'Tab', 'PageUp')
    await terminal.until(/not kept from line \d+ on .*PAUSED/)
    const read = numbersIn(await terminal.rows())
    expect(read.length).toBeGreaterThan(10)
    await terminal.holds(shown => Number(/PAUSED, (\d+) new lines/.exec(shown.join('\n'))?.[1]) > 12_000)
    expect(numbersIn(await terminal.rows())).toEqual(read)
    await terminal.press('C-c')
    await terminal.answer(/stop it: SIGINT/, 'C-c')
    await terminal.until(/stopped by/)
    const [end] = demo.journal().filter(line => line.kind === 'output.end')
    expect(end?.streams).toMatchObject([{ fd: 'out', lost: 0 }, { fd: 'err' }])
    expect(
      demo.journal().some(line => line.kind === 'output' && String(line.text).includes(`message ${read[0]}\n`)),
    ).toBe(false)
  })

  test('21: Ctrl-C kills nothing at one press: Enter keeps it running, a second Ctrl-C sends SIGINT, 3 ends what ignores SIGTERM', async () => {
    demo.write('stubborn.md', '# Stubborn\n\n## 1. All\n\n1. Stay:\n\n   ```bash\n   ignores-sigterm\n   ```\n')
    const terminal = await demo.terminal()
    await startDrain(terminal)
    await terminal.press('C-c')
    await terminal.answer(/1 keep it running \(Enter, Esc\)/, 'Enter')
    await terminal.until(/keeps running/)
    expect(demo.kinds()).not.toContain('step.stop')
    await terminal.press('C-c')
    await terminal.answer(/1 keep it running/, 'C-c')
    await terminal.until(/STOPPED BY|stopped by/)
    expect(demo.journal().filter(line => line.kind === 'step.stop')).toMatchObject([{ signal: 'SIGINT' }])
    expect(await terminal.isScreen()).toBe(true)
    process.kill(demo.pid(), 'SIGTERM')
    await terminal.ended()

    await terminal.command('signoff run stubborn.md --release v2')

    await begin(terminal)
    await terminal.answer(/READY {2}1\.1/, 'Enter')
    await terminal.answer(/y: run/, 'y')
    await terminal.until(/RUNNING {2}1\.1/)
    await terminal.press('C-c')
    await terminal.answer(/3 stop it/, '3')
    await terminal.until(/STOPPED BY|stopped by/, 20_000)
    expect(await terminal.isScreen()).toBe(true)
    const left = await demo.world.processesLeft()
    expect(left.filter(({ command }) => command.includes('ignores-sigterm'))).toEqual([])
  })

  test('28: after kill -9 the script goes on and is attached with all of its output; without its supervisor nobody knows', async () => {
    const terminal = await demo.terminal(undefined, { DRAIN_SECONDS: '4' })
    await startDrain(terminal)
    process.kill(demo.pid(), 'SIGKILL')
    await terminal.until(/Killed/)
    await terminal.command('reset')
    await terminal.command('signoff resume')
    await terminal.until(/2\.3 .*passed/, 20_000)
    const journal = demo.journal()
    expect(journal.find(line => line.kind === 'step.end')).toMatchObject({ result: 'passed', exit: 0 })
    expect(demo.starts('2.3')).toBe(1)
    const output = journal.filter(line => line.kind === 'output').map(line => String(line.text))
    expect(output.join('')).toContain('drained message 19999\n')
    process.kill(demo.pid(), 'SIGTERM')
    await terminal.ended()

    await terminal.command('signoff run demo.md --release v2 --from 2.3')

    await begin(terminal)
    await terminal.answer(/READY {2}2\.3/, 'Enter')
    await terminal.answer(/Type {2}production v2/, { text: 'production v2' }, 'Enter')
    await terminal.until(/drained message/)
    process.kill(await terminal.child(), 'SIGKILL')
    for (const { pid: other } of await demo.world.processesLeft()) killSupervisor(other)
    await terminal.until(/Killed/)
    await terminal.command('reset')
    await terminal.command('signoff resume')
    await terminal.answer(/OUTCOME UNKNOWN {2}2\.3/, 'Enter')
    await terminal.until(/1 it passed[\s\S]*2 it failed[\s\S]*3 run it again/)
    const lines = demo.world.transcript('v2').ofKind('step.start')
    expect(lines).toHaveLength(1)
  })

  async function startDrain(terminal: Tmux): Promise<void> {
    await demo.walk(terminal, '--from 2.3')
    await terminal.answer(/READY {2}2\.3/, 'Enter')
    await terminal.answer(/Type {2}production v1/, { text: 'production v1' }, 'Enter')
    await terminal.until(/drained message/)
  }
})

/** Ends a process that belongs to a script's run, apart from the terminal that the test itself looks at. */
function killSupervisor(pid: number): void {
  try {
    if (/tmux|bash --noprofile --norc -i/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')))
      return
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

function hasOneFrame(rows: readonly string[], columns: number, lines: number): boolean {
  const heads = rows.filter(row => /^ (?:PRODUCTION|no environment) +\| /.test(row))
  const feet = rows.filter(row => row.includes('? all keys'))
  return (
    rows.length === lines &&
    rows.every(row => row.length <= columns) &&
    heads.length === 1 &&
    rows[0] === heads[0] &&
    feet.length === 1 &&
    rows.at(-1) === feet[0]
  )
}

/** The numbers of the lines that `drain` says, where the rows show them. */
function numbersIn(rows: readonly string[]): number[] {
  return rows.flatMap(row => /^(?:drained|error:) message (\d+)/.exec(row)?.[1] ?? []).map(Number)
}
