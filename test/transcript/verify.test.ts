import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eachHasANeed } from '../../src/transcript/approval-needs.ts'
import { encode } from '../../src/transcript/canonical.ts'
import { sha256Hex } from '../../src/transcript/hash.ts'
import { readJournal } from '../../src/transcript/read-journal.ts'
import { checkBeforeSeal, sealJournal, signSeal } from '../../src/transcript/seal.ts'
import { buildSealStatement } from '../../src/transcript/seal-statement.ts'
import { toArmor, verifySshSig } from '../../src/transcript/sshsig.ts'
import { VerifyReportSchema } from '../../src/transcript/verify-report.ts'
import { signersLine } from './helpers/keys.ts'
import * as run from './helpers/run.ts'

const whole = await run.wholeRun()
const journal = whole.bytes()
const bundle = await run.sealed(whole)
const lines = journal.toString().trimEnd().split('\n')
const folder = new URL('../fixtures/transcript/smallest/', import.meta.url)
const smallest = await sealedSmallest()
async function sealedSmallest() {
  const bytes = readFileSync(new URL('journal.jsonl', folder))
  const { chain } = await readJournal(bytes)
  const { line } = await sealJournal(bytes, chain, run.operator)
  const signersText = readFileSync(new URL('allowed_signers', folder), 'utf8')
  return { journal: bytes, bundle: line, signersText }
}
const trusted = { signersText: smallest.signersText }
const codes = (report: { findings: { exit: number }[] }) => report.findings.map(({ exit }) => exit)

describe('a sealed transcript', () => {
  it('verifies, and the report tells the run', async () => {
    const report = await run.verify(journal, bundle)
    expect(report.findings).toEqual([])
    expect(report).toMatchObject({ exitCode: 0, status: 'verified' })
    expect(VerifyReportSchema.parse(report)).toEqual(report)
    expect(report.run).toMatchObject({ run: run.RUN, result: 'passed', masked: 1, unmappedRoles: false })
    expect(report.run?.approvals.map(({ principal, good }) => [principal, good])).toEqual([
      ['rm@example.com', true],
      ['pl@example.com', true],
    ])
  })

  it('verifies in pieces of any size', async () => {
    for (const size of [1, 7, 100]) {
      const report = await run.verify(journal, bundle, { journal: run.stream(journal, size) })
      expect(report.exitCode).toBe(0)
    }
  })

  it('is the smallest one of the format', async () => {
    expect(await run.verify(smallest.journal, smallest.bundle, trusted)).toMatchObject({ exitCode: 0, findings: [] })
  })
})

describe('threat 1: the tail is cut', () => {
  it('at any line, and at any byte', { timeout: 60_000 }, async () => {
    for (let at = 0; at < journal.length; at += at % 97 === 0 ? 1 : 13) {
      const report = await run.verify(journal.subarray(0, at), bundle)
      expect(report.exitCode, `cut at ${at}`).toBe(4)
    }
    let size = 0
    for (const line of lines.slice(0, -1)) {
      size += line.length + 1
      expect((await run.verify(journal.subarray(0, size), bundle)).exitCode).toBe(4)
    }
  })
})

describe('threat 2: the seal is deleted', () => {
  it('is never 0', async () => {
    expect(await run.verify(journal, null)).toMatchObject({ exitCode: 3, status: 'unsealed' })
    expect(await run.verify(journal, null, { lockHeld: true })).toMatchObject({ exitCode: 3, status: 'in-progress' })
  })

  it('leaves tampering visible', async () => {
    const changed = Buffer.from(
      journal.toString().replace('Tell support","answer":"yes"', 'Tell support","answer":"no"'),
    )
    expect((await run.verify(changed, null)).exitCode).toBe(4)
  })
})

