import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { auditorsTools, handCheckScript } from '../hand-check.ts'

export interface HandCheck {
  readonly exitCode: number
  readonly output: string
}

/**
 * Checks a sealed transcript with nothing of ours: the script of docs/checking-a-transcript.md, as it stands there, run by bash.
 * It ends with 0 only if seal, journal digest, chain, and each approval with the digest of its request are all good.
 */
export async function verifyByHand(given: {
  readonly bundle: string
  readonly journal: string
  readonly signers: string
  /** A folder of our own for the files that it takes apart. */
  readonly scratch: string
}): Promise<HandCheck> {
  mkdirSync(given.scratch, { recursive: true })
  const folder = mkdtempSync(join(given.scratch, 'by-hand-'))
  copyFileSync(given.bundle, join(folder, 'transcript.intoto.jsonl'))
  copyFileSync(given.journal, join(folder, 'journal.jsonl'))
  copyFileSync(given.signers, join(folder, 'allowed_signers'))
  // No program of ours, and none of the world's, is on the way.
  const tools = auditorsTools(folder)
  const env = { PATH: tools, LANG: 'C.UTF-8' }
  const result = await execa(join(tools, 'bash'), ['-c', handCheckScript()], {
    cwd: folder,
    env,
    extendEnv: false,
    reject: false,
    all: true,
  })
  return { exitCode: result.exitCode ?? -1, output: result.all }
}
