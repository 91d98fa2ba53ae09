import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fold } from '../../src/model/index.ts'
import { APPROVAL_NAMESPACE, SEAL_NAMESPACE, type Signer } from '../../src/transcript/ssh/signer.ts'
import { readPublicKey } from '../../src/transcript/ssh/ssh-key.ts'
import { approvalBytes, buildApproval, signApproval } from '../../src/transcript/statements/approval.ts'
import { buildApprovalRequest, readApprovalRequest } from '../../src/transcript/statements/approval-request.ts'
import type { ApprovalStatement } from '../../src/transcript/statements/approval-statement.ts'
import { type ApprovalContext, checkApproval } from '../../src/transcript/statements/check-approval.ts'
import { PAYLOAD_TYPE, pae, toEnvelope } from '../../src/transcript/statements/dsse.ts'
import { createAuthenticator } from './helpers/authenticator.ts'
import { privateKeyText, signerFrom, signersLine } from './helpers/keys.ts'
import * as run from './helpers/run.ts'
import { inFolder, makeKey, sshKeygen } from './helpers/ssh-keygen.ts'

function contextOf(writer: run.Writer, changes: Partial<ApprovalContext> = {}): ApprovalContext {
  const state = fold(writer.entries)
  const gate = state.gates.get('flip-dns')
  if (gate === undefined || state.start === null) throw new Error('no gate is open')
  return {
    run: state.start.run,
    release: state.start.release,
    runbookSha256: state.start.runbook.sha256,
    commit: state.start.git?.commit ?? null,
    step: 'flip-dns',
    request: { seq: gate.request, leaf: writer.chain.leaf(gate.request) ?? '', challenge: gate.event.challenge },
    meaning: gate.event.ask,
    need: gate.event.need,
    touch: gate.event.touch,
    operators: [...state.operators],
    given: gate.approvals.map(({ event }) => event),
    leafOf: writer.chain.leaf,
    headSeq: writer.chain.lines - 1,
    signersText: run.SIGNERS,
    revoked: [],
    nowMs: writer.atMs,
    ...changes,
  }
}

const role = 'Release Manager'
type Change = (statement: ApprovalStatement) => ApprovalStatement
const withPredicate =
  (changes: Partial<ApprovalStatement['predicate']>): Change =>
  statement => ({ ...statement, predicate: { ...statement.predicate, ...changes } })

async function answerTo(change: Change, changes: Partial<ApprovalContext> = {}, signer: Signer = run.manager) {
  const writer = run.atGate()
  const { envelope } = await run.approvalOf(writer, signer, role, change)
  return checkApproval(envelope, contextOf(writer, changes))
}
const same: Change = statement => statement

