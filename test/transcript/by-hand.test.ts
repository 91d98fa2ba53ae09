import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as run from './helpers/run.ts'
import { inFolder } from './helpers/ssh-keygen.ts'

const script = readFileSync(new URL('../fixtures/transcript/by-hand.sh', import.meta.url), 'utf8')
const whole = await run.wholeRun()
const bundle = await run.sealed(whole)
const LINES = { timeout: 60_000 }

/** Runs the commands of docs/transcript-format.md section 12, with bash, coreutils, grep and OpenSSH, and gives what they say. */
function byHand(journal: Uint8Array, sealed: string): Promise<string> {
  return inFolder(folder => {
    writeFileSync(`${folder}/journal.jsonl`, journal)
    writeFileSync(`${folder}/transcript.intoto.jsonl`, sealed)
    writeFileSync(`${folder}/allowed_signers`, run.SIGNERS)
    for (const [name, part] of approvals()) writeFileSync(`${folder}/${name}`, part)
    return execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  })
}

/** What an audit pack holds beside the two files: each approval as bytes and signature. */
function approvals(): [string, Uint8Array][] {
  return whole.entries.flatMap(({ seq, event }): [string, Uint8Array][] => {
    if (event.kind !== 'approval') return []
    const { payload, payloadType, signatures } = JSON.parse(event.envelope)
    const bytes = Buffer.from(payload, 'base64')
    const head = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `)
    return [
      [`approval-${seq}.pae`, Buffer.concat([head, bytes])],
      [`approval-${seq}.sig`, Buffer.from(signatures[0].sig, 'base64')],
    ]
  })
}

describe('the check by hand, without Signoff', () => {
  it('finds a good transcript good', LINES, async () => {
    const said = await byHand(whole.bytes(), bundle)
    expect(said).toContain('Good "signoff-seal-v1" signature for op@example.com')
    expect(said).toContain('Good "signoff-approval-v1" signature for rm@example.com')
    expect(said).toContain('journal is the sealed one: 1')
    expect(said).toContain('request leaf: 1')
    expect(said).toContain('head: 1')
    expect(said).not.toContain('broken')
  })

  it('finds a changed journal', LINES, async () => {
    const changed = Buffer.from(whole.bytes().toString().replace('echo one', 'echo two'))
    const said = await byHand(changed, bundle)
    expect(said).toContain('journal is the sealed one: 0')
    expect(said).toContain('broken: {"seq":8')
    expect(said).toContain('head: 1')
  })

  it('finds a cut journal', LINES, async () => {
    const lines = whole.bytes().toString().split('\n')
    const said = await byHand(Buffer.from(`${lines.slice(0, 9).join('\n')}\n`), bundle)
    expect(said).toContain('journal is the sealed one: 0')
    expect(said).toContain('head: 0')
  })

  it('finds a changed seal', LINES, async () => {
    const envelope = JSON.parse(bundle)
    envelope.payload = Buffer.from(atob(envelope.payload).replace('"passed"', '"failed"')).toString('base64')
    const said = await byHand(whole.bytes(), `${JSON.stringify(envelope)}\n`)
    expect(said).not.toContain('Good "signoff-seal-v1"')
    expect(said).toContain('Could not verify signature')
  })
})