describe('threat 3: lines reordered, dropped, doubled, spliced', () => {
  it('for all pairs of lines', { timeout: 60_000 }, async () => {
    for (let a = 0; a < lines.length; a++)
      for (let b = a + 1; b < lines.length; b++) {
        const swapped = lines.with(a, lines[b] ?? '').with(b, lines[a] ?? '')
        const report = await run.verify(Buffer.from(`${swapped.join('\n')}\n`), bundle)
        expect(report.exitCode, `${a} and ${b}`).toBe(4)
      }
  })

  it('dropped or doubled', async () => {
    for (let at = 0; at < lines.length; at++) {
      const dropped = Buffer.from(`${lines.toSpliced(at, 1).join('\n')}\n`)
      const doubled = Buffer.from(`${lines.toSpliced(at, 0, lines[at] ?? '').join('\n')}\n`)
      expect((await run.verify(dropped, bundle)).exitCode).toBe(4)
      expect((await run.verify(doubled, bundle)).exitCode).toBe(4)
      // Without the seal a dropped last line is what nothing can show.
      expect((await run.verify(doubled, null)).exitCode).toBe(4)
      const loose = (await run.verify(dropped, null)).exitCode
      expect(loose).toBe(at === lines.length - 1 ? 3 : at === 0 ? 8 : 4)
    }
  })

  it('spliced from a run of the same shape', async () => {
    const other = await run.wholeRun(run.runStart({ run: '01a203bc-45c0-7d3b-9f52-6a1c0de9b002' }))
    const others = other.bytes().toString().trimEnd().split('\n')
    expect(others).toHaveLength(lines.length)
    for (let at = 0; at < lines.length; at++) {
      const spliced = Buffer.from(`${lines.with(at, others[at] ?? '').join('\n')}\n`)
      expect((await run.verify(spliced, bundle)).exitCode).toBe(4)
    }
    expect((await run.verify(other.bytes(), bundle)).exitCode).toBe(4)
  })
})

describe('threat 4: bytes are flipped', () => {
  const MASKS = [0x01, 0x20, 0x80]
  const flip = (bytes: Buffer, at: number, mask: number) => {
    const flipped = Buffer.from(bytes)
    flipped[at] = (flipped[at] ?? 0) ^ mask
    return flipped
  }

  it('any byte of a small journal, with three masks, against the seal', { timeout: 60_000 }, async () => {
    for (const mask of MASKS)
      for (let at = 0; at < smallest.journal.length; at++) {
        const report = await run.verify(flip(smallest.journal, at, mask), smallest.bundle, trusted)
        expect(report.exitCode, `byte ${at}, mask ${mask}`).toBe(4)
      }
  })

  it('bytes all over a journal with approvals and output', { timeout: 60_000 }, async () => {
    for (const [index, mask] of MASKS.entries())
      for (let at = index; at < journal.length; at += 41)
        expect((await run.verify(flip(journal, at, mask), bundle)).exitCode, `byte ${at}, mask ${mask}`).toBe(4)
  })

  it('any byte of the bundle: 0 only in the hint of the key, which nobody trusts', { timeout: 60_000 }, async () => {
    const hint = smallest.bundle.indexOf('"keyid"')
    const sig = smallest.bundle.indexOf('"sig"')
    for (const mask of MASKS)
      for (let at = 0; at < smallest.bundle.length; at++) {
        const flipped = flip(Buffer.from(smallest.bundle), at, mask).toString('latin1')
        const { exitCode } = await run.verify(smallest.journal, flipped, trusted)
        const isHint = at >= hint && at < sig
        expect(isHint ? [0, 8] : [5, 8], `byte ${at}, mask ${mask}`).toContain(exitCode)
      }
  })

  it('the digest of a stream is held against its chunks', async () => {
    const writer = run.createWriter()
    writer.add(run.runStart(), { ...run.PLAN, steps: [run.planned('deploy', 'task')] })
    const [start, output, end, stop] = run.script('deploy', [])
    if (start === undefined || output?.kind !== 'output' || end === undefined || stop === undefined) throw new Error()
    writer.add(start, { ...output, text: 'One\n````\ntwo\n' }, end, stop)
    writer.add(run.runEnd(writer))
    const report = await run.verify(writer.bytes(), await run.sealed(writer))
    expect(report.exitCode).toBe(4)
    expect(report.findings.map(({ check }) => check)).toContain('output')
  })
})

