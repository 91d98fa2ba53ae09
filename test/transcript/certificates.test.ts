import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sha256Hex } from '../../src/transcript/encoding/hash.ts'
import { readAllowedSigners } from '../../src/transcript/ssh/allowed-signers.ts'
import { principalsOf, validUntilMs, whyNotValid } from '../../src/transcript/ssh/certified-signers.ts'
import { checkRevoked } from '../../src/transcript/ssh/revoked-keys.ts'
import { ADDENDUM_NAMESPACE, SEAL_NAMESPACE, type Signer } from '../../src/transcript/ssh/signer.ts'
import { readCertificate } from '../../src/transcript/ssh/ssh-certificate.ts'
import { readPublicKey } from '../../src/transcript/ssh/ssh-key.ts'
import { addAddendum } from '../../src/transcript/statements/addendum.ts'
import { withholdJournal, withholdText } from '../../src/transcript/verify/withhold.ts'
import { type Authority, type CertifiedSigner, makeAuthority } from './helpers/certificates.ts'
import { signersLine } from './helpers/keys.ts'
import * as run from './helpers/run.ts'
import { makeKey, sshKeygen } from './helpers/ssh-keygen.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

/** In the run's own time, in the middle of which it ends. */
const IN_TIME = '20261122000000Z:20261123000000Z'
const BEFORE = '20261121000000Z:20261122000000Z'

let folder: string
let authority: Authority
let operator: CertifiedSigner
/** Trusts the authority for the operator, and nobody else for anything but the approvals of the run. */
let signers: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-certificates-'))
  authority = makeAuthority(folder, 'ca')
  operator = await authority.certify('operator', 'op@example.com', { validity: IN_TIME, serial: 7 })
  signers = lineOf(authority)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const approvers = signersLine(run.manager) + signersLine(run.lead)
const lineOf = ({ publicText }: Authority, who = 'op@example.com', options = '') =>
  `${who} cert-authority${options} ${publicText}\n${approvers}`

/** A whole run that this signer operated and sealed, and an addendum of theirs, as `verify` finds it. */
async function verified(signer: Signer, more: Parameters<typeof run.verify>[2] = {}, noted = false) {
  const { journal, bundle } = await sealedBy(signer, noted)
  return run.verify(journal, bundle, { signersText: signers, sshKeygen, ...more })
}

async function sealedBy(signer: Signer, noted: boolean) {
  const whole = await run.wholeRun(
    run.runStart({ operator: { principal: signer.principal, keyid: signer.keyid }, signersSha256: sha256Hex(signers) }),
  )
  const seal = await run.sealed(whole, signer)
  const said = { type: 'note', text: 'seen again in the morning', atMs: whole.atMs + 1000 } as const
  return { journal: whole.bytes(), bundle: noted ? await addAddendum(seal, said, run.RUN, signer) : seal }
}

/** A KRL that ssh-keygen makes of a specification (ssh-keygen(1), KEY REVOCATION LISTS). */
async function krlOf(spec: string): Promise<Buffer> {
  const path = join(folder, `krl-${Math.abs(Buffer.from(spec).reduce((sum, byte) => (sum * 31 + byte) | 0, 7))}`)
  const made = await sshKeygen(['-q', '-k', '-f', path, '-s', `${authority.path}.pub`, 'spec'], new Uint8Array(), {
    spec: Buffer.from(`${spec}\n`),
  })
  if (made.exitCode !== 0) throw new Error(made.stderr)
  return readFileSync(path)
}

