import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { SignoffError } from '../model/index.ts'
import { gitConfig, signWithSshKeygen } from '../runner/local/index.ts'
import {
  ed25519RawSigner,
  ed25519Signer,
  type Namespace,
  principalsOf,
  type RawSigner,
  readAllowedSigners,
  readPrivateKey,
  readPublicKey,
  type Signer,
  type SshPublicKey,
} from '../transcript/index.ts'
import type { Config } from './config.ts'

export interface KeySources {
  /** `--key` */
  readonly flag: string | null
  readonly environment: NodeJS.ProcessEnv
  readonly config: Config
  readonly folder: string
}

/**
 * The key file a person signs with: `--key`, `SIGNOFF_KEY`, the user's own configuration, git's ssh signing key. Never
 * "the agent's first", and never what a repository names.
 */
export async function findKeyFile(sources: KeySources): Promise<string | null> {
  // An empty variable is one that is not set.
  const named = sources.flag ?? (sources.environment.SIGNOFF_KEY || sources.config.signingKey)
  if (named !== null && named !== '') return expandHome(named, sources.environment)
  if ((await gitConfig(sources.folder, 'gpg.format')) !== 'ssh') return null
  const key = await gitConfig(sources.folder, 'user.signingKey')
  return key === null || key.startsWith('key::') || key.startsWith('ssh-') ? null : expandHome(key, sources.environment)
}

/** A key that somebody signs with, before it is known for whom. */
export interface OwnKey {
  readonly path: string
  readonly publicKey: SshPublicKey
  /** The file, where it needs no passphrase and can be signed with here. */
  readonly native: string | null
}

/** @throws {SignoffError} `KEY_MISSING` naming `signoff init`, before anything was written; `KEY_UNUSABLE` */
export async function findOwnKey(sources: KeySources): Promise<OwnKey> {
  const path = await findKeyFile(sources)
  if (path === null)
    throw new SignoffError(
      'KEY_MISSING',
      'no signing key: what you sign is signed with a key of yours, and none is named',
      {
        advice: 'run "signoff init" once, or name one by --key FILE or SIGNOFF_KEY',
      },
    )
  return { path, ...(await readKey(path)) }
}

/** Signs with it, natively or by ssh-keygen. Whether the name is theirs is for whoever reads the signature to check. */
export function signerOf({ path, publicKey, native }: OwnKey, principal: string): Signer {
  if (native !== null) return ed25519Signer(native, principal)
  return {
    principal,
    keyid: publicKey.keyid,
    publicKey,
    mayAsk: true,
    sign: (asked, bytes) => signWithSshKeygen(path, asked, bytes),
  }
}

/**
 * Somebody who can sign for a namespace: a key, and the principal that the signers file gives it.
 * @throws {SignoffError} `KEY_MISSING` naming `signoff init`, before anything was written.
 */
export async function findSigner(
  sources: KeySources,
  signersText: string | null,
  signersPath: string,
  namespace: Namespace,
): Promise<Signer> {
  const key = await findOwnKey(sources)
  const principals = signersText === null ? [] : principalsOf(readAllowedSigners(signersText), key.publicKey, namespace)
  const principal = principals.find(name => name === sources.config.principal) ?? principals[0]
  if (principal === undefined)
    throw new SignoffError(
      'KEY_MISSING',
      `${signersText === null ? `${signersPath} is missing` : `${signersPath} gives nobody the key ${key.path} (${key.publicKey.keyid}) for ${namespace}`}`,
      { advice: 'run "signoff init", and have the line that it adds reviewed like code' },
    )
  return signerOf(key, principal)
}

/**
 * A key that signs bytes as they are, which neither ssh-keygen nor an agent behind it does: an ed25519 file without a passphrase.
 * @throws {SignoffError} `KEY_MISSING`, `KEY_UNUSABLE`
 */
export async function findRawSigner(sources: KeySources): Promise<RawSigner> {
  const path = await findKeyFile(sources)
  if (path === null)
    throw new SignoffError('KEY_MISSING', 'no signing key is named', { advice: 'name it by --key FILE or SIGNOFF_KEY' })
  const { native } = await readKey(path)
  if (native === null)
    throw new SignoffError(
      'KEY_UNUSABLE',
      `${path}: only ssh-keygen can sign with it, and what that signs is wrapped as SSH signatures are`,
      { advice: 'this needs an ed25519 key file without a passphrase' },
    )
  return ed25519RawSigner(native)
}

async function readKey(path: string): Promise<Omit<OwnKey, 'path'>> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SignoffError('KEY_MISSING', `${path}: ${error.code === 'ENOENT' ? 'no such key file' : error.message}`, {
      advice: 'run "signoff init", or name another key by --key FILE',
      cause: error,
    })
  })
  const read = readPrivateKey(text)
  if (read.kind === 'ed25519') return { publicKey: read.publicKey, native: text }
  if (read.kind === 'encrypted' || read.kind === 'other') return { publicKey: read.publicKey, native: null }
  // The public half stands for a key that an agent or a token holds: ssh-keygen finds it there.
  const publicText = text.startsWith('-----') ? await readFile(`${path}.pub`, 'utf8').catch(() => '') : text
  const publicKey = readPublicKey(publicText)
  if (publicKey !== null) return { publicKey, native: null }
  throw new SignoffError('KEY_UNUSABLE', `${path}: ${read.why}`, { advice: 'expected a key that ssh-keygen made' })
}

function expandHome(path: string, environment: NodeJS.ProcessEnv): string {
  return path.startsWith('~/') ? join(environment.HOME ?? homedir(), path.slice(2)) : path
}
