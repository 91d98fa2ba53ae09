import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createLocalExecutor, openJournal, randomToken, uuidv7 } from '../src/runner/local/index.ts'
import { createChain } from '../src/transcript/index.ts'

/**
 * Runs one block as the runner does, in a process of its own so that its memory can be told: arguments are the file of the block
 * and a folder; prints its greatest resident set, what the journal takes, and how many bytes it says there were.
 */
let bytes = 0
const [block = '', base = ''] = process.argv.slice(2)
const folder = mkdtempSync(join(base, 'flood-'))
const run = uuidv7(Date.now())
const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: folder }
const executor = createLocalExecutor({ stateDir: join(folder, 'state'), environment })
executor.keepSecret('TOKEN', 'hunter2-hunter2')
const clocks = { nowMs: Date.now, monoMs: () => performance.now(), salt: () => randomToken() }
const journal = await openJournal({ path: join(folder, 'journal.jsonl'), chain: createChain(), mode: 'new', ...clocks })
const rest = { shell: 'bash', line: 2, env: {}, secrets: ['TOKEN'], timeoutMs: null, session: 'main' } as const
const script = readFileSync(block, 'utf8')
await executor.run({ id: `${run}:s:1`, run, step: 's', attempt: 1, script, cwd: folder, ...rest }, async report => {
  if (report.kind === 'ended') {
    if (report.exit !== 0) throw new Error(`the block ended with ${report.exit}`)
    bytes = report.end.streams[0]?.bytes ?? 0
    await journal.append(report.end)
    await journal.barrier()
  } else if (report.kind !== 'passing') await journal.append(report.event)
})
await journal.close()
const journalBytes = statSync(join(folder, 'journal.jsonl')).size
executor.dispose()
rmSync(folder, { recursive: true, force: true })
process.stdout.write(`${JSON.stringify({ rssBytes: peakBytes(), journalBytes, bytes })}\n`)

/** What `getrusage` says would hold what the parent had when it forked. */
function peakBytes(): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return Number(kib) * 1024
}
