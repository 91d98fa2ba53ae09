import { execFileSync, spawnSync } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleFromJSON } from '@sigstore/bundle'
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify'
import { describe, expect, it } from 'vitest'
import { audit } from '../../../src/transcript/export/audit.ts'
import { sigstore } from '../../../src/transcript/export/sigstore.ts'
import { tar } from '../../../src/transcript/export/tar.ts'
import { ed25519RawSigner } from '../../../src/transcript/ssh/signer.ts'
import { toNativeKey } from '../../../src/transcript/ssh/ssh-key.ts'
import { addAddendum } from '../../../src/transcript/statements/addendum.ts'
import { withholdLine, withholdText } from '../../../src/transcript/verify/withhold.ts'
import { hasCommand } from '../../helpers/world/has-command.ts'
import { exported, exportedBytes, exportedFolder, sourceOf } from '../helpers/export.ts'
import { privateKeyText, signerFrom, signersLine } from '../helpers/keys.ts'
import * as run from '../helpers/run.ts'
import { inFolder } from '../helpers/ssh-keygen.ts'

const whole = await run.wholeRun()
const sealed = await run.sealed(whole)
const said = {
  type: 'review',
  text: "it's `$(touch owned)` good",
  atMs: Date.parse('2026-11-23T10:00:00.000Z'),
} as const
const bundle = await addAddendum(sealed, said, run.RUN, run.operator)
const report = await run.verify(whole.bytes(), bundle)
const source = sourceOf(whole, bundle, report)

describe('the tar export', () => {
  it('is listed and unpacked by GNU tar: names sorted, owner 0, the time that the run ended', () =>
    inFolder(async folder => {
      writeFileSync(join(folder, 'run.tar'), await exportedBytes(tar, source))
      const listed = execFileSync('tar', ['--utc', '--numeric-owner', '--full-time', '-tvf', 'run.tar'], {
        cwd: folder,
        encoding: 'utf8',
      })
      const ended = report.run?.finishedOn?.slice(0, 19).replace('T', ' ')
      expect(
        listed
          .trimEnd()
          .split('\n')
          .map(line => line.replace(/ +\d+ (?=\d{4}-)/, ' ')),
      ).toEqual([
        `drwxr-xr-x 0/0 ${ended} ${run.RUN}/`,
        `-rw-r--r-- 0/0 ${ended} ${run.RUN}/EXPORT.txt`,
        `-rw-r--r-- 0/0 ${ended} ${run.RUN}/journal.jsonl`,
        `-rw-r--r-- 0/0 ${ended} ${run.RUN}/transcript.intoto.jsonl`,
      ])
      execFileSync('tar', ['-xf', 'run.tar'], { cwd: folder })
      const unpacked = join(folder, run.RUN)
      expect(readFileSync(join(unpacked, 'journal.jsonl')).equals(whole.bytes())).toBe(true)
      expect(readFileSync(join(unpacked, 'transcript.intoto.jsonl'), 'utf8')).toBe(bundle)
      expect(readFileSync(join(unpacked, 'EXPORT.txt'), 'utf8')).toContain(`seal sha256 ${report.seal?.sha256}`)
    }))

  it('is ustar, as the tool that knows the format says', () =>
    inFolder(async folder => {
      const bytes = await exportedBytes(tar, source)
      expect(bytes.length % 512).toBe(0)
      expect(bytes.subarray(257, 265).toString('latin1')).toBe('ustar\u000000')
      // What GNU tar itself writes of the same files in this format differs in nothing that it would read.
      const [name, owned] = [join(folder, 'run.tar'), ['--owner=0', '--group=0', '--numeric-owner', '--sort=name']]
      writeFileSync(name, bytes)
      execFileSync('tar', ['-xpf', name], { cwd: folder })
      const theirs = execFileSync('tar', ['--format=ustar', ...owned, '-cf', '-', run.RUN], { cwd: folder })
      const used = Math.min(bytes.length, theirs.length)
      const blocks = Array.from({ length: used / 512 }, (_, i) => i * 512)
      const differing = blocks.filter(at => !bytes.subarray(at, at + 512).equals(theirs.subarray(at, at + 512)))
      // The names of owner and group, which we leave out, and the sum over them.
      for (const at of differing) {
        expect(bytes.subarray(at + 257, at + 262).toString()).toBe('ustar')
        const without = (block: Buffer) => Buffer.from(block).fill(0, 148, 156).fill(0, 265, 329)
        expect(without(bytes.subarray(at, at + 512)).equals(without(theirs.subarray(at, at + 512)))).toBe(true)
      }
    }))
})