describe('an approval', () => {
  it('counts with a good signature of somebody who is asked', async () => {
    expect(await answerTo(same)).toMatchObject({ ok: true, role, decision: 'go', principal: 'rm@example.com' })
  })

  it('counts when notes came after what was shown', async () => {
    const writer = run.atGate()
    const { envelope } = await run.approvalOf(writer, run.manager, role)
    writer.add({ kind: 'note', step: null, text: 'still waiting', by: 'op@example.com' })
    expect(await checkApproval(envelope, contextOf(writer))).toMatchObject({ ok: true })
  })

  it('needs its reason where it says no-go', async () => {
    expect(await answerTo(withPredicate({ decision: 'no-go', reason: 'disk is full' }))).toMatchObject({
      ok: true,
      decision: 'no-go',
    })
    expect(await answerTo(withPredicate({ decision: 'no-go' }))).toMatchObject({ ok: false, exit: 5 })
    const { request } = await readApprovalRequest(await buildApprovalRequest(run.atGate().bytes(), 'flip-dns'))
    const decided = { approver: 'a@b', role, decision: 'no-go', reason: ' ', decidedOnMs: 0 } as const
    expect(() => buildApproval(request, decided)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('by plain ssh-keygen counts, whatever the order of its keys', { timeout: 60_000 }, async () => {
    await inFolder(async folder => {
      const writer = run.atGate()
      const { request } = await readApprovalRequest(await buildApprovalRequest(writer.bytes(), 'flip-dns'))
      const decided = { approver: 'rm@example.com', role, decision: 'go', reason: null, decidedOnMs: 0 } as const
      const statement = buildApproval(request, decided)
      const reordered = Object.fromEntries(Object.entries(statement).toReversed())
      const payload = Buffer.from(JSON.stringify(reordered, null, 2))
      const seed = Buffer.from(Array.from({ length: 32 }, (_, i) => 40 + i))
      writeFileSync(`${folder}/key`, privateKeyText(seed), { mode: 0o600 })
      const signed = await sshKeygen(
        ['-Y', 'sign', '-n', APPROVAL_NAMESPACE, '-f', `${folder}/key`],
        pae(PAYLOAD_TYPE, payload),
      )
      expect(signed.exitCode, signed.stderr).toBe(0)
      const answer = await checkApproval(toEnvelope(payload, 'no hint', signed.stdout), contextOf(writer))
      expect(answer).toMatchObject({ ok: true, principal: 'rm@example.com' })
      expect(approvalBytes(statement).pae.toString()).toContain('urn:signoff:approval:v1')
    })
  })

  it('where roles are mapped to nobody is anybody’s who may approve', async () => {
    const anyone = [
      { role: null, from: null },
      { role: null, from: null },
    ]
    const writer = run.atGate({ ...run.REQUEST, need: anyone })
    const first = await run.approvalOf(writer, run.lead, null)
    expect(await checkApproval(first.envelope, contextOf(writer))).toMatchObject({ ok: true, role: null })
    writer.add(first)
    const second = await run.approvalOf(writer, run.manager, null)
    expect(await checkApproval(second.envelope, contextOf(writer))).toMatchObject({ ok: true })
  })
})

describe('threat 9: a forged approval is refused as bad or unlisted, and is 5', () => {
  it('unsigned, or no envelope at all', async () => {
    const context = contextOf(run.atGate())
    for (const text of ['', 'go', '{}', '{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[]}'])
      expect(await checkApproval(text, context)).toMatchObject({ ok: false, why: 'bad-signature', exit: 5 })
  })

  it('so long that it would not fit a line', async () => {
    const writer = run.atGate()
    const { envelope } = await run.approvalOf(writer, run.manager, role)
    const long = envelope.replace('{', `{"more":"${'x'.repeat(128 * 1024)}",`)
    expect(await checkApproval(envelope.replace('{', '{"more":"x",'), contextOf(writer))).toMatchObject({ ok: true })
    expect(await checkApproval(long, contextOf(writer))).toMatchObject({ ok: false, why: 'bad-signature', exit: 5 })
  })

  it('by an unknown key, a key that may only seal, or another’s name', async () => {
    const unlisted = { ok: false, why: 'unlisted', exit: 5 }
    expect(await answerTo(same, {}, run.stranger)).toMatchObject(unlisted)
    expect(await answerTo(same, {}, run.operator)).toMatchObject(unlisted)
    expect(await answerTo(withPredicate({ approver: 'pl@example.com' }))).toMatchObject(unlisted)
    const key = `${run.manager.publicKey.type} ${run.manager.publicKey.blob.toString('base64')}\n`
    expect(await answerTo(same, { revoked: [Buffer.from(key)] })).toMatchObject(unlisted)
  })

  it('whose decision was edited, or that was signed for another purpose', async () => {
    const writer = run.atGate()
    const refusal = withPredicate({ decision: 'no-go', reason: 'disk is full' })
    const { envelope } = await run.approvalOf(writer, run.manager, role, refusal)
    const edited = JSON.parse(envelope)
    edited.payload = Buffer.from(atob(edited.payload).replace('"no-go"', '"go"')).toString('base64')
    const bad = { ok: false, why: 'bad-signature', exit: 5 }
    expect(await checkApproval(JSON.stringify(edited), contextOf(writer))).toMatchObject(bad)
    const sealing = { ...run.manager, sign: (_: string, bytes: Uint8Array) => run.manager.sign(SEAL_NAMESPACE, bytes) }
    expect(await answerTo(same, {}, sealing)).toMatchObject(bad)
  })
})

describe('threat 10: an approval of something else is refused, and is 6', () => {
  const otherRun = { ok: false, why: 'other-run', exit: 6 }
  const stale = { ok: false, why: 'stale', exit: 6 }

  it('of another run, release, runbook or commit', async () => {
    expect(await answerTo(withPredicate({ run: 'x' }))).toMatchObject(otherRun)
    expect(await answerTo(withPredicate({ release: 'v1.4.3' }))).toMatchObject(otherRun)
    expect(await answerTo(same, { runbookSha256: 'a'.repeat(64) })).toMatchObject(otherRun)
    expect(await answerTo(same, { commit: 'd'.repeat(40) })).toMatchObject(otherRun)
  })

  it('of another step, request, challenge or question, or a hand-off', async () => {
    expect(await answerTo(withPredicate({ step: 'other' }))).toMatchObject(stale)
    expect(await answerTo(withPredicate({ meaning: 'Delete everything?' }))).toMatchObject(stale)
    expect(await answerTo(withPredicate({ decision: 'handoff-accept' }))).toMatchObject(stale)
    const request = { seq: 3, leaf: 'a'.repeat(64), challenge: run.REQUEST.challenge }
    expect(await answerTo(withPredicate({ request }))).toMatchObject(stale)
    const change: Change = statement =>
      withPredicate({ request: { ...statement.predicate.request, challenge: 'x' } })(statement)
    expect(await answerTo(change)).toMatchObject(stale)
  })

  it('of a journal that is not this one', async () => {
    for (const seq of [2, 3, 4])
      expect(await answerTo(withPredicate({ head: { seq, leaf: 'a'.repeat(64) } }))).toMatchObject(stale)
  })

  it('of an earlier request for the same step', async () => {
    const writer = run.atGate()
    const { envelope } = await run.approvalOf(writer, run.manager, role)
    writer.add({ ...run.REQUEST, challenge: 'QUJDREVGR0hJSktMTU5PUQ' })
    expect(await checkApproval(envelope, contextOf(writer))).toMatchObject(stale)
  })
})

describe('threat 11: nobody approves twice, or what they operate', () => {
  it('the operator, by name or by key', async () => {
    const both = `${run.SIGNERS}${signersLine(run.operator)}`
    expect(await answerTo(same, { signersText: both }, run.operator)).toMatchObject({ why: 'operator', exit: 6 })
    const renamed = { ...run.operator, principal: 'rm@example.com' }
    const asManager = `${run.SIGNERS}${signersLine(renamed)}`
    expect(await answerTo(same, { signersText: asManager }, renamed)).toMatchObject({ why: 'operator', exit: 6 })
  })

  it('one key under two names, or two keys of one name', async () => {
    const writer = run.atGate()
    writer.add(await run.approvalOf(writer, run.manager, role))
    const twoNames = { ...run.manager, principal: 'pl@example.com' }
    const second = await run.approvalOf(writer, twoNames, 'Platform Lead')
    const signersText = `${run.SIGNERS}${signersLine(twoNames)}`
    const duplicate = { ok: false, why: 'duplicate', exit: 6 }
    expect(await checkApproval(second.envelope, contextOf(writer, { signersText }))).toMatchObject(duplicate)
    const twoKeys = signerFrom(200, 'rm@example.com')
    const third = await run.approvalOf(writer, twoKeys, 'Platform Lead')
    const withBoth = `${run.SIGNERS}${signersLine(twoKeys)}`
    expect(await checkApproval(third.envelope, contextOf(writer, { signersText: withBoth }))).toMatchObject(duplicate)
  })

  it('a wildcard line lets nobody approve', async () => {
    const wild = signersLine({ ...run.manager, principal: '*@example.com' })
    expect(await answerTo(same, { signersText: wild })).toMatchObject({ why: 'unlisted', exit: 6 })
  })

  it('somebody who is asked for another role', async () => {
    expect(await answerTo(same, {}, run.lead)).toMatchObject({ why: 'unlisted', exit: 6 })
    expect(await answerTo(withPredicate({ role: 'Director' }))).toMatchObject({ why: 'unlisted', exit: 6 })
    expect(await answerTo(withPredicate({ role: null }))).toMatchObject({ why: 'unlisted', exit: 6 })
  })

  it('a role that has its approval already', async () => {
    const need = [
      { role, from: ['rm@example.com', 'pl@example.com'] },
      { role: 'Platform Lead', from: ['pl@example.com'] },
    ]
    const writer = run.atGate({ ...run.REQUEST, need })
    writer.add(await run.approvalOf(writer, run.manager, role))
    const second = await run.approvalOf(writer, run.lead, role)
    expect(await checkApproval(second.envelope, contextOf(writer))).toMatchObject({ why: 'duplicate', exit: 6 })
  })

  it('and in a journal it is found again by verify', async () => {
    const writer = run.atGate()
    writer.add(await run.approvalOf(writer, run.manager, role))
    writer.add(await run.approvalOf(writer, run.stranger, 'Platform Lead'))
    writer.add(run.gateEnd([4, 5]), ...run.script('deploy', [6]))
    writer.add(run.runEnd(writer))
    expect(await run.verify(writer.bytes(), await run.sealed(writer))).toMatchObject({ exitCode: 5 })
    const replayed = run.atGate(run.REQUEST, run.runStart({ run: '01a203bc-45c0-7d3b-9f52-6a1c0de9b002' }))
    const old = run.atGate()
    replayed.add(await run.approvalOf(old, run.manager, role))
    replayed.add(await run.approvalOf(replayed, run.lead, 'Platform Lead'))
    replayed.add(run.gateEnd([4, 5]), ...run.script('deploy', [6]))
    replayed.add(run.runEnd(replayed))
    expect(await run.verify(replayed.bytes(), await run.sealed(replayed))).toMatchObject({ exitCode: 6 })
  })
})

describe('threat 12: a touch that is asked for', () => {
  it('is not met by a key that knows none', async () => {
    for (const touch of ['presence', 'verified'] as const)
      expect(await answerTo(same, { touch })).toMatchObject({ why: 'no-touch', exit: 6 })
  })

  it('is read from the flags of a FIDO key, by us: ssh-keygen says Good to all of them', async () => {
    const authenticator = createAuthenticator('ed25519')
    const signersText = `rm@example.com ${authenticator.publicKeyText}\n`
    const answer = (flags: number, touch: ApprovalContext['touch']) =>
      answerTo(same, { signersText, touch }, authenticator.signer('rm@example.com', flags))
    expect(await answer(0, 'none')).toMatchObject({ ok: true })
    expect(await answer(0, 'presence')).toMatchObject({ why: 'no-touch', exit: 6 })
    expect(await answer(1, 'presence')).toMatchObject({ ok: true })
    expect(await answer(1, 'verified')).toMatchObject({ why: 'no-touch', exit: 6 })
    expect(await answer(5, 'verified')).toMatchObject({ ok: true })
  })
})

describe('an approval with a certificate', () => {
  it('is judged by ssh-keygen, and by nobody without it', { timeout: 60_000 }, async () => {
    await inFolder(async folder => {
      const ca = makeKey(folder, 'ca', ['-t', 'ed25519'])
      const path = makeKey(folder, 'key', ['-t', 'ed25519'])
      const made = await sshKeygen(
        ['-q', '-s', ca, '-I', 'rm', '-n', 'rm@example.com', `${path}.pub`],
        new Uint8Array(),
      )
      expect(made.exitCode, made.stderr).toBe(0)
      const publicKey = readPublicKey(readFileSync(`${path}-cert.pub`, 'utf8'))
      if (publicKey === null) throw new Error('no certificate')
      const certified: Signer = {
        principal: 'rm@example.com',
        keyid: publicKey.keyid,
        publicKey,
        sign: async (namespace, bytes) => {
          const signed = await sshKeygen(['-Y', 'sign', '-n', namespace, '-f', `${path}-cert.pub`], bytes)
          expect(signed.exitCode, signed.stderr).toBe(0)
          return signed.stdout
        },
      }
      const authority = readFileSync(`${ca}.pub`, 'utf8')
      const signersText = `rm@example.com cert-authority ${authority}`
      expect(await answerTo(same, { signersText, sshKeygen }, certified)).toMatchObject({ ok: true })
      expect(await answerTo(same, { signersText }, certified)).toMatchObject({ why: 'bad-signature', exit: 5 })
      const wild = `*@example.com cert-authority ${authority}`
      expect(await answerTo(same, { signersText: wild, sshKeygen }, certified)).toMatchObject({
        why: 'unlisted',
        exit: 6,
      })
      const sealOnly = `rm@example.com cert-authority,namespaces="${SEAL_NAMESPACE}" ${authority}`
      const refused = await answerTo(same, { signersText: sealOnly, sshKeygen }, certified)
      expect(refused).toMatchObject({ why: 'unlisted', exit: 5 })
    })
  })
})

describe('a request file', () => {
  it('carries what is decided on, and is read back only whole', async () => {
    const writer = run.atGate()
    const text = await buildApprovalRequest(writer.bytes(), 'flip-dns')
    const read = await readApprovalRequest(text)
    expect(read.gate.event.ask).toBe(run.REQUEST.ask)
    expect(read.request.statement.predicate.head).toEqual({ seq: 3, leaf: writer.chain.head })
    expect(read.entries).toHaveLength(4)
    const refused = { code: 'JOURNAL_INVALID' }
    for (const [from, to] of [
      ['v1.4.2?', 'v1.4.3?'],
      ['Tell support', 'Tell nobody'],
      ['RELEASE.md', 'OTHER.md'],
      [run.REQUEST.challenge, 'QUJDREVGR0hJSktMTU5PUQ'],
    ] as const) {
      expect(text).toContain(from)
      await expect(readApprovalRequest(text.replace(from, to)), from).rejects.toMatchObject(refused)
    }
    await expect(readApprovalRequest('{')).rejects.toMatchObject(refused)
    await expect(buildApprovalRequest(writer.bytes(), 'deploy')).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('is signed without this tool’s envelope as well', async () => {
    const { request } = await readApprovalRequest(await buildApprovalRequest(run.atGate().bytes(), 'flip-dns'))
    const decided = { approver: 'rm@example.com', role, decision: 'go', reason: null, decidedOnMs: 0 } as const
    const envelope = JSON.parse(await signApproval(buildApproval(request, decided), run.manager))
    expect(envelope.signatures).toHaveLength(1)
  })
})