describe('a certificate is read', () => {
  it.each(['ed25519', 'ecdsa', 'rsa'])('of %s: whose it is, and of which key', async type => {
    const signer = await authority.certify(`read-${type}`, 'a@example.com,b@example.com', { type, validity: IN_TIME })
    const plain = readPublicKey(readFileSync(`${signer.path}.pub`, 'utf8'))
    const certificate = readCertificate(signer.publicKey.blob)
    expect(certificate).toMatchObject({
      isForUsers: true,
      name: `read-${type}`,
      principals: ['a@example.com', 'b@example.com'],
    })
    expect(certificate?.plainBlob).toEqual(plain?.blob)
    expect(certificate?.authorityBlob).toEqual(readPublicKey(authority.publicText)?.blob)
    // One key stays one key: nobody becomes another person by a certificate of it.
    expect(signer.keyid).toBe(plain?.keyid)
    expect(readCertificate(plain?.blob ?? Buffer.alloc(0))).toBeNull()
  })

  it('or is none, wherever it is cut', () => {
    const { blob, type } = operator.publicKey
    for (let at = 0; at < blob.length; at += 7)
      expect(readPublicKey(`${type} ${blob.subarray(0, at).toString('base64')}`)).toBeNull()
  })
})

describe('whom a certificate speaks for', () => {
  const principals = (text: string, signer: CertifiedSigner) =>
    principalsOf(readAllowedSigners(text), signer.publicKey, SEAL_NAMESPACE)

  it('is whom it names, as far as a line of its authority lets it', async () => {
    const two = await authority.certify('two', 'op@example.com,root@example.com', { validity: IN_TIME })
    expect(principals(lineOf(authority), two)).toEqual(['op@example.com'])
    expect(principals(lineOf(authority, '*@example.com'), two)).toEqual(['op@example.com', 'root@example.com'])
    expect(principals(lineOf(authority, '*@example.com,!root@example.com'), two)).toEqual(['op@example.com'])
    expect(principals(lineOf(authority, 'op@example.com', `,namespaces="${ADDENDUM_NAMESPACE}"`), two)).toEqual([])
    expect(principals(`op@example.com ${authority.publicText}\n`, two)).toEqual([])
    expect(principals(lineOf(authority), await authority.certify('nobody', '', { validity: IN_TIME }))).toEqual([])
    expect(principals(lineOf(authority), await authority.certify('host', 'op@example.com', { host: true }))).toEqual([])
  })

  it('lasts no longer than the certificate, and no longer than the line', () => {
    const read = readAllowedSigners(lineOf(authority))
    const asked = { principal: 'op@example.com', namespace: SEAL_NAMESPACE }
    const untilMs = Date.parse('2026-11-23T00:00:00Z')
    expect(validUntilMs(read, operator.publicKey, asked)).toBe(untilMs)
    expect(whyNotValid(read, operator.publicKey, { ...asked, atMs: untilMs - 1 })).toBeNull()
    expect(whyNotValid(read, operator.publicKey, { ...asked, atMs: untilMs })).toContain('not valid')
    const ended = readAllowedSigners(lineOf(authority, 'op@example.com', ',valid-before="20261122120000Z"'))
    expect(validUntilMs(ended, operator.publicKey, asked)).toBe(Date.parse('2026-11-22T12:00:00Z'))
    expect(whyNotValid(ended, operator.publicKey, { ...asked, atMs: untilMs - 1 })).toContain('authority')
  })
})