describe('threat 5: the file is rewritten before the seal', () => {
  it('nothing is signed', async () => {
    const rewritten = await run.wholeRun(run.runStart({ release: 'v1.4.3' }))
    await expect(checkBeforeSeal(rewritten.bytes(), whole.chain)).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' })
  })

  it('a run that has not ended is not sealed', async () => {
    const open = run.atGate()
    await expect(run.sealed(open)).rejects.toMatchObject({ code: 'JOURNAL_INVALID' })
  })
})

describe('threat 6: sealed by another key', () => {
  it('by an approver, whose key may not seal; by somebody unknown; as the operator with another key', async () => {
    const { facts, journal: summary } = await checkBeforeSeal(journal, whole.chain)
    const statement = buildSealStatement(facts, summary)
    for (const signer of [run.manager, run.stranger]) {
      const forged = structuredClone(statement)
      forged.predicate.operator = { principal: signer.principal, keyid: signer.keyid }
      const { line } = await signSeal(forged, signer)
      expect((await run.verify(journal, line)).exitCode).toBe(4)
      const own = await run.wholeRun(run.runStart({ operator: { principal: signer.principal, keyid: signer.keyid } }))
      const sealedByThem = await run.sealed(own, signer)
      expect(
        (await run.verify(own.bytes(), sealedByThem)).findings.filter(({ check }) => check === 'seal'),
      ).toHaveLength(1)
    }
    const renamed = { ...run.stranger, principal: run.operator.principal }
    const posing = await run.wholeRun(
      run.runStart({ operator: { principal: renamed.principal, keyid: renamed.keyid } }),
    )
    expect((await run.verify(posing.bytes(), await run.sealed(posing, renamed))).exitCode).toBe(5)
  })

  it('without a signers file nothing is trusted', async () => {
    expect((await run.verify(journal, bundle, { signers: null })).exitCode).toBe(5)
  })
})

describe('threats 8 and 22: time', () => {
  it('a clock set back is a finding, and 6 with strictTime', async () => {
    const writer = run.createWriter()
    writer.add(run.runStart(), { ...run.PLAN, steps: [run.planned('tell-support', 'confirmation')] })
    writer.atMs += 1000
    const stamp = { atMs: writer.atMs - 86_400_000, monoMs: 3000, salt: 'A'.repeat(22) }
    const set = writer.chain.append(run.confirm('tell-support'), stamp)
    writer.entries.push(set.entry)
    const last = writer.chain.append(run.runEnd(writer), { ...stamp, atMs: stamp.atMs + 1000, monoMs: 4000 })
    const bytes = Buffer.concat([writer.bytes(), Buffer.from(set.line + last.line)])
    const { line } = await signSeal(
      buildSealStatement(...(await checkBeforeSeal(bytes, writer.chain).then(a => [a.facts, a.journal] as const))),
      run.operator,
    )
    const report = await run.verify(bytes, line)
    expect(report.exitCode).toBe(0)
    expect(report.findings.map(({ check }) => check)).toContain('clock')
    expect((await run.verify(bytes, line, { policy: { strictTime: true } })).exitCode).toBe(6)
  })

  it('a key is judged at the end of the run: rotated 0, expired 5, revoked 5', async () => {
    const rest = signersLine(run.manager) + signersLine(run.lead)
    const judged = async (options: string) =>
      (await run.verify(journal, bundle, { signersText: rest + signersLine(run.operator, options) })).exitCode
    expect(await judged('valid-before="20261123Z"')).toBe(0)
    expect(await judged('valid-before="20261121Z"')).toBe(5)
    expect(await judged('valid-after="20261123Z"')).toBe(5)
    const revoked = Buffer.from(`${run.operator.publicKey.type} ${run.operator.publicKey.blob.toString('base64')}\n`)
    expect((await run.verify(journal, bundle, { revoked })).exitCode).toBe(5)
    expect((await run.verify(journal, bundle, { revoked: Buffer.from('# none\n') })).exitCode).toBe(0)
    expect((await run.verify(journal, bundle, { revoked: 'unreadable' })).exitCode).toBe(5)
  })
})

