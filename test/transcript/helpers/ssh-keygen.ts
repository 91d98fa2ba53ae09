import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SshKeygen } from '../../../src/transcript/ssh/ssh-keygen.ts'

/** Calls back with a temporary folder that is gone afterwards. */
export async function inFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-test-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Makes a key and gives its path. */
export function makeKey(folder: string, name: string, args: readonly string[], passphrase = ''): string {
  const path = join(folder, name)
  execFileSync('ssh-keygen', ['-q', ...args, '-N', passphrase, '-C', '', '-f', path])
  return path
}

/** The real ssh-keygen, as `src/transcript` is handed it. */
export const sshKeygen: SshKeygen = (args, stdin, files = {}) =>
  inFolder(folder => {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
    const { status, stdout, stderr } = spawnSync('ssh-keygen', [...args], {
      cwd: folder,
      input: stdin,
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    })
    return { exitCode: status ?? 255, stdout, stderr }
  })