/** Programs of coreutils that CHECK.txt may use, and the one of OpenSSH; sh itself is started by its path. */
const ALLOWED = [
  'basenc',
  'cat',
  'cut',
  'head',
  'tail',
  'tr',
  'wc',
  'base64',
  'sha256sum',
  'printf',
  'echo',
  'ssh-keygen',
]

/** Runs the CHECK.txt of a pack with those programs alone, and gives what it says. */
function check(pack: ReadonlyMap<string, Buffer>, signers: string, env: Record<string, string> = {}) {
  return inFolder(folder => {
    const programs = join(folder, 'bin')
    mkdirSync(programs)
    for (const name of ALLOWED)
      symlinkSync(
        execFileSync('sh', ['-c', `command -v -p ${name} | grep / || which ${name}`], { encoding: 'utf8' }).trim(),
        join(programs, name),
      )
    const inside = join(folder, 'pack')
    mkdirSync(inside)
    for (const [path, bytes] of pack) writeFileSync(join(inside, path), bytes)
    writeFileSync(join(folder, 'allowed_signers'), signers)
    chmodSync(inside, 0o500)
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['CHECK.txt'], {
      cwd: inside,
      env: { PATH: programs, HOME: folder, SIGNERS: '../allowed_signers', ...env },
      encoding: 'utf8',
    })
    chmodSync(inside, 0o700)
    expect(readdirSync(inside).sort()).toEqual([...pack.keys()].sort())
    return { status, said: stdout, stderr }
  })
}

