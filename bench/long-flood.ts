import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row } from './compare.ts'
import { flooding, prepareWalks, startWalk } from './walk-in-terminal.ts'

const SAMPLE_MS = 10_000
/** Until then caches and the heap have their size. */
const SETTLED_MS = 5 * 60_000

/**
 * 5,000 lines a second for an hour, 200x50: what a walk takes in the end is what it took after its first minutes. `SIGNOFF_BENCH_FLOOD_MINUTES`
 * makes it shorter; `SIGNOFF_BENCH_SAMPLES` names the file that gets seconds, MiB and share of a core, a line each 10 s.
 */
export async function longFlood(): Promise<Row[]> {
  const minutes = Number(process.env.SIGNOFF_BENCH_FLOOD_MINUTES ?? 60)
  const file = process.env.SIGNOFF_BENCH_SAMPLES ?? join(tmpdir(), `signoff-flood-${process.pid}.csv`)
  const folder = mkdtempSync(join(tmpdir(), 'signoff-bench-'))
  // The script must not end before the last sample: on a busy machine it takes longer than its seconds, never less.
  const env = { ...prepareWalks(folder), DRAIN_SECONDS: String(minutes * 60 + 30) }
  const walk = startWalk(folder, env, 'flood.md', [200, 50])
  const samples: { readonly atMs: number; readonly mib: number }[] = []
  try {
    writeFileSync(file, 'seconds,mib,share\n')
    process.stderr.write(`a sample each 10 s in ${file}\n`)
    await flooding(walk)
    const fromMs = performance.now()
    for (let cpuMs = walk.cpuMs(); performance.now() - fromMs < minutes * 60_000; cpuMs = walk.cpuMs()) {
      await sleep(SAMPLE_MS)
      const sample = { atMs: performance.now() - fromMs, mib: walk.rssMib() }
      samples.push(sample)
      const share = (walk.cpuMs() - cpuMs) / SAMPLE_MS
      appendFileSync(file, `${(sample.atMs / 1000).toFixed(0)},${sample.mib.toFixed(1)},${share.toFixed(3)}\n`)
    }
  } finally {
    walk.end()
    await walk.gone
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  const mibOf = (one: (typeof samples)[number]): number => one.mib
  const settled = samples.filter(({ atMs }) => atMs > Math.min(SETTLED_MS, (minutes * 60_000) / 4)).map(mibOf)
  const fifth = Math.max(1, Math.floor(settled.length / 5))
  const [first, last, most] = [
    median(settled.slice(0, fifth)),
    median(settled.slice(-fifth)),
    Math.max(...samples.map(mibOf)),
  ]
  return [
    { what: `${minutes} minutes of flood: ${most.toFixed(0)} MiB`, against: '250 MiB', ratio: most / 250, budget: 1 },
    {
      what: `in the end: ${last.toFixed(0)} MiB`,
      against: `at first: ${first.toFixed(0)} MiB`,
      ratio: last / first,
      budget: 1.1,
    },
  ]
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