describe('threat 13: the gate is bypassed', () => {
  it('a script that does not name the gate', async () => {
    const writer = run.atGate()
    writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
    writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
    writer.add(run.gateEnd([4, 5]), ...run.script('deploy', []))
    writer.add(run.runEnd(writer))
    expect((await run.verify(writer.bytes(), await run.sealed(writer))).exitCode).toBe(6)
  })

  it('a script that starts before the gate', async () => {
    const writer = run.createWriter()
    writer.add(run.runStart(), run.PLAN, run.confirm('tell-support'), ...run.script('deploy', []), run.REQUEST)
    writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
    writer.add(await run.approvalOf(writer, run.lead, 'Platform Lead'))
    writer.add(run.gateEnd([9, 10]))
    writer.add(run.runEnd(writer))
    const report = await run.verify(writer.bytes(), await run.sealed(writer))
    expect(report.findings).toContainEqual(expect.objectContaining({ check: 'policy', exit: 6, line: 4 }))
  })

  it('a gate that says go without its approvals', async () => {
    const writer = run.atGate()
    writer.add(await run.approvalOf(writer, run.manager, 'Release Manager'))
    writer.add(run.gateEnd([4]), ...run.script('deploy', [5]))
    writer.add(run.runEnd(writer))
    expect((await run.verify(writer.bytes(), await run.sealed(writer))).exitCode).toBe(6)
  })

  it('a gate that the runbook demands and the plan has not, or weaker, or behind its step', async () => {
    const planOf = async () => ({ rules: 1, steps: run.PLAN.steps })
    expect((await run.verify(journal, bundle, { planOf })).exitCode).toBe(0)
    const judged = async (steps: typeof run.PLAN.steps) => {
      const writer = run.createWriter()
      writer.add(run.runStart(), { ...run.PLAN, steps }, run.confirm('tell-support'), ...run.script('deploy', []))
      writer.add(run.runEnd(writer, 'partial'))
      return run.verify(writer.bytes(), await run.sealed(writer), { planOf })
    }
    const [first, gate, deploy] = run.PLAN.steps
    if (first === undefined || gate === undefined || deploy === undefined) throw new Error()
    expect((await judged([first, deploy])).exitCode).toBe(6)
    expect((await judged([first, deploy, gate])).exitCode).toBe(6)
    const weaker = { ...gate, approvers: gate.approvers?.slice(1) ?? null }
    expect(codes(await judged([first, deploy, weaker]))).toContain(6)
  })

  it('a request that asks for less than its plan, or for any one signer', async () => {
    const judged = async (need: typeof run.REQUEST.need, approvers: typeof run.GATE.approvers) => {
      const writer = run.createWriter()
      const steps = run.PLAN.steps.map(step => (step.id === run.GATE.id ? { ...step, approvers } : step))
      writer.add(run.runStart(), { ...run.PLAN, steps }, run.confirm('tell-support'), { ...run.REQUEST, need })
      const seqs = []
      for (const [index, { role }] of need.entries()) {
        seqs.push(writer.chain.lines)
        writer.add(await run.approvalOf(writer, index === 0 ? run.manager : run.lead, role))
      }
      writer.add(run.gateEnd(seqs), ...run.script('deploy', [writer.chain.lines]))
      writer.add(run.runEnd(writer))
      return (await run.verify(writer.bytes(), await run.sealed(writer))).exitCode
    }
    const anyone = { role: null, from: null }
    const both = run.GATE.approvers
    expect(await judged(run.REQUEST.need, both)).toBe(0)
    expect(await judged([anyone, anyone], both)).toBe(0)
    expect(await judged(run.REQUEST.need.slice(0, 1), both)).toBe(6)
    expect(await judged([anyone], both?.slice(0, 1) ?? null)).toBe(6)
    expect(await judged([{ role: 'Release Manager', from: null }], both?.slice(0, 1) ?? null)).toBe(6)
    expect(await judged(run.REQUEST.need.slice(0, 1), both?.slice(0, 1) ?? null)).toBe(0)
  })

  it('the wishes of the one who verifies', async () => {
    const wish = async (policy: object) => (await run.verify(journal, bundle, { policy })).exitCode
    expect(await wish({ requirePassed: true, requireApprovals: 2 })).toBe(0)
    expect(await wish({ requireApprovals: 3 })).toBe(6)
    expect(await wish({ roles: { 'Release Manager': ['other@example.com'] } })).toBe(6)
  })
})

