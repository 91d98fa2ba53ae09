import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '../src/model/index.ts'
import { createLocalExecutor, openJournal, randomToken, uuidv7 } from '../src/runner/local/index.ts'
import type { ScriptOrder } from '../src/runner/ports.ts'
import { createChain } from '../src/transcript/index.ts'
import { msOf, type Row } from './compare.ts'

const BLOCKS = 200

/** Blocks one after the other in one session, each journaled and durable before the next, against a loop in the shell. */
export async function blocks(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-bench-'))
  try {
    const block = join(folder, 'block.sh')
    writeFileSync(block, 'N=$((N + 1))\n')
    const loop = `for ((i = 0; i < ${BLOCKS}; i++)); do bash -e ${block} || exit 1; done`
    const theirs = await msOf(() => {
      const { status, stderr } = spawnSync('bash', ['-c', loop], { stdio: ['ignore', 'ignore', 'pipe'] })
      if (status !== 0) throw new Error(`the loop ended with ${status}: ${stderr}`)
    })
    const ours = await msOf(() => runBlocks(folder))
    const what = `${BLOCKS} blocks: state, journal, durable`
    return [{ what, against: 'bash -e block.sh in a loop', ratio: ours / theirs, budget: 4 }]
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function runBlocks(folder: string): Promise<void> {
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
  try {
    for (let index = 1; index <= BLOCKS; index++) {
      const script = index === BLOCKS ? `N=$((N + 1))\n[ "$N" = ${BLOCKS} ]\n` : 'N=$((N + 1))\n'
      await runBlock(orderOf(run, `step-${index}`, script, cwd), executor, journal)
    }
  } finally {
    await journal.close()
    executor.dispose()
  }
}

/** As the runner does it: started once the start is on the disk, forgotten once the end is. */
async function runBlock(
  order: ScriptOrder,
  executor: ReturnType<typeof createLocalExecutor>,
  journal: Awaited<ReturnType<typeof openJournal>>,
): Promise<void> {
  const { step, attempt, script } = order
  const problem = await executor.check(order)
  if (problem !== null) throw new Error(problem)
  const seen = executor.describe(order)
  const start = { kind: 'step.start' as const, step, attempt, script, size: null, timeoutMs: null, gates: [] }
  await journal.append({ ...start, ...seen, env: [...seen.env] })
  await journal.barrier()
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
    await journal.barrier()
  })
  await executor.forget(order.id)
}

function orderOf(run: string, step: string, script: string, cwd: string): ScriptOrder {
  // A block of a runbook has its fence above it.
  const rest = { shell: 'bash', line: 2, env: {}, secrets: [], timeoutMs: null, session: 'main' } as const
  return { id: `${run}:${step}:1`, run, step, attempt: 1, script, cwd, ...rest }
}
