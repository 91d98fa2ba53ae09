import { appendFileSync } from 'node:fs'
import { createLocalExecutor } from '../../../src/runner/local/index.ts'
import type { ScriptOrder } from '../../../src/runner/ports.ts'

/**
 * A small process that can be killed: runs the order of its arguments and appends each report to a file, as a journal would.
 * Arguments: state folder, file of reports, order as JSON.
 */
const [stateDir = '', reports = '', order = ''] = process.argv.slice(2)
const executor = createLocalExecutor({ stateDir, environment: process.env as Record<string, string>, graceMs: 300 })
executor.keepSecret('TOKEN', 'hunter2-hunter2')
await executor.run(JSON.parse(order) as ScriptOrder, async report =>
  appendFileSync(reports, `${JSON.stringify(report)}\n`),
)