describe('threat 14: another runbook, release, commit or folder', () => {
  it('is 7', async () => {
    const expected = async (expectations: object) => (await run.verify(journal, bundle, { expectations })).exitCode
    expect(await expected({ runbookSha256: sha256Hex(run.RUNBOOK), release: 'v1.4.2', folderName: run.RUN })).toBe(0)
    expect(await expected({ commit: 'c'.repeat(12) })).toBe(0)
    expect(await expected({ runbookSha256: sha256Hex(`${run.RUNBOOK} `) })).toBe(7)
    expect(await expected({ release: 'v1.4.3' })).toBe(7)
    expect(await expected({ commit: 'd'.repeat(40) })).toBe(7)
    expect(await expected({ folderName: 'elsewhere' })).toBe(7)
  })

  it('a runbook whose text has not its digest is 4', async () => {
    const writer = await run.wholeRun(
      run.runStart({ runbook: { path: 'RELEASE.md', sha256: 'a'.repeat(64), gitBlob: null, text: run.RUNBOOK } }),
    )
    expect((await run.verify(writer.bytes(), await run.sealed(writer))).exitCode).toBe(4)
  })
})

describe('threat 19: a torn write', () => {
  it('is 3 at every offset of an unsealed journal', { timeout: 60_000 }, async () => {
    const open = run.atGate().bytes()
    for (let at = 0; at < open.length; at++) {
      const report = await run.verify(open.subarray(0, at), null)
      expect(report.exitCode, `cut at ${at}`).toBe(3)
      const atLine = at > 0 && open[at - 1] === 10
      expect(report.status).toBe(atLine || at === 0 ? 'unsealed' : 'torn')
    }
  })
})

