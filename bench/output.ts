import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleFlood } from './bundle-flood.ts'
import { program, type Row, ratioOf } from './compare.ts'

const BYTES = 1024 ** 3
const LINE = 'deploy-7f9c 2026-11-22T14:50:00Z info: request served in 12 ms, status 200\n'

/** A flood through a step, masked, hashed and journaled up to its cap, against a pipe that keeps and hashes it. */
export async function output(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-bench-'))
  try {
    const block = join(folder, 'block.sh')
    writeFileSync(block, `head -c ${BYTES} < <(yes ${JSON.stringify(LINE.trim())})\n`)
    let peakMiB = 0
    const flood = await bundleFlood(folder)
    const ours = (): void => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [flood, block, folder], { encoding: 'utf8' })
      if (status !== 0) throw new Error(`the flood ended with ${status}: ${stderr}`)
      peakMiB = Math.max(peakMiB, JSON.parse(stdout).rssBytes / 1024 ** 2)
    }
    const theirs = program('bash', ['-c', `bash ${block} | tee ${folder}/copy | openssl dgst -sha256`])
    const ratio = await ratioOf(ours, theirs, 3)
    return [
      { what: '1 GiB of output through a step', against: 'bash block | tee | openssl', ratio, budget: 1.5 },
      // A ratio like the others: how many times 150 MiB.
      { what: `its memory: ${peakMiB.toFixed(0)} MiB`, against: '150 MiB', ratio: peakMiB / 150, budget: 1 },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
