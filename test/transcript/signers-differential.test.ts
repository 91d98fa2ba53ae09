import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkSigner, readAllowedSigners } from '../../src/transcript/ssh/allowed-signers.ts'
import { checkRevoked } from '../../src/transcript/ssh/revoked-keys.ts'
import { SEAL_NAMESPACE } from '../../src/transcript/ssh/signer.ts'
import { readPublicKey } from '../../src/transcript/ssh/ssh-key.ts'
import { verifySshSig } from '../../src/transcript/ssh/sshsig.ts'
import { createAuthenticator } from './helpers/authenticator.ts'
import { inFolder, makeKey, sshKeygen } from './helpers/ssh-keygen.ts'

/** Many cases, the same ones each time: `ssh-keygen` is asked about each, and must say what we say. */
const SEED = 20261125
const MESSAGE = Buffer.from('what is signed \0 with any bytes \xff')

/** A key of each kind: its public text, and what it signs. The tokens are ours, since no test has one; their signatures are real. */
async function keysIn(folder: string): Promise<{ readonly publicText: string; readonly armored: string }[]> {
  const kinds = [
    ['ed25519', ['-t', 'ed25519']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '256']],
    ['rsa', ['-t', 'rsa', '-b', '2048']],
  ] as const
  const files: { publicText: string; armored: string }[] = []
  for (const [name, args] of kinds) {
    const path = makeKey(folder, name, args)
    const { stdout } = await sshKeygen(['-Y', 'sign', '-q', '-f', path, '-n', SEAL_NAMESPACE], MESSAGE)
    files.push({ publicText: readFileSync(`${path}.pub`, 'utf8').trim(), armored: stdout })
  }
  for (const kind of ['ed25519', 'ecdsa'] as const) {
    const token = createAuthenticator(kind)
    files.push({ publicText: token.publicKeyText, armored: token.sign(SEAL_NAMESPACE, MESSAGE, 1) })
  }
  return files
}

async function askSshKeygen(signers: string, principal: string, armored: string, time: string): Promise<boolean> {
  const { exitCode } = await sshKeygen(
    ['-Y', 'verify', '-f', 's', '-I', principal, '-n', SEAL_NAMESPACE, '-s', 'sig', `-Overify-time=${time}Z`],
    MESSAGE,
    { s: Buffer.from(signers), sig: Buffer.from(armored, 'latin1') },
  )
  return exitCode === 0
}

const principal = fc.constantFrom('op@x.org', 'rm@x.org', 'o', 'op@y.org')
const pattern = fc.constantFrom(
  'op@x.org',
  'rm@x.org',
  '*',
  '*@x.org',
  '?p@x.org',
  'o*',
  '!op@x.org',
  '!*@y.org',
  '',
  'OP@x.org',
)
const principals = fc
  .tuple(fc.array(pattern, { minLength: 1, maxLength: 3 }), fc.constantFrom('plain', 'plain', 'quoted', 'half', 'open'))
  .map(([list, how]) => {
    const text = list.join(',')
    return { plain: text, quoted: `"${text}"`, half: `${text.slice(0, 2)}"${text.slice(2)}"`, open: `"${text}` }[how]
  })
const namespaces = fc.constantFrom(
  SEAL_NAMESPACE,
  'signoff-*',
  `file,${SEAL_NAMESPACE}`,
  'file',
  `!${SEAL_NAMESPACE},*`,
  '',
  `a\\"b,${SEAL_NAMESPACE}`,
)
const time = fc.constantFrom(
  '20260101',
  '20261122Z',
  '202611221450',
  '20261122145010Z',
  '20261122145011',
  '20271231z',
  '2026',
  '20261322',
  '20260230',
)
const option = fc.oneof(
  namespaces.map(list => `namespaces="${list}"`),
  namespaces.map(list => `NameSpaces="${list}"`),
  time.map(at => `valid-after="${at}"`),
  time.map(at => `valid-before="${at}"`),
  fc.constantFrom(
    'cert-authority',
    'foo',
    'foo="1"',
    `namespaces=${SEAL_NAMESPACE}`,
    'valid-after=20260101',
    'namespaces="x',
    '',
  ),
)
const options = fc
  .tuple(fc.array(option, { maxLength: 3 }), fc.constantFrom(',', ',', ',', ' ', ', '))
  .map(([list, comma]) => list.join(comma))
const line = fc.record({
  principals,
  options,
  key: fc.nat(6),
  gap: fc.constantFrom(' ', ' ', '\t', '  '),
  before: fc.constantFrom('', '', ' ', '\t'),
  after: fc.constantFrom('', ' comment', ' a "comment" # of words', '\r', '\t'),
})

