import { readFileSync } from 'node:fs'
import type { Signer } from '../../../src/transcript/ssh/signer.ts'
import { readPublicKey } from '../../../src/transcript/ssh/ssh-key.ts'
import { makeKey, sshKeygen } from './ssh-keygen.ts'

/** An authority that ssh-keygen made, which certifies keys. */
export interface Authority {
  readonly path: string
  /** `type base64`, for a signers file or a revocation list. */
  readonly publicText: string
  /** Makes a key, or takes one, and certifies it; gives who signs with it, and where the key lies. */
  certify(name: string, principals: string, options?: CertifyOptions): Promise<CertifiedSigner>
}

export interface CertifyOptions {
  /** As `ssh-keygen -V` takes it. */
  readonly validity?: string
  readonly serial?: number
  /** A key that is there already. */
  readonly key?: string
  /** `-t` of a new key. */
  readonly type?: string
  readonly host?: boolean
}

export interface CertifiedSigner extends Signer {
  readonly path: string
  readonly publicText: string
}

export function makeAuthority(folder: string, name: string): Authority {
  const path = makeKey(folder, name, ['-t', 'ed25519'])
  return {
    path,
    publicText: readFileSync(`${path}.pub`, 'utf8').trim(),
    async certify(keyName, principals, options = {}) {
      const key = options.key ?? makeKey(folder, keyName, ['-t', options.type ?? 'ed25519'])
      const flags = [
        ...(options.validity === undefined ? [] : ['-V', options.validity]),
        ...(options.serial === undefined ? [] : ['-z', String(options.serial)]),
        ...(options.host === true ? ['-h'] : []),
        ...(principals === '' ? [] : ['-n', principals]),
      ]
      const made = await sshKeygen(['-q', '-s', path, '-I', keyName, ...flags, `${key}.pub`], new Uint8Array())
      if (made.exitCode !== 0) throw new Error(made.stderr)
      return certifiedSigner(key, principals.split(',')[0] ?? '')
    },
  }
}

function certifiedSigner(path: string, principal: string): CertifiedSigner {
  const publicText = readFileSync(`${path}-cert.pub`, 'utf8').trim()
  const publicKey = readPublicKey(publicText)
  if (publicKey === null) throw new Error(`${path}: no certificate`)
  return {
    path,
    publicText,
    principal,
    keyid: publicKey.keyid,
    publicKey,
    sign: async (namespace, bytes) => {
      const signed = await sshKeygen(['-Y', 'sign', '-q', '-n', namespace, '-f', `${path}-cert.pub`], bytes)
      if (signed.exitCode !== 0) throw new Error(signed.stderr)
      return signed.stdout
    },
  }
}
