import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/index.ts'
import { sha256Hex } from '../../src/transcript/encoding/hash.ts'
import { PAYLOAD_TYPE, pae, toEnvelope } from '../../src/transcript/statements/dsse.ts'
import { auditorsTools, handCheckScript } from '../helpers/hand-check.ts'
import { signersLine } from './helpers/keys.ts'
import * as run from './helpers/run.ts'
import { inFolder } from './helpers/ssh-keygen.ts'

const whole = await run.wholeRun()
const bundle = await run.sealed(whole)
const LINES = { timeout: 60_000 }

/** Runs the script of docs/checking-a-transcript.md with bash, coreutils, grep, sed and OpenSSH, and gives what it says. */
function byHand(journal: Uint8Array, sealed: string, more: Readonly<Record<string, string>> = {}) {
  return inFolder(folder => {
    const files = { 'journal.jsonl': journal, 'transcript.intoto.jsonl': sealed, allowed_signers: run.SIGNERS, ...more }
    for (const [name, content] of Object.entries(files)) writeFileSync(`${folder}/${name}`, content)
    const tools = auditorsTools(folder)
    const env = { PATH: tools }
    const { status, stdout, stderr } = spawnSync(`${tools}/bash`, ['-c', handCheckScript()], {
      cwd: folder,
      env,
      encoding: 'utf8',
    })
    return { status, said: stdout + stderr }
  })
}

