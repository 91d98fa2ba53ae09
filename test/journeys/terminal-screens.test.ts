import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { begin, type Demo, lacking, openDemo } from '../helpers/demo.ts'

/** What stands where: scenarios 1, 4, 16 and 38 of the acceptance table, and what a long output is read by. */
describe.skipIf(lacking !== null)(`screens${lacking === null ? '' : `, skipped: ${lacking}`}`, () => {
  let demo: Demo
  beforeEach(async () => {
    demo = await openDemo()
  })
  afterEach(() => demo.close())

  test.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])(
    '1: at %ix%i the first row says where, the second what is needed and its key, the last which keys work',
    async (columns, rows) => {
      const terminal = await demo.terminal({ columns, rows })
      await demo.walk(terminal)
      await terminal.asked(/READY {2}1\.1 Look around/)
      const shown = await terminal.rows()
      expect(shown).toHaveLength(rows)
      expect(shown[0]).toMatch(/^ no environment \| Payments v1 \| 1 Prepare \| 0\/16 done \| \d\d:\d\d:\d\d/)
      expect(shown[1]).toMatch(/^ ▸ READY {2}1\.1 Look around: Enter runs it/)
      expect(shown[2]).toMatch(/^─+$/)
      expect(shown.at(-2)).toMatch(/^─+$/)
      expect(shown.at(-1)).toMatch(/^ Enter run .*\? all keys$/)
      for (const row of shown) expect(row.length).toBeLessThanOrEqual(columns)
      expect(shown.filter(row => row.includes('| Payments v1 |'))).toHaveLength(1)
      // From 100 columns on the outline stands left and the step right of it.
      const beside = shown.some(row => /^ 1 Prepare .* 1\.1 Look around +task, view/.test(row))
      expect(beside).toBe(columns >= 100)
      const step = shown.find(row => /^ > 1\.1 /.test(row)) ?? ''
      expect(step).toMatch(/^ > 1\.1 +▸ ready +Look around/)
    },
  )

  test('4: ? lists all keys with what they do now, and leads back; : finds an action and says why it cannot be used', async () => {
    const terminal = await demo.terminal()
    await demo.walk(terminal)
    await terminal.answer(/READY {2}1\.1/, '?')
    await terminal.until(/keys/i)
    await terminal.until(/Enter/)
    await terminal.press('?')
    await terminal.answer(/READY {2}1\.1[\s\S]*\? all keys/, 'Enter')
    await terminal.answer(/READY {2}1\.2/, 'Enter')
    await terminal.until(/RUNNING {2}1\.2/)
    await terminal.press(':')
    await terminal.type('ski')
    await terminal.until(/skip/)
    await terminal.until(/ s /)
    await terminal.until(/running/)
    await terminal.press('Escape')
    await terminal.asked(/NEEDS YOU {2}1\.3/)
  })

  test('16: a value that does not fit is refused with what was expected, and the review shows where the right one went', async () => {
    const terminal = await demo.terminal(undefined, { TOKEN: 'a-token' })
    await demo.walk(terminal, '--from 1.6')
    await terminal.answer(/NEEDS YOU {2}1\.6/, 'f')
    await terminal.asked(/version/)
    await terminal.type('4.2')
    await terminal.answer(/> 4\.2$/m, 'Enter')
    await terminal.asked(/version: expected 1\.2\.3, got "4\.2"/)
    expect(demo.kinds()).not.toContain('step.start')
    await terminal.press('C-u')
    await terminal.type('4.2.0')
    await terminal.answer(/> 4\.2\.0$/m, 'Enter')
    await terminal.until(/2 of 2 given|READY/)
    await terminal.press('Escape')
    await terminal.answer(/READY {2}1\.6/, 'Enter')
    await terminal.asked(/y: run/)
    // What was entered is marked, by underline.
    expect(await terminal.coloured()).toMatch(
      /touch "tagged-(?:\u001b\[[0-9;]*m)*\u001b\[(?:[0-9]+;)*4(?:;[0-9]+)*m4\.2\.0/,
    )
  })

  test('19: in a flood one can search, scroll and follow, and there is one header and one last row', async () => {
    const terminal = await demo.terminal({ columns: 200, rows: 50 }, { DRAIN_SECONDS: '8' })
    await demo.walk(terminal, '--from 2.3 --until 2.3')
    await terminal.answer(/READY {2}2\.3/, 'Enter')
    await terminal.answer(/Type {2}production v1/, { text: 'production v1' }, 'Enter')
    await terminal.until(/drained message/)
    await terminal.press('/')
    await terminal.type('refused')
    await terminal.press('Enter')
    await terminal.until(/match \d+ of \d/)
    await terminal.press('Escape')
    await terminal.press('Tab', 'Tab')
    await terminal.press('PageUp')
    await terminal.until(/new lines, F follows/)
    await terminal.press('F')
    await terminal.until(/FOLLOWING/)
    await terminal.until(/FINISHED/, 20_000)
    const rows = await terminal.rows()
    expect(rows.filter(row => row.includes('| Payments v1 |'))).toHaveLength(1)
    expect(rows.filter(row => row.includes('? all keys'))).toHaveLength(1)
    expect(rows.at(-1)).toContain('? all keys')
  })

  test('30: a script with the terminal gets every key, and what is typed unseen is not recorded', async () => {
    const terminal = await demo.terminal()
    await demo.walk(terminal, '--from 2.5 --until 2.5')
    await terminal.answer(/READY {2}2\.5/, 'Enter')
    await terminal.until(/^Passphrase:/m)
    await terminal.type('s3cr3t-word')
    await terminal.press('Enter')
    await terminal.until(/certificate 20/)
    await terminal.press('G')
    await terminal.until(/certificate 100/)
    await terminal.press('q')
    await terminal.answer(/FINISHED/, 'Enter')
    expect(await terminal.ended()).toBe(0)
    expect(JSON.stringify(demo.journal())).not.toContain('s3cr3t-word')
  })

  test('38: in 10,000 steps the last and the first are one key away, and any other a few', async () => {
    const items = Array.from({ length: 10_000 }, (_, step) => `${step + 1}. Step number ${step + 1}\n`)
    demo.write('long.md', `# Long\n\n## 1. All\n\n${items.join('')}`)
    const terminal = await demo.terminal()
    await terminal.command('signoff run long.md --release v1')
    await begin(terminal)
    await terminal.asked(/NEEDS YOU {2}1\.1 /, 20_000)
    await terminal.press('G')
    await terminal.until(/^ > 1\.10000 /m)
    await terminal.press('g')
    await terminal.until(/^ > 1\.1 /m)
    for (let key = 0; key < 60; key++) await terminal.press('j')
    await terminal.until(/^ > 1\.61 /m)
    expect(await terminal.rows()).toHaveLength(24)
  })
})
