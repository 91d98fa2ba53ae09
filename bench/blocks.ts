import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '../src/model/index.ts'
import { createLocalExecutor, openJournal, randomToken, uuidv7 } from '../src/runner/local/index.ts'
import type { ScriptOrder } from '../src/runner/ports.ts'
import { createChain } from '../src/transcript/index.ts'
import { msOf, type Row } from './compare.ts'

const BLOCKS = 1000
/** So many blocks, then as many of the shell: what else the machine does meets both. */
const STRETCH = 100

/** Blocks one after the other in one session, each journaled and durable before the next, against a loop in the shell. */
export async function blocks(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-bench-'))
  const ours = await openBlocks(folder)
  let [oursMs, theirsMs] = [0, 0]
  try {
    const block = join(folder, 'block.sh')
    writeFileSync(block, 'N=$((N + 1))\n')
    const loop = `for ((i = 0; i < ${STRETCH}; i++)); do bash -e ${block} || exit 1; done`
    for (let done = 0; done < BLOCKS; done += STRETCH) {
      oursMs += await msOf(() => ours.run(done + 1, done + STRETCH))
      theirsMs += await msOf(() => {
        const { status, stderr } = spawnSync('bash', ['-c', loop], { stdio: ['ignore', 'ignore', 'pipe'] })
        if (status !== 0) throw new Error(`the loop ended with ${status}: ${stderr}`)
      })
    }
    const what = `${BLOCKS} blocks: state, journal, durable`
    return [{ what, against: 'bash -e block.sh in a loop', ratio: oursMs / theirsMs, budget: 4 }]
  } finally {
    await ours.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function openBlocks(folder: string) {
  const cwd = join(folder, 'work')
  mkdirSync(cwd)
  const run = uuidv7(Date.now())
  const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: cwd }
  const executor = createLocalExecutor({ stateDir: join(folder, 'state'), environment })
  const clocks = { nowMs: Date.now, monoMs: () => performance.now(), salt: () => randomToken() }
  const journal = await openJournal({
    path: join(folder, 'journal.jsonl'),
    chain: createChain(),
    mode: 'new',
    ...clocks,
  })
  return {
    async run(first: number, last: number) {
      for (let index = first; index <= last; index++)
        await runBlock(orderOf(run, index, cwd), orderOf(run, index + 1, cwd), executor, journal)
    },
    async close() {
      await journal.close()
      executor.dispose()
    },
  }
}

/**
 * As the runner does it: made ready while its start goes to the disk, started once that is there, the next one read while its end goes
 * there, forgotten once that is there.
 */
async function runBlock(
  order: ScriptOrder,
  next: ScriptOrder,
  executor: ReturnType<typeof createLocalExecutor>,
  journal: Awaited<ReturnType<typeof openJournal>>,
): Promise<void> {
  const { step, attempt, script } = order
  const problem = await executor.check(order)
  if (problem !== null) throw new Error(problem)
  const seen = executor.describe(order)
  const start = { kind: 'step.start' as const, step, attempt, script, size: null, timeoutMs: null, gates: [] }
  await journal.append({ ...start, ...seen, env: [...seen.env] })
  const durable = journal.barrier()
  executor.makeReady(order)
  await durable
  await executor.run(order, async report => {
    if (report.kind !== 'ended') {
      await journal.append(report.event)
      return
    }
    if (report.exit !== 0) throw new Error(`${step} ended with ${report.exit}`)
    const { outcome, exit, signal, ms } = report
    const end: RunEvent = { kind: 'step.end', step, attempt, outcome, exit, signal, ms, result: 'passed', checks: [] }
    await journal.append(report.end)
    await journal.append(end)
    const durable = journal.barrier()
    executor.check(next).catch(() => undefined)
    await durable
  })
  await executor.forget(order.id)
}

function orderOf(run: string, index: number, cwd: string): ScriptOrder {
  const step = `step-${index}`
  // Each a text of its own, since one that was read is not read again.
  const script = index === BLOCKS ? `N=$((N + 1))\n[ "$N" = ${BLOCKS} ]\n` : `N=$((N + 1)) # ${index}\n`
  // A block of a runbook has its fence above it.
  const rest = { shell: 'bash', line: 2, env: {}, secrets: [], timeoutMs: null, session: 'main' } as const
  return { id: `${run}:${step}:1`, run, step, attempt: 1, script, cwd, ...rest }
}
