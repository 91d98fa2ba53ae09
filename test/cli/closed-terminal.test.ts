import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'
import { TestTerminal } from '../tui/helpers/terminal.ts'

let world: World
const terminals: TestTerminal[] = []
beforeEach(async () => {
  world = await makeWorld({ files: { 'book.md': BOOK } })
})
afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.close()
  await world.remove()
})

const BOOK = `# Book

## 1 Work

\`\`\`bash
touch started
for i in $(seq 200); do [ -e enough ] && exit 0; sleep 0.05; done
\`\`\`
`

/** Its exit code goes to a file, since whoever waits for it has lost the terminal too. */
function start(ui: 'full' | 'plain'): TestTerminal {
  const env = {
    ...world.env,
    SIGNOFF_KEY: world.operator.keyFile,
    CI: '',
    RUN: process.execPath,
    SIGNOFF: signoffFile(),
  }
  const script = 'trap : HUP; "$RUN" "$SIGNOFF" run book.md --release v1 --ui "$1"; echo "$?" >"$HOME/exit-code"'
  const size = { columns: 80, rows: 24 }
  const terminal = new TestTerminal('bash', ['-c', script, 'start', ui], size, env, world.repository.clone)
  terminals.push(terminal)
  return terminal.startsAtOnce()
}

const exitCode = (): string => {
  const file = join(world.env.HOME ?? '', 'exit-code')
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
}

test.each([
  ['full', /READY {2}1\.1/, '\r'],
  ['plain', /empty line/, 'run\r'],
] as const)(
  'a terminal that is closed under the %s front end pauses the run and says why, and the script goes on',
  async (ui, asked, key) => {
    const terminal = start(ui)
    await terminal.answer(asked, key)
    await vi.waitFor(() => expect(world.transcript('v1').ofKind('step.start')).toHaveLength(1), 20_000)
    terminal.hangUp()
    await vi.waitFor(() => expect(exitCode()).toBe('129'), 20_000)
    expect(world.transcript('v1').lines().at(-1)).toMatchObject({ kind: 'run.pause', reason: 'SIGHUP' })
    writeFileSync(join(world.repository.clone, 'enough'), '')
    const resumed = await world.signoff(['resume', '--ui', 'none'])
    expect(resumed.exitCode).toBe(0)
    expect(world.transcript('v1').ofKind('step.start')).toHaveLength(1)
    expect(world.transcript('v1').ofKind('step.end')).toMatchObject([{ outcome: 'exited', exit: 0 }])
    expect(await world.processesLeft()).toEqual([])
  },
)

test('a terminal that is closed while plain mode waits for a word pauses the run, though nothing is written to it', async () => {
  const terminal = start('plain')
  await terminal.until(/empty line/, 20_000)
  terminal.hangUp()
  await vi.waitFor(() => expect(exitCode()).toBe('129'), 20_000)
  const last = world.transcript('v1').lines().at(-1)
  expect(last).toMatchObject({ kind: 'run.pause', reason: 'SIGHUP' })
})
