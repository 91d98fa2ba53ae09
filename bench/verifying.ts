import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunEvent } from '../src/model/index.ts'
import { createChain } from '../src/transcript/index.ts'
import { program, type Row, ratioOf } from './compare.ts'
import { peakMiBOf } from './peak-memory.ts'

const SIGNOFF = fileURLToPath(new URL('../bin/signoff.js', import.meta.url))
const MIB = 1024 * 1024

/** `signoff verify` of a long journal against a digest of the same file. */
export async function verifying(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-bench-'))
  try {
    const rows: Row[] = []
    const peaks: number[] = []
    for (const [size, bytes, runs, chunk] of [
      ['64 MiB', 64 * MIB, 5, TEXT],
      ['64 MiB in base64', 64 * MIB, 5, BINARY],
      ['1 GiB', 1024 * MIB, 2, TEXT],
    ] as const) {
      const path = join(folder, 'journal.jsonl')
      await writeJournal(path, bytes, chunk)
      // 3: intact and not sealed, as it was written; anything else would mean that less was checked.
      const verify = program(process.execPath, [SIGNOFF, 'verify', path], [3])
      const digest = program('openssl', ['dgst', '-sha256', path])
      digest()
      verify()
      const ratio = await ratioOf(verify, digest, runs)
      rows.push({ what: `signoff verify, ${size}`, against: 'openssl dgst -sha256', ratio, budget: 6 })
      peaks.push(peakMiBOf([SIGNOFF, 'verify', path], 3))
      rmSync(path)
    }
    const [small = 0, , large = 0] = peaks
    const what = `its memory, 1 GiB: ${large.toFixed(0)} MiB`
    rows.push({ what, against: `64 MiB: ${small.toFixed(0)} MiB`, ratio: large / small, budget: 1.2 })
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What one line of output holds, and how many bytes of a script's output that is. */
interface Chunk {
  readonly chunk: { readonly text: string } | { readonly b64: string }
  readonly bytes: number
}

const PRINTED = 'one line of output, as a build prints many of them\n'.repeat(600)
const TEXT: Chunk = { chunk: { text: PRINTED }, bytes: PRINTED.length }
const BINARY: Chunk = { chunk: { b64: Buffer.alloc(65_536, 0xe9).toString('base64') }, bytes: 65_536 }

/** A run that is under way: one script that has printed all this. */
export async function writeJournal(path: string, bytes: number, { chunk, bytes: step } = TEXT): Promise<void> {
  const chain = createChain()
  const salt = 'A'.repeat(22)
  const file = await open(path, 'wx')
  let written = 0
  const add = async (event: RunEvent) => {
    const { line } = chain.append(event, { atMs: 1_795_000_000_000 + written, monoMs: written, salt })
    written += (await file.write(line)).bytesWritten
  }
  try {
    for (const event of beginning()) await add(event)
    for (let at = 0; written < bytes; at += step)
      await add({ kind: 'output', step: 'deploy', attempt: 1, fd: 'out', at, ...chunk })
  } finally {
    await file.close()
  }
}

/** The first lines of a run with one step. */
export function beginning(): RunEvent[] {
  const text = '# Release\n\n```bash\nmake\n```\n'
  const sha256 = createHash('sha256').update(text).digest('hex')
  return [
    {
      kind: 'run.start',
      v: 1,
      run: '01a203bc-45c0-7d3b-9f52-6a1c0de9b001',
      release: 'v1.4.2',
      env: null,
      selection: null,
      runbook: { path: 'release.md', sha256, gitBlob: null, text },
      git: null,
      operator: { principal: 'kim@example.com', keyid: 'SHA256:kim' },
      tool: { name: 'signoff', version: '1.0.0', rules: 1 },
      host: { name: 'h', user: 'u', os: 'linux' },
      signersSha256: sha256,
      configSha256: null,
      parents: [],
    },
    {
      kind: 'run.plan',
      phases: [{ id: 'one', position: '1', title: 'Release', role: 'main' }],
      steps: [
        {
          id: 'deploy',
          position: '1.1',
          kind: 'task',
          title: 'make',
          line: 3,
          phase: 'one',
          flow: 'main',
          required: true,
          approvers: null,
        },
      ],
    },
    {
      kind: 'step.start',
      step: 'deploy',
      attempt: 1,
      script: 'make\n',
      shell: 'bash',
      cwd: '/repo',
      env: ['PATH'],
      size: null,
      timeoutMs: null,
      gates: [],
    },
  ]
}
