import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { SignoffError } from '../../model/index.ts'
import { agentKeys, type KeyForSshKeygen } from '../../runner/local/index.ts'
import { readCertificate, readPrivateKey, readPublicKey, type SshPublicKey } from '../../transcript/index.ts'
import type { NamedKey } from './named-key.ts'

/** One way to sign: a public key, plain or with a certificate, and what signs with it. */
export interface KeyAtHand {
  readonly publicKey: SshPublicKey
  /** The text of an ed25519 key file without a passphrase, which signs without ssh-keygen; null for everything else. */
  readonly native: string | null
  readonly forSshKeygen: KeyForSshKeygen
}

/**
 * The ways in which a key that was named can sign: as it is, and with the certificate that lies beside it under the name that ssh-keygen
 * gives it, `KEY-cert.pub`. The plain key comes first: its line needs no authority.
 * @throws {SignoffError} `KEY_MISSING`, `KEY_UNUSABLE`
 */
export async function keysAtHand(named: NamedKey): Promise<readonly [KeyAtHand, ...KeyAtHand[]]> {
  if (named.kind === 'literal') {
    const { publicText } = named
    return [
      {
        publicKey: publicKeyIn(publicText, `"${publicText}" is no public key`),
        native: null,
        forSshKeygen: { publicText },
      },
    ]
  }
  const key = await readKeyFile(named.path)
  if (readCertificate(key.publicKey.blob) !== null) return [key]
  const path = `${named.path.replace(/\.pub$/, '')}-cert.pub`
  const text = await readFile(path, 'utf8').catch(() => null)
  const certified = text === null ? null : readPublicKey(text)
  // One that is left over from another key is none for this one.
  if (certified === null || readCertificate(certified.blob)?.plainBlob.equals(key.publicKey.blob) !== true) return [key]
  return [key, { publicKey: certified, native: null, forSshKeygen: { path } }]
}

/**
 * Looks whether the private half is to be had, without asking for it: a file that is there, or the agent.
 * @throws {SignoffError} `KEY_MISSING`: a run with such a key could be walked, and never sealed.
 */
export async function checkPrivateHalf({ publicKey, native, forSshKeygen }: KeyAtHand): Promise<void> {
  if (native !== null) return
  if ('path' in forSshKeygen && existsSync(privatePath(forSshKeygen.path))) return
  const held = await agentKeys()
  if (held?.some(line => readPublicKey(line)?.blob.equals(publicKey.blob)) === true) return
  const where = 'path' in forSshKeygen ? forSshKeygen.path : publicKey.type
  throw new SignoffError(
    'KEY_MISSING',
    `${where} (${publicKey.keyid}) is a public key, and ${held === null ? 'there is no agent to ask for' : 'your agent does not hold'} its private half`,
    {
      advice:
        'ssh-add -L lists what your agent holds, ssh-add FILE gives it a key; or name a private key by --key FILE',
    },
  )
}

/** Where ssh-keygen looks for the private half of a public key that it is given as a file. */
function privatePath(path: string): string {
  return path.replace(/(-cert)?\.pub$/, '')
}

async function readKeyFile(path: string): Promise<KeyAtHand> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SignoffError('KEY_MISSING', `${path}: ${error.code === 'ENOENT' ? 'no such key file' : error.message}`, {
      advice: 'run "signoff init", or name another key by --key FILE',
      cause: error,
    })
  })
  const read = readPrivateKey(text)
  const forSshKeygen = { path }
  if (read.kind === 'ed25519') return { publicKey: read.publicKey, native: text, forSshKeygen }
  if (read.kind === 'encrypted' || read.kind === 'other')
    return { publicKey: read.publicKey, native: null, forSshKeygen }
  // The public half stands for a key that an agent or a token holds: ssh-keygen finds it there.
  const publicText = text.startsWith('-----') ? await readFile(`${path}.pub`, 'utf8').catch(() => '') : text
  return { publicKey: publicKeyIn(publicText, `${path}: ${read.why}`), native: null, forSshKeygen }
}

function publicKeyIn(text: string, what: string): SshPublicKey {
  const key = readPublicKey(text)
  if (key !== null) return key
  throw new SignoffError('KEY_UNUSABLE', what, { advice: 'expected a key that ssh-keygen made' })
}
