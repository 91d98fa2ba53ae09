import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunEvent } from '../src/model/index.ts'
import { createChain } from '../src/transcript/index.ts'
import { program, type Row, ratioOf } from './compare.ts'

const SIGNOFF = fileURLToPath(new URL('../bin/signoff.js', import.meta.url))
const MIB = 1024 * 1024

/** `signoff verify` of a long journal against a digest of the same file. */
export async function verifying(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-bench-'))
  try {
    const rows: Row[] = []
    for (const [size, bytes, runs] of [
      ['64 MiB', 64 * MIB, 5],
      ['1 GiB', 1024 * MIB, 2],
    ] as const) {
      const path = join(folder, 'journal.jsonl')
      await writeJournal(path, bytes)
      // 3: intact and not sealed, as it was written; anything else would mean that less was checked.
      const verify = program(process.execPath, [SIGNOFF, 'verify', path], [3])
      const digest = program('openssl', ['dgst', '-sha256', path])
      digest()
      verify()
      const ratio = await ratioOf(verify, digest, runs)
      rows.push({ what: `signoff verify, ${size}`, against: 'openssl dgst -sha256', ratio, budget: 6 })
      rmSync(path)
    }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A run that is under way: one script that has printed all this. */
export async function writeJournal(path: string, bytes: number): Promise<void> {
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
    const text = `${'one line of output, as a build prints many of them\n'.repeat(600)}`
    for (let at = 0; written < bytes; at += text.length)
      await add({ kind: 'output', step: 'deploy', attempt: 1, fd: 'out', at, text })
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
