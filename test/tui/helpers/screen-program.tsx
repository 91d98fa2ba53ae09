import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { openTtyInput } from '../../../src/runner/local/index.ts'
import { editInEditor } from '../../../src/runner/local/programs/editor.ts'
import { runFullScreen } from '../../../src/tui/full-screen.tsx'
import { demoRunbook, longRunbook } from './demo-runbook.ts'
import { FakeRun, KIM } from './fake-run.ts'

/**
 * Runs the full screen over a fake run in whatever terminal it finds itself in.
 * Arguments: where to begin (`1.1`, or `long`), and the file that gets what was said and started, as JSON.
 */
const [begin = '1.1', report = ''] = process.argv.slice(2)
const clock = { nowMs: () => Date.now() }
const lines = Array.from({ length: 50 }, (_, line) => `line ${line}`)
const scripts = { '1.1': { lines }, '1.2': { slow: true }, '2.1': { lines }, '2.2': { exits: [1, 0] } }
const run = new FakeRun(begin === 'long' ? longRunbook(10_000) : demoRunbook(), clock, scripts)
if (begin !== 'long') run.skipTo(begin)

let leave = (): void => {}
let input = openTtyInput('/dev/tty')
const reopen = () => {
  input = openTtyInput('/dev/tty')
  return input
}
const write = (): void => {
  const starts = run.entries.flatMap(({ event }) => (event.kind === 'step.start' ? [event.step] : []))
  writeFileSync(report, JSON.stringify({ said: run.said, starts, rawMode: input.isRaw }))
}
process.on('SIGTERM', () => {
  leave()
  write()
  process.stdout.write('left by SIGTERM\n')
  process.exit(143)
})
process.on('SIGUSR2', () => run.finish(0))

const ending = await runFullScreen({
  conversation: run,
  speaker: KIM,
  stdin: input,
  stdout: process.stdout,
  clock,
  options: { ascii: false, color: (process.env.NO_COLOR ?? '') === '', title: 'payments' },
  reopen,
  editScript: (script, name) => editInEditor(script, name, { stateDir: dirname(report), environment: process.env }),
  onEnter: given => {
    leave = given
  },
})
write()
process.stdout.write(`left: ${JSON.stringify(ending)}\n`)
process.exit(0)