describe('the check by hand, without Signoff', () => {
  it('finds a good transcript good', LINES, async () => {
    const { status, said } = await byHand(whole.bytes(), bundle)
    expect(status, said).toBe(0)
    for (const line of [
      'Good "signoff-seal-v1" signature for op@example.com',
      'the journal is the one that was sealed',
      'the chain is whole',
      'Good "signoff-approval-v1" signature for rm@example.com',
      'rm@example.com decided: go, of "Point production DNS at v1.4.2?"',
      'pl@example.com decided: go',
      `run ${run.RUN} of release v1.4.2 ended passed`,
      'runbook.md is the runbook that was sealed',
    ])
      expect(said).toContain(line)
  })

  it('reads the runbook out as it was walked, whatever stands in it, and finds another one', LINES, async () => {
    const text = '# Say "it" \\ once\\n \\" \t%s %b \u2014 caf\u00e9 \\x41 {"},"git":1}\n'
    const sealedOf = async (sha256: string, source: string) => {
      const runbook = { path: 'R.md', sha256, gitBlob: null, text: source }
      const writer = await run.wholeRun(run.runStart({ runbook }))
      return byHand(writer.bytes(), await run.sealed(writer))
    }
    const good = await sealedOf(sha256Hex(text), text)
    expect(good, good.said).toMatchObject({
      status: 0,
      said: expect.stringContaining('is the runbook that was sealed'),
    })
    const other = await sealedOf(sha256Hex('# Another\n'), text)
    expect(other).toMatchObject({ status: 1, said: expect.stringContaining('NOT the one that was sealed') })
    const beyond = '\u{1f680} off, \u{1f680}\u{10ffff}\u{10000}1234 \\ud83d\\ude80 \\\u{1f680}\\\\\u{1f525}\ufffd\n'
    const far = await sealedOf(sha256Hex(beyond), beyond)
    expect(far, far.said).toMatchObject({
      status: 0,
      said: expect.stringContaining('is the runbook that was sealed'),
    })
  })

  it('finds somebody who approves twice, or has operated the run', LINES, async () => {
    const twice = run.atGate()
    for (const role of ['Release Manager', 'Platform Lead']) twice.add(await run.approvalOf(twice, run.manager, role))
    twice.add(run.gateEnd([4, 5]), ...run.script('deploy', [6]), run.runEnd(twice))
    expect((await byHand(twice.bytes(), await run.sealed(twice))).said).toContain('rm@example.com approved twice')
    const own = run.createWriter()
    const { principal, keyid } = run.manager
    const was = { principal: run.operator.principal, keyid: run.operator.keyid, host: 'h' }
    const back = (from: object, to: object) =>
      ({ kind: 'writer.changed', from, to, reason: 'on leave', head: '0'.repeat(64) }) as RunEvent
    own.add(run.runStart(), run.PLAN)
    own.add(back(was, { principal, keyid, host: 'h' }), back({ principal, keyid, host: 'h' }, was), run.REQUEST)
    own.add(await run.approvalOf(own, run.manager, 'Release Manager'), run.runEnd(own, 'aborted'))
    const { status, said } = await byHand(own.bytes(), await run.sealed(own))
    expect({ status, said }).toMatchObject({
      status: 1,
      said: expect.stringContaining('rm@example.com approved a run of their own'),
    })
  })

  it('finds a changed journal', LINES, async () => {
    const changed = Buffer.from(whole.bytes().toString().replace('echo one', 'echo two'))
    const { status, said } = await byHand(changed, bundle)
    expect(status).not.toBe(0)
    expect(said).toContain('NOT the one that was sealed')
  })

  it('finds a cut journal', LINES, async () => {
    const lines = whole.bytes().toString().split('\n')
    const { status } = await byHand(Buffer.from(`${lines.slice(0, 9).join('\n')}\n`), bundle)
    expect(status).not.toBe(0)
  })

  it('finds each of these by itself, where whoever holds the key has sealed all the rest as it is', LINES, async () => {
    const sealedAs = async (bytes: Uint8Array, change: (journal: Record<string, unknown>) => object = same => same) => {
      const statement = JSON.parse(atob(JSON.parse(bundle).payload))
      statement.subject[0].digest.sha256 = sha256Hex(bytes)
      statement.predicate.journal = change(statement.predicate.journal)
      const payload = Buffer.from(JSON.stringify(statement))
      const armored = await run.operator.sign('signoff-seal-v1', pae(PAYLOAD_TYPE, payload))
      return `${toEnvelope(payload, run.operator.keyid, armored)}\n`
    }
    const good = whole.bytes()
    expect(await byHand(good, await sealedAs(good))).toMatchObject({ status: 0 })
    // Behind the last line, where neither the chain nor its end sees it.
    const longer = Buffer.concat([good, Buffer.from('{"seq":99')])
    expect(await byHand(longer, await sealedAs(good))).toMatchObject({
      status: 1,
      said: expect.stringContaining('NOT the one that was sealed'),
    })
    const lines = good.toString().split('\n')
    const swapped = Buffer.from([...lines.slice(0, 7), lines[8], lines[7], ...lines.slice(9)].join('\n'))
    expect(await byHand(swapped, await sealedAs(swapped))).toMatchObject({
      status: 1,
      said: expect.stringContaining('the chain is broken at: {"seq":8'),
    })
    const head = 'a'.repeat(64)
    expect(await byHand(good, await sealedAs(good, journal => ({ ...journal, head })))).toMatchObject({
      status: 1,
      said: expect.stringContaining('the chain has another end'),
    })
  })

  it('takes a key that was valid when the run ended, and only then', LINES, async () => {
    const day = 'valid-after="20261122Z",valid-before="20261123Z"'
    const allowed_signers = signersLine(run.operator, day) + signersLine(run.manager) + signersLine(run.lead)
    const { status, said } = await byHand(whole.bytes(), bundle, { allowed_signers })
    expect(status, said).toBe(0)
  })

  it('finds a changed seal', LINES, async () => {
    const envelope = JSON.parse(bundle)
    envelope.payload = Buffer.from(atob(envelope.payload).replace('"passed"', '"failed"')).toString('base64')
    const { status, said } = await byHand(whole.bytes(), `${JSON.stringify(envelope)}\n`)
    expect(status).not.toBe(0)
    expect(said).toContain('Could not verify signature')
  })

  it('finds a seal of somebody who may not, or whose key was revoked or is no longer valid', LINES, async () => {
    const others = signersLine(run.manager) + signersLine(run.lead)
    for (const more of [
      { allowed_signers: others },
      { allowed_signers: others + signersLine(run.operator, 'namespaces="signoff-approval-v1"') },
      { allowed_signers: others + signersLine(run.operator, 'valid-before="20261121Z"') },
      { revoked_keys: signersLine({ ...run.operator, principal: '' }).trim() },
    ]) {
      const { status, said } = await byHand(whole.bytes(), bundle, more)
      expect(status, said).not.toBe(0)
      expect(said).not.toContain('Good "signoff-seal-v1"')
    }
  })

  it('finds an approval of something else, by nobody who may, or by the operator', LINES, async () => {
    const replayed = run.atGate(run.REQUEST, run.runStart({ run: '01a203bc-45c0-7d3b-9f52-6a1c0de9b002' }))
    replayed.add(await run.approvalOf(run.atGate(), run.manager, 'Release Manager'))
    const own = run.atGate()
    own.add(await run.approvalOf(own, run.operator, 'Release Manager'))
    const unlisted = run.atGate()
    unlisted.add(await run.approvalOf(unlisted, run.stranger, 'Release Manager'))
    for (const writer of [replayed, own, unlisted]) {
      writer.add({ kind: 'run.abort', reason: 'x', by: 'op@example.com' })
      writer.add(run.runEnd(writer, 'aborted'))
      const all = run.SIGNERS + signersLine(run.operator)
      const { status, said } = await byHand(writer.bytes(), await run.sealed(writer), { allowed_signers: all })
      expect(said).toContain('the chain is whole')
      expect(status, said).not.toBe(0)
    }
  })
})