describe('our reader of allowed signers', () => {
  it('says what ssh-keygen says, for generated files, keys, people and times', { timeout: 240_000 }, async () => {
    const before = process.env.TZ
    process.env.TZ = 'UTC'
    try {
      await inFolder(async folder => {
        const keys = await keysIn(folder)
        const textOf = (index: number) =>
          keys[index]?.publicText ?? (index === 5 ? 'ssh-ed25519 AAAAbroken' : 'ssh-rsa')
        let good = 0
        const property = fc.asyncProperty(
          fc.array(line, { minLength: 1, maxLength: 4 }),
          fc.nat(keys.length - 1),
          principal,
          fc.constantFrom('20261122145010', '20250101000000', '20280101000000'),
          async (lines, signedBy, who, at) => {
            const text = lines
              .map(one => {
                // Half of the lines are of the key that signed, or little would ever be asked of the rest of them.
                const key = textOf(one.key % 2 === 0 ? signedBy : one.key)
                return `${one.before}${[one.principals, one.options, key].filter(Boolean).join(one.gap)}${one.after}\n`
              })
              .join('')
            const { armored = '', publicText = '' } = keys[signedBy] ?? {}
            const key = readPublicKey(publicText)
            if (key === null) throw new Error(publicText)
            expect(verifySshSig(armored, SEAL_NAMESPACE, MESSAGE).ok).toBe(true)
            const atMs = Date.parse(at.replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6.500Z'))
            const asked = { key, principal: who, namespace: SEAL_NAMESPACE, atMs }
            const ours = checkSigner(readAllowedSigners(text), asked).ok
            if (ours) good++
            expect(ours, `${who} at ${at}:\n${text}`).toBe(await askSshKeygen(text, who, armored, at))
          },
        )
        await fc.assert(property, { numRuns: 600, seed: SEED })
        expect(good).toBeGreaterThan(60)
      })
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  })
})

describe('our check of a signature', () => {
  it('says what ssh-keygen says, whatever is changed in it', { timeout: 240_000 }, async () => {
    await inFolder(async folder => {
      const keys = await keysIn(folder)
      const signers = keys.map(({ publicText }) => `* ${publicText}\n`).join('')
      let good = 0
      const change = fc.record({ at: fc.nat(), to: fc.nat(255), cut: fc.constantFrom(0, 0, 0, 1), shown: fc.boolean() })
      const property = fc.asyncProperty(fc.nat(keys.length - 1), fc.option(change), async (index, changed) => {
        let armored = keys[index]?.armored ?? ''
        if (changed !== null) {
          const bytes = Buffer.from(armored.split('\n').slice(1, -2).join(''), 'base64')
          const at = changed.at % bytes.length
          bytes[at] = changed.to
          const rest = changed.cut === 1 ? Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]) : bytes
          const body = (rest.toString('base64').match(/.{1,70}/g) ?? []).join('\n')
          armored = `-----BEGIN SSH SIGNATURE-----\n${body}\n-----END SSH SIGNATURE-----\n`
        }
        const ours = verifySshSig(armored, SEAL_NAMESPACE, MESSAGE)
        if (ours.ok) good++
        // The signers file has each of our keys: a signature by another key, made by a change in it, is nobody's.
        const isListed = ours.ok && keys.some(({ publicText }) => readPublicKey(publicText)?.keyid === ours.key.keyid)
        expect(isListed, armored).toBe(await askSshKeygen(signers, 'op@x.org', armored, '20261122145010'))
      })
      await fc.assert(property, { numRuns: 500, seed: SEED })
      expect(good).toBeGreaterThan(30)
    })
  })
})

describe('our reader of revoked keys', () => {
  it('revokes whatever ssh-keygen revokes, for generated lists', { timeout: 240_000 }, async () => {
    await inFolder(async folder => {
      const keys = await keysIn(folder)
      const item = fc.oneof(
        fc.nat(keys.length - 1).map(index => keys[index]?.publicText ?? ''),
        fc.nat(keys.length - 1).map(index => `  ${keys[index]?.publicText ?? ''} somebody left`),
        fc.constantFrom('# nobody', '', '   ', 'ssh-ed25519 AAAAbroken', 'no key at all'),
      )
      const property = fc.asyncProperty(
        fc.array(item, { maxLength: 4 }),
        fc.nat(keys.length - 1),
        async (list, index) => {
          const text = `${list.join('\n')}\n`
          const { armored = '', publicText = '' } = keys[index] ?? {}
          const key = readPublicKey(publicText)
          if (key === null) throw new Error(publicText)
          const { exitCode } = await sshKeygen(
            ['-Y', 'verify', '-f', 's', '-I', 'op@x.org', '-n', SEAL_NAMESPACE, '-s', 'sig', '-r', 'revoked'],
            MESSAGE,
            { s: Buffer.from(`* ${publicText}\n`), sig: Buffer.from(armored), revoked: Buffer.from(text) },
          )
          const ours = await checkRevoked([Buffer.from(text)], key, undefined)
          // A file that cannot be read revokes everything, with us as with ssh-keygen.
          expect(ours.kind === 'good', `${publicText}\n${text}`).toBe(exitCode === 0)
        },
      )
      await fc.assert(property, { numRuns: 120, seed: SEED })
    })
  })
})