describe('a run sealed with a certificate', () => {
  it('verifies by a line of its authority, through ssh-keygen and never without it', async () => {
    expect(await verified(operator)).toMatchObject({ exitCode: 0 })
    expect(await verified(operator, { signersText: lineOf(authority, '*@example.com') })).toMatchObject({ exitCode: 0 })
    const { journal, bundle } = await sealedBy(operator, false)
    expect(await run.verify(journal, bundle, { signersText: signers })).toMatchObject({ exitCode: 5 })
  })

  it('is 5 with a certificate that was not valid then, names somebody else, or is of another authority', async () => {
    const expired = await authority.certify('expired', 'op@example.com', { validity: BEFORE })
    const other = makeAuthority(folder, 'other-ca')
    const ofOther = await other.certify('of-other', 'op@example.com', { validity: IN_TIME })
    const eve = await authority.certify('eve', 'eve@example.com', { validity: IN_TIME })
    const host = await authority.certify('a-host', 'op@example.com', { validity: IN_TIME, host: true })
    for (const signer of [expired, ofOther, { ...eve, principal: 'op@example.com' }, host])
      expect(await verified(signer), signer.principal).toMatchObject({
        exitCode: 5,
        seal: { signer: { keyid: signer.keyid } },
      })
  })

  it('is 5 once the key, the certificate by its number, or the authority is revoked, whatever the date', async () => {
    const plain = readFileSync(`${operator.path}.pub`)
    const revocations = {
      'the key, in a list': plain,
      'the authority, in a list': Buffer.from(`${authority.publicText}\n`),
      'the key, in a KRL': await krlOf(`key: ${plain.toString().trim()}`),
      'the number, in a KRL': await krlOf('serial: 7'),
      'the name, in a KRL': await krlOf('id: operator'),
      'the authority, in a KRL': await krlOf(`key: ${authority.publicText}`),
    }
    for (const [what, revoked] of Object.entries(revocations)) {
      expect(await verified(operator, { revoked: [revoked] }), what).toMatchObject({ exitCode: 5 })
      // Each of several files counts, whichever stands first.
      expect(await verified(operator, { revoked: [Buffer.from('# none\n'), revoked] }), what).toMatchObject({
        exitCode: 5,
      })
      expect(await checkRevoked([revoked], operator.publicKey, sshKeygen), what).toEqual({ kind: 'revoked' })
    }
    const another = await krlOf('serial: 8')
    expect(await verified(operator, { revoked: [another] })).toMatchObject({ exitCode: 0 })
    expect(await checkRevoked([another], operator.publicKey, sshKeygen)).toEqual({ kind: 'good' })
    expect(await verified(operator, { revoked: ['unreadable'] })).toMatchObject({ exitCode: 5 })
  })

  it('has its journal held against the seal even where nobody trusts who sealed it: 4 comes before 5', async () => {
    const expired = await authority.certify('expired-too', 'op@example.com', { validity: BEFORE })
    const { journal, bundle } = await sealedBy(expired, false)
    const changed = Buffer.from(journal.toString().replace('"text":"one', '"text":"two'))
    const report = await run.verify(changed, bundle, { signersText: signers, sshKeygen })
    expect(report).toMatchObject({ exitCode: 4 })
  })

  it('is 5 where its signature is of other bytes', async () => {
    const { journal, bundle } = await sealedBy(operator, false)
    const envelope = JSON.parse(bundle)
    const payload = Buffer.from(envelope.payload, 'base64').toString().replace('"masked":1', '"masked":0')
    envelope.payload = Buffer.from(payload).toString('base64')
    const report = await run.verify(journal, `${JSON.stringify(envelope)}\n`, { signersText: signers, sshKeygen })
    expect(report).toMatchObject({ exitCode: 5, seal: null })
  })
})

describe('an addendum that only ssh-keygen can judge', () => {
  it('counts with a certificate that is valid when it is written', async () => {
    expect(await verified(operator, {}, true)).toMatchObject({ exitCode: 0, seal: { addenda: 1 } })
  })

  it('is 5 by somebody who may not, with a revoked certificate, or without ssh-keygen', async () => {
    const sealOnly = lineOf(authority, 'op@example.com', `,namespaces="${SEAL_NAMESPACE}"`)
    const report = await verified(operator, { signersText: sealOnly }, true)
    expect(report).toMatchObject({ exitCode: 5 })
    expect(report.findings).toMatchObject([{ check: 'addenda', exit: 5 }])
    const whole = await run.wholeRun()
    const said = { type: 'note', text: 'later', atMs: whole.atMs } as const
    const bundle = await addAddendum(await run.sealed(whole), said, run.RUN, operator)
    const signersText = `${run.SIGNERS}op@example.com cert-authority ${authority.publicText}\n`
    const check = (more: Parameters<typeof run.verify>[2]) =>
      run.verify(whole.bytes(), bundle, { signersText, ...more })
    expect(await check({ sshKeygen })).toMatchObject({ exitCode: 0 })
    expect(await check({})).toMatchObject({ exitCode: 5 })
    expect(await check({ sshKeygen, revoked: [await krlOf('serial: 7')] })).toMatchObject({ exitCode: 5 })
    const late = { ...said, atMs: Date.parse('2026-11-24T00:00:00Z') }
    const afterwards = await addAddendum(await run.sealed(whole), late, run.RUN, operator)
    expect(await run.verify(whole.bytes(), afterwards, { signersText, sshKeygen })).toMatchObject({ exitCode: 5 })
  })

  it('that withholds lines lists them even where nobody trusts its author: that is 5, and not a line that nobody listed', async () => {
    const whole = await run.wholeRun()
    const seal = await run.sealed(whole)
    const withholding = { seqs: [8], reason: 'names of customers' }
    const verified = await run.verify(whole.bytes(), seal)
    const { pieces } = withholdJournal(run.stream(whole.bytes()), withholding, verified)
    const text = withholdText(withholding)
    const said = { type: 'withhold', text, atMs: whole.atMs } as const
    const bundle = await addAddendum(seal, said, run.RUN, operator)
    const signersText = `${run.SIGNERS}op@example.com cert-authority ${authority.publicText}\n`
    const copied: Buffer[] = []
    for await (const piece of pieces) copied.push(Buffer.from(piece))
    const journal = Buffer.concat(copied)
    expect(await run.verify(journal, bundle, { signersText, sshKeygen })).toMatchObject({ exitCode: 0 })
    expect(await run.verify(journal, bundle, { sshKeygen })).toMatchObject({ exitCode: 5 })
  })
})

