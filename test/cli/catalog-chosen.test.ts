import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'
import { TestTerminal } from '../tui/helpers/terminal.ts'

const CATALOG = `# On-call procedures

Each section is a procedure of its own.

## Restart the worker

\`\`\`bash
echo worker
\`\`\`

## Drain the queue

\`\`\`bash
echo queue
\`\`\`

## Rotate the certificate

\`\`\`bash
echo certificate
\`\`\`
`

let world: World
const terminals: TestTerminal[] = []
beforeEach(async () => {
  world = await makeWorld({ files: { 'ops.md': `---\nsignoff:\n  mode: catalog\n---\n\n${CATALOG}` } })
})
afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.close()
  await world.remove()
})

function start(ui: 'full' | 'plain'): TestTerminal {
  const args = [signoffFile(), 'run', 'ops.md', '--release', 'v1', '--ui', ui]
  const env = { ...world.env, SIGNOFF_KEY: world.operator.keyFile, CI: '' }
  const terminal = new TestTerminal(process.execPath, args, { columns: 80, rows: 24 }, env, world.repository.clone)
  terminals.push(terminal)
  return terminal
}

test('a catalog asks for one of its procedures, which alone is then walked', async () => {
  const terminal = start('full')
  await terminal.answer(/catalog of procedures[\s\S]*> 1 +Restart the worker[\s\S]*Drain the queue/, 'j')
  await terminal.answer(/> 2 +Drain the queue/, '\r')
  await terminal.answer(/Enter starts the run/, '\r')
  await terminal.until(/READY[\s\S]*echo queue/, 20_000)
  expect(world.transcript('v1').ofKind('run.start')[0]).toMatchObject({ selection: { only: '2' } })
})

test('who leaves before the run has recorded nothing, and has the terminal back', async () => {
  const terminal = start('full')
  await terminal.answer(/catalog of procedures/, 'q')
  expect(await terminal.exited).toBe(20)
  await terminal.until(/nothing was recorded and nothing was run/)
  expect(terminal.isAlternate).toBe(false)
  expect(existsSync(join(world.repository.clone, '.signoff', 'transcripts', 'v1'))).toBe(false)
})

test('in plain mode it is a numbered list and one line', async () => {
  const terminal = start('plain')
  await terminal.until(/Type its number, 1 to 3/, 20_000)
  terminal.send('9\r')
  await terminal.until(/"9" is none of them/)
  terminal.send('3\r')
  await terminal.until(/Step .*Rotate the certificate|echo certificate/, 20_000)
})
