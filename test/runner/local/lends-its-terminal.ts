import { appendFileSync, openSync } from 'node:fs'
import { WriteStream } from 'node:tty'
import type { PersonsTerminal } from '../../../src/runner/local/index.ts'
import { createLocalExecutor } from '../../../src/runner/local/index.ts'
import type { ScriptOrder } from '../../../src/runner/ports.ts'

/**
 * A small process in a terminal, which can be killed: runs orders in the terminal that it finds itself in, and appends each
 * report to a file, as a journal would. Arguments: state folder, file of reports, orders as JSON, and `without-package` for a
 * machine that has none.
 */
const [stateDir = '', reports = '', orders = '', how = ''] = process.argv.slice(2)
const output = new WriteStream(openSync('/dev/tty', 'w'))
const terminal: PersonsTerminal = {
  path: '/dev/tty',
  size: () => ({ columns: output.columns, rows: output.rows }),
  lend: async () => ({ onResize: () => () => undefined, onRecall: () => undefined, giveBack: async () => undefined }),
}
const executor = createLocalExecutor({
  stateDir,
  environment: process.env as Record<string, string>,
  graceMs: 300,
  terminal,
  ...(how === 'without-package' ? { loadPty: async () => ({ missing: 'not installed' }) } : {}),
})
for (const order of JSON.parse(orders) as ScriptOrder[])
  await executor.run(order, async report => appendFileSync(reports, `${JSON.stringify(report)}\n`))
appendFileSync(reports, `${JSON.stringify({ kind: 'all' })}\n`)
process.exit(0)