describe('an approval with a certificate', () => {
  /** The gate of a run, approved by a certified key and by a plain one. */
  async function approvedBy(signer: Signer, signersText: string, operatedBy: Signer = run.operator) {
    const start = run.runStart({ operator: { principal: operatedBy.principal, keyid: operatedBy.keyid } })
    const writer = run.atGate(run.REQUEST, start)
    writer.add(await run.approvalOf(writer, signer, 'Release Manager'))
    writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
    writer.add(run.gateEnd([4, 5]), ...run.script('deploy', [6]))
    writer.add(run.runEnd(writer))
    return run.verify(writer.bytes(), await run.sealed(writer, operatedBy), { signersText, sshKeygen })
  }
  const people = (line: string, by: Signer = run.operator) => `${signersLine(by)}${signersLine(run.lead)}${line}\n`

  it('opens a gate for whom the line of the authority names', async () => {
    const manager = await authority.certify('manager', 'rm@example.com', { validity: IN_TIME })
    const line = `rm@example.com cert-authority ${authority.publicText}`
    expect(await approvedBy(manager, people(line))).toMatchObject({ exitCode: 0 })
    const wild = `*@example.com cert-authority ${authority.publicText}`
    expect(await approvedBy(manager, people(wild))).toMatchObject({ exitCode: 6 })
    // Named by another authority, or for another purpose, is not named.
    const another = makeAuthority(folder, `another-${Date.now()}`)
    const elsewhere = `rm@example.com cert-authority ${another.publicText}\n${wild}`
    expect(await approvedBy(manager, people(elsewhere))).toMatchObject({ exitCode: 6 })
    const toSeal = `rm@example.com cert-authority,namespaces="${SEAL_NAMESPACE}" ${authority.publicText}\n${wild}`
    expect(await approvedBy(manager, people(toSeal))).toMatchObject({ exitCode: 6 })
  })

  it('of the key that walks the run is self-approval, whomever its certificate names', async () => {
    const key = makeKey(folder, 'two-names', ['-t', 'ed25519'])
    const walking = await authority.certify('walking', 'op@example.com', { key, validity: IN_TIME })
    const approving = await authority.certify('approving', 'rm@example.com', { key, validity: IN_TIME })
    expect(walking.publicKey.blob.equals(approving.publicKey.blob)).toBe(false)
    const plain = readFileSync(`${key}.pub`, 'utf8').trim()
    const line = `op@example.com ${plain}\nrm@example.com,op@example.com cert-authority ${authority.publicText}`
    const report = await approvedBy(approving, people(line), { ...walking })
    // The first certificate was overwritten by the second, so that what is under test is the approval alone.
    expect(report.findings).toContainEqual(expect.objectContaining({ check: 'approvals', exit: 6 }))
  })
})