describe('the audit pack', () => {
  it('holds the files as they are, each signature with its bytes, a report, a check, and the signers marked untrusted', async () => {
    const pack = await exportedFolder(audit, source)
    expect([...pack.keys()]).toEqual([
      'journal.jsonl',
      'transcript.intoto.jsonl',
      'seal.pae',
      'seal.sig',
      'approval-4.pae',
      'approval-4.sig',
      'approval-5.pae',
      'approval-5.sig',
      'addendum-1.pae',
      'addendum-1.sig',
      'runbook.md',
      'report.md',
      'signers-as-seen.UNTRUSTED',
      'CHECK.txt',
    ])
    expect(pack.get('journal.jsonl')?.equals(whole.bytes())).toBe(true)
    expect(pack.get('runbook.md')?.toString()).toBe(run.RUNBOOK)
    expect(pack.get('signers-as-seen.UNTRUSTED')?.toString()).toMatch(/^# UNTRUSTED[^\n]*\nop@example\.com /)
  })

  it('is found good by a shell, coreutils and ssh-keygen alone, with the signers of the reader', async () => {
    const { status, said: text, stderr } = await check(await exportedFolder(audit, source), run.SIGNERS)
    expect(stderr).toBe('')
    expect(text.split('\n').filter(line => /^(good|BAD)/.test(line))).toEqual([
      'good  seal is signed by op@example.com, for signoff-seal-v1',
      'good  approval-4 is signed by rm@example.com, for signoff-approval-v1',
      'good  approval-4 answers line 4 of the journal',
      'good  approval-4 says go',
      'good  approval-5 is signed by pl@example.com, for signoff-approval-v1',
      'good  approval-5 answers line 4 of the journal',
      'good  approval-5 says go',
      'good  addendum-1 is signed by op@example.com, for signoff-addendum-v1',
      'good  journal.jsonl is the sealed one',
      'good  runbook.md is the sealed one',
      'good  seal.pae is what transcript.intoto.jsonl holds',
      'good  every line of the journal follows from the one before',
      'good  the last line is the one that the seal names',
    ])
    expect(status).toBe(0)
  })

  it.each([
    ['journal.jsonl', 'echo one', 'echo two', ['journal.jsonl is the sealed one', 'every line of the journal follows']],
    ['runbook.md', 'Tell', 'Sell', ['runbook.md is the sealed one']],
    ['seal.pae', '"passed"', '"failed"', ['seal is signed by', 'seal.pae is what transcript.intoto.jsonl holds']],
    ['approval-4.pae', '"go"', '"no"', ['approval-4 is signed by', 'approval-4 says go']],
    ['addendum-1.pae', 'good', 'poor', ['addendum-1 is signed by']],
  ])('with a change in %s is found bad where it was changed', async (file, was, now, bad) => {
    const pack = await exportedFolder(audit, source)
    pack.set(file, Buffer.from((pack.get(file) ?? '').toString().replace(was, now)))
    const { status, said: text } = await check(pack, run.SIGNERS)
    const found = text.split('\n').filter(line => line.startsWith('BAD'))
    expect(text.trimEnd().split('\n').at(-1)).toBe('NOT GOOD: see the lines that begin with BAD.')
    expect(status).toBe(1)
    for (const what of bad) expect(found.join('\n')).toContain(what)
    expect(text).not.toContain('All of it is good')
  })

  it('is not checked by the signers that came with it, nor by none', async () => {
    const pack = await exportedFolder(audit, source)
    const without = await check(pack, run.SIGNERS, { SIGNERS: '' })
    expect(without.status).toBe(2)
    const strangers = signersLine(run.stranger) + signersLine(run.manager) + signersLine(run.lead)
    const { status, said: text } = await check(pack, strangers)
    expect(status).toBe(1)
    expect(text).toContain('BAD   seal is signed by op@example.com')
  })

  it('takes a key that was valid when the run ended, and refuses one that was not, or that is revoked', async () => {
    const pack = await exportedFolder(audit, source)
    const dated = (options: string) =>
      run.SIGNERS.replace('op@example.com ', `op@example.com ${options},`).replace(',namespaces', ',namespaces')
    expect((await check(pack, dated('valid-before="20261124Z"'))).status).toBe(0)
    const late = await check(pack, dated('valid-after="20261124Z"'))
    expect(late.said).toContain('BAD   seal is signed by')
    const revoked = `${run.lead.publicKey.type} ${run.lead.publicKey.blob.toString('base64')}\n`
    pack.set('revoked', Buffer.from(revoked))
    const after = await check(pack, run.SIGNERS, { REVOKED: 'revoked' })
    expect(after.said).toContain('BAD   approval-5 is signed by pl@example.com')
    expect(after.said).toContain('good  seal is signed by')
  })

  it('enters no word of the record into the shell', async () => {
    const evil = signerFrom(0, `a'$(touch owned)\u001b]0;x\u0007;"b`)
    const writer = run.createWriter()
    writer.add(
      run.runStart({ operator: { principal: evil.principal, keyid: evil.keyid }, release: "v'1\n$(touch owned)" }),
      run.PLAN,
    )
    writer.add(run.confirm('tell-support'), ...run.script('deploy', []))
    writer.add(run.runEnd(writer, 'failed'))
    const text = await run.sealed(writer, evil)
    const found = {
      ...report,
      seal: report.seal && { ...report.seal, signer: { principal: evil.principal, keyid: evil.keyid } },
    }
    const evilReport = { ...found, journal: (await run.verify(writer.bytes(), null)).journal }
    const pack = await exportedFolder(audit, sourceOf(writer, text, evilReport))
    const script = pack.get('CHECK.txt')?.toString() ?? ''
    expect(script).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    const { status, stderr } = await check(pack, run.SIGNERS)
    expect(status).toBe(1)
    expect(stderr).not.toContain('touch')
  })

  it('of a copy that withholds lines is checked by the root of the tree, since no line names the one before a withheld one', async () => {
    const lines = whole.bytes().toString().trimEnd().split('\n')
    const seqs = ['output', 'approval.request'].map(kind => lines.findIndex(line => line.includes(`"kind":"${kind}"`)))
    const reason = "customers' names"
    const copied = lines.map((line, seq) => (seqs.includes(seq) ? withholdLine(line, reason) : line))
    const bytesOf = (texts: readonly string[]) => Buffer.from(`${texts.join('\n')}\n`)
    const addendum = { type: 'withhold', text: withholdText({ seqs, reason }), atMs: whole.atMs } as const
    const copyBundle = await addAddendum(sealed, addendum, run.RUN, run.operator)
    const found = await run.verify(bytesOf(copied), copyBundle)
    expect(found.exitCode).toBe(6)
    const pack = await exportedFolder(audit, sourceOf({ bytes: () => bytesOf(copied) }, copyBundle, found))
    const good = await check(pack, run.SIGNERS)
    expect(good, good.said).toMatchObject({ status: 0, stderr: '' })
    expect(good.said).toContain('note  2 of the lines say only their digest')
    expect(good.said).toContain(`note  {"seq":${seqs[0]},"withheld":"`)
    expect(good.said).toContain('good  approval-4 answers line 4 of the journal')
    // Any line, the one before a withheld one above all.
    for (const [number, line] of copied.entries()) {
      if (!line.includes('"t":"2026')) continue
      const changed = copied.map((text, i) => (i === number ? text.replace('"t":"2026', '"t":"2027') : text))
      pack.set('journal.jsonl', bytesOf(changed))
      expect((await check(pack, run.SIGNERS)).said, line).toContain('BAD   the lines of the journal')
    }
  })

  it('of a run without a seal says so in its first line, and is never found good', async () => {
    const open = run.atGate()
    const pack = await exportedFolder(audit, sourceOf(open, null, await run.verify(open.bytes(), null)))
    expect(pack.get('CHECK.txt')?.toString().split('\n')[0]).toContain('NOT SEALED')
    const { status, said: text } = await check(pack, run.SIGNERS)
    expect(text).toContain('BAD   there is NO SEAL')
    expect(text).toContain('good  every line of the journal follows')
    expect(status).toBe(1)
  })
})

describe('the sigstore bundle', () => {
  const seed = Buffer.from(Array.from({ length: 32 }, (_, i) => i))
  const key = ed25519RawSigner(privateKeyText(seed))
  const native = toNativeKey(run.operator.publicKey)
  const publicKey = native?.kind === 'ed25519' ? native.key : createPublicKey(privateKeyText(seed))
  const material = toTrustMaterial(
    { mediaType: '', tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] },
    () => ({ publicKey, validFor: () => true }),
  )
  const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 })
  const verify = (text: string) => verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(text))))

  it('is verified by sigstore’s own library, and a changed one is not', async () => {
    const text = await exported(sigstore, sourceOf(whole, bundle, report, key))
    expect(() => verify(text)).not.toThrow()
    const changed = JSON.parse(text)
    changed.dsseEnvelope.payload = Buffer.from(
      atob(changed.dsseEnvelope.payload).replace('"passed"', '"failed"'),
    ).toString('base64')
    expect(() => verify(JSON.stringify(changed))).toThrow('signature verification failed')
  })

  it.skipIf(!hasCommand('openssl'))(
    'is verified by openssl with the commands of docs/exports.md, over the very bytes that the seal signs',
    () =>
      inFolder(async folder => {
        const docs = readFileSync(new URL('../../../docs/exports.md', import.meta.url), 'utf8')
        const commands = /## A bundle for sigstore[\s\S]*?```sh\n([\s\S]*?)```/.exec(docs)?.[1] ?? ''
        const keyLine = `${run.operator.publicKey.type} ${run.operator.publicKey.blob.toString('base64')} op\n`
        writeFileSync(join(folder, 'key.pub'), keyLine)
        const text = await exported(sigstore, sourceOf(whole, bundle, report, key))
        const openssl = (made: string) => {
          writeFileSync(join(folder, 'release.sigstore.json'), made)
          const { status, stdout } = spawnSync('bash', ['-c', commands], { cwd: folder, encoding: 'utf8' })
          return { status, stdout }
        }
        expect(openssl(text)).toMatchObject({
          status: 0,
          stdout: expect.stringContaining('Signature Verified Successfully'),
        })
        const pack = await exportedFolder(audit, source)
        expect(readFileSync(join(folder, 'seal.pae')).equals(pack.get('seal.pae') ?? Buffer.alloc(0))).toBe(true)
        const changed = JSON.parse(text)
        changed.dsseEnvelope.payload = Buffer.from('{"another":1}').toString('base64')
        expect(openssl(JSON.stringify(changed)).status).not.toBe(0)
      }),
  )

  it('is made with the key of the seal alone, and only of a seal', async () => {
    const other = ed25519RawSigner(privateKeyText(Buffer.alloc(32, 9)))
    await expect(exported(sigstore, sourceOf(whole, bundle, report, other))).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
    })
    await expect(exported(sigstore, sourceOf(whole, bundle, report))).rejects.toMatchObject({ code: 'KEY_UNUSABLE' })
    const unsealed = await run.verify(whole.bytes(), null)
    await expect(exported(sigstore, sourceOf(whole, null, unsealed, key))).rejects.toMatchObject({ code: 'USAGE' })
  })
})
