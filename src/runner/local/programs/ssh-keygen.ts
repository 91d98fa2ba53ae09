import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignoffError } from '../../../model/index.ts'

/** Loaded once a program is to be started: to look at a signature mostly takes none. */
const loadExeca = async () => (await import('execa')).execa

/**
 * Runs the ssh-keygen of the machine, never interactively. `files` are written by name into a private temporary folder,
 * which is its working directory and is removed behind it.
 */
export async function runSshKeygen(
  args: readonly string[],
  stdin: Uint8Array,
  files: Readonly<Record<string, Uint8Array>> = {},
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'signoff-keygen-'))
  try {
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes, { mode: 0o600 })
    const execa = await loadExeca()
    const result = await execa('ssh-keygen', [...args], {
      cwd: folder,
      input: stdin,
      reject: false,
      stripFinalNewline: false,
      env: { SSH_ASKPASS_REQUIRE: 'never' },
    })
    if (result.exitCode === undefined) throw missing(result.cause)
    return { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A key as ssh-keygen is told of it: a file, or the text of a public key whose private half an agent holds. */
export type KeyForSshKeygen = { readonly path: string } | { readonly publicText: string }

/**
 * Signs with a key that only ssh-keygen can use: one with a passphrase (asked at the terminal), one in an agent, on a
 * token, with a certificate, or of another kind.
 * @returns the armored SSHSIG. @throws {SignoffError} `SIGNING_FAILED`
 */
export async function signWithSshKeygen(key: KeyForSshKeygen, namespace: string, bytes: Uint8Array): Promise<string> {
  if ('path' in key) return signWithFile(key.path, key.path, namespace, bytes)
  const folder = await mkdtemp(join(tmpdir(), 'signoff-keygen-'))
  try {
    const path = join(folder, 'key.pub')
    await writeFile(path, `${key.publicText}\n`, { mode: 0o600 })
    return await signWithFile(path, 'the key of the agent', namespace, bytes)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function signWithFile(path: string, name: string, namespace: string, bytes: Uint8Array): Promise<string> {
  const execa = await loadExeca()
  const result = await execa('ssh-keygen', ['-Y', 'sign', '-q', '-f', path, '-n', namespace], {
    input: bytes,
    reject: false,
    stripFinalNewline: false,
    stderr: ['pipe', 'inherit'],
  })
  if (result.exitCode === undefined) throw missing(result.cause)
  if (result.exitCode !== 0 || !result.stdout.startsWith('-----BEGIN SSH SIGNATURE-----'))
    throw new SignoffError('SIGNING_FAILED', `ssh-keygen did not sign with ${name}: ${result.stderr.trim()}`, {
      advice: 'nothing is lost; "signoff resume" only signs what is recorded',
    })
  return result.stdout
}

/** Makes an ed25519 key file. At a terminal ssh-keygen asks for its passphrase; without one it has none. */
export async function makeSshKey(path: string, comment: string, atTerminal: boolean): Promise<void> {
  const passphrase = atTerminal ? [] : ['-N', '']
  const execa = await loadExeca()
  const result = await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-C', comment, '-f', path, ...passphrase], {
    reject: false,
    stdio: atTerminal ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  })
  if (result.exitCode === undefined) throw missing(result.cause)
  if (result.exitCode !== 0)
    throw new SignoffError('KEY_UNUSABLE', `ssh-keygen could not make ${path}: ${String(result.stderr ?? '').trim()}`)
}

function missing(cause: unknown): SignoffError {
  return new SignoffError('KEY_UNUSABLE', 'ssh-keygen does not start', {
    advice: 'install OpenSSH (Debian: openssh-client)',
    cause,
  })
}