describe('threats 23 and 24: hostile files, editors', () => {
  it('line endings, a BOM, a blank last line', async () => {
    const crlf = Buffer.from(journal.toString().replaceAll('\n', '\r\n'))
    const report = await run.verify(crlf, bundle)
    expect(report.exitCode).toBe(4)
    expect(report.findings.some(({ message }) => message.includes('CRLF'))).toBe(true)
    expect((await run.verify(Buffer.concat([Buffer.from('\ufeff'), journal]), bundle)).exitCode).toBe(4)
    expect((await run.verify(Buffer.concat([journal, Buffer.from('\n')]), bundle)).exitCode).toBe(4)
  })

  it('files that are not ours are 8', async () => {
    for (const text of ['hello\n', '{"a":1}\n', '\0\0\0', '['.repeat(100_000), '\n\n'])
      expect((await run.verify(Buffer.from(text), null)).exitCode, text.slice(0, 10)).toBe(8)
    for (const text of ['', 'hello', '{}', '{"payloadType":"text/plain","payload":"","signatures":[]}'])
      expect((await run.verify(journal, text)).exitCode, text).toBe(8)
    expect((await run.verify(journal, bundle, { journal: null })).exitCode).toBe(8)
  })

  it('a version that is not known is 8 by the seal, and by line 0 without one', async () => {
    const { facts, journal: summary } = await checkBeforeSeal(journal, whole.chain)
    const statement = { ...buildSealStatement(facts, summary), predicateType: 'urn:signoff:transcript:v2' }
    const { line } = await signSeal(statement as never, run.operator)
    expect((await run.verify(journal, line)).exitCode).toBe(8)
    const second = Buffer.from(journal.toString().replace('"v":1', '"v":2'))
    expect((await run.verify(second, null)).exitCode).toBe(8)
    expect((await run.verify(second, bundle)).exitCode).toBe(4)
  })

  it('any change gives a documented code, and no exception', { timeout: 60_000 }, async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '"',
        '{',
        '}',
        ',',
        '0',
        '\\',
        '\n',
        '\r',
        '\0',
        '__proto__',
        'constructor',
        '1e999',
        '\u00ff',
        '-',
      ),
      fc.string({ maxLength: 4 }),
    )
    const change = fc.record({ at: fc.nat(), drop: fc.nat(20), put: piece, inBundle: fc.boolean() })
    const property = fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async changes => {
      let [text, envelope] = [journal.toString('latin1'), bundle]
      const edit = (into: string, { at, drop, put }: (typeof changes)[number]) =>
        into.slice(0, at % into.length) + put + into.slice((at % into.length) + drop)
      for (const one of changes) {
        if (one.inBundle) envelope = edit(envelope, one)
        else text = edit(text, one)
      }
      const isSame = text === journal.toString('latin1')
      const sealedToo = await run.verify(Buffer.from(text, 'latin1'), envelope)
      expect(isSame ? [0, 5, 8] : [4, 5, 8]).toContain(sealedToo.exitCode)
      const alone = await run.verify(Buffer.from(text, 'latin1'), null)
      expect(isSame ? [3] : [3, 4, 5, 8]).toContain(alone.exitCode)
    })
    await fc.assert(property, { numRuns: 1500, seed: 20261122 })
  })

  it('names of objects are no keys, curves or roles', async () => {
    for (const algorithm of ['constructor', '__proto__', 'toString']) {
      const armored = toArmor(run.operator.publicKey.blob, 'signoff-seal-v1', algorithm, Buffer.alloc(64))
      expect(verifySshSig(armored, 'signoff-seal-v1', journal).ok).toBe(false)
    }
    const need = [
      { role: 'constructor', from: null },
      { role: '__proto__', from: null },
    ]
    const writer = run.atGate({ ...run.REQUEST, need })
    writer.add({ kind: 'run.abort', reason: 'x', by: 'op@example.com' })
    writer.add(run.runEnd(writer, 'aborted'))
    const report = await run.verify(writer.bytes(), await run.sealed(writer), { policy: { roles: { a: ['b'] } } })
    expect(report.exitCode).toBe(6)
  })

  it('a gate with many needs and approvals is answered in time', () => {
    const needs = Array.from({ length: 40 }, () => ({ role: 'r', from: ['a', 'b'] }))
    const given = Array.from({ length: 40 }, (_, i) => ({ role: 'r', principal: i === 39 ? 'c' : 'a' }))
    expect(eachHasANeed(needs, given)).toBe(false)
    expect(eachHasANeed(needs, given.with(39, { role: 'r', principal: 'b' }))).toBe(true)
    const narrow = [
      { role: null, from: ['a', 'b'] },
      { role: null, from: ['a'] },
    ]
    expect(
      eachHasANeed(narrow, [
        { role: null, principal: 'a' },
        { role: null, principal: 'b' },
      ]),
    ).toBe(true)
    expect(
      eachHasANeed(narrow, [
        { role: null, principal: 'b' },
        { role: null, principal: 'b' },
      ]),
    ).toBe(false)
  })

  it('a line that never ends is refused without being held', { timeout: 60_000 }, async () => {
    async function* endless() {
      yield journal
      for (let i = 0; i < 64; i++) yield Buffer.alloc(1024 * 1024, 97)
    }
    expect((await run.verify(journal, bundle, { journal: endless() })).exitCode).toBe(4)
  })

  it('a seal that says something else than the journal is 4', async () => {
    const { facts, journal: summary } = await checkBeforeSeal(journal, whole.chain)
    const good = buildSealStatement(facts, summary)
    const lies: ((predicate: typeof good.predicate) => void)[] = [
      p => (p.result = 'failed'),
      p => (p.steps.passed = 4),
      p => p.approvals.pop(),
      p => (p.masked = 0),
      p => (p.release = 'v9'),
      p => p.journal.kinds.pop(),
      p => (p.interruptions = 1),
    ]
    for (const lie of lies) {
      const statement = structuredClone(good)
      lie(statement.predicate)
      const { line } = await signSeal(statement, run.operator)
      expect((await run.verify(journal, line)).exitCode, encode(statement.predicate)).toBe(4)
    }
  })
})
