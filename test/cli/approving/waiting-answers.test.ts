import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { placeOfAnswer } from '../../../src/cli/approving/answer-place.ts'
import { answerFile } from '../../../src/cli/inbox/requests.ts'
import {
  type ApprovalRequest,
  type ApprovalStatement,
  buildApproval,
  readApprovalRequest,
  readPublicKey,
  type Signer,
  signApproval,
} from '../../../src/transcript/index.ts'
import { buildApprovalRequest } from '../../../src/transcript/statements/approval-request.ts'
import { makeAuthority } from '../../transcript/helpers/certificates.ts'
import * as run from '../../transcript/helpers/run.ts'
import { makeKey, sshKeygen } from '../../transcript/helpers/ssh-keygen.ts'

let keys = ''
let me: Signer
let eve: Signer
let request: ApprovalRequest
beforeAll(async () => {
  keys = mkdtempSync(join(tmpdir(), 'signoff-answers-'))
  me = signerOf('me')
  eve = signerOf('eve')
  ;({ request } = await readApprovalRequest(await buildApprovalRequest(run.atGate().bytes(), run.REQUEST.step)))
})
afterAll(() => rmSync(keys, { recursive: true, force: true }))

let inbox = ''
beforeEach(() => {
  inbox = mkdtempSync(join(tmpdir(), 'signoff-inbox-'))
})
afterEach(() => rmSync(inbox, { recursive: true, force: true }))

function signerOf(name: string): Signer {
  const file = makeKey(keys, name, ['-t', 'ed25519'])
  const publicKey = readPublicKey(readFileSync(`${file}.pub`, 'utf8'))
  if (publicKey === null) throw new Error('no key')
  return {
    principal: `${name}@localhost`,
    keyid: publicKey.keyid,
    publicKey,
    sign: async (namespace, bytes) => {
      const signed = await sshKeygen(['-Y', 'sign', '-q', '-n', namespace, '-f', file], bytes)
      if (signed.exitCode !== 0) throw new Error(signed.stderr)
      return signed.stdout
    },
  }
}

const answer = (by: Signer, to = request) =>
  signApproval(
    buildApproval(to, { approver: me.principal, role: null, decision: 'go', reason: null, decidedOnMs: 0 }),
    by,
  )
const mine = () => join(inbox, answerFile('gate-1.2', me.keyid))
const look = (out: string | null = null, keyid = me.keyid) =>
  placeOfAnswer(join(inbox, 'gate-1.2.request.json'), request, keyid, out)

/** What an envelope says, said otherwise: its signature is none of that any more. */
function edited(envelope: string, change: (said: ApprovalStatement) => ApprovalStatement): string {
  const whole = JSON.parse(envelope)
  const said = JSON.parse(Buffer.from(whole.payload, 'base64').toString())
  return JSON.stringify({ ...whole, payload: Buffer.from(JSON.stringify(change(said))).toString('base64') })
}

test('an answer of one’s own to this request, by its signature, stops a second one, under whatever name of mine it lies', async () => {
  writeFileSync(mine(), await answer(me))
  await expect(look()).rejects.toMatchObject({ code: 'APPROVER_EXCLUDED', message: expect.stringContaining(mine()) })
  rmSync(mine())
  writeFileSync(mine().replace('.approval', '.1a2b3c4d.approval'), await answer(me))
  await expect(look()).rejects.toMatchObject({ code: 'APPROVER_EXCLUDED' })
  await expect(look(mine().replace('.approval', '.1a2b3c4d.approval'))).rejects.toMatchObject({
    code: 'APPROVER_EXCLUDED',
  })
})

test('one that a certificate signed is believed as well, by ssh-keygen', async () => {
  const certified = await makeAuthority(keys, 'ca').certify('certified', 'me@localhost')
  writeFileSync(join(inbox, answerFile('gate-1.2', certified.keyid)), await answer(certified))
  await expect(look(null, certified.keyid)).rejects.toMatchObject({ code: 'APPROVER_EXCLUDED' })
})

test('where nothing lies the answer goes under its plain name, and nobody is told anything', async () => {
  writeFileSync(join(inbox, answerFile('gate-1.2', eve.keyid)), await answer(eve))
  writeFileSync(join(inbox, answerFile('gate-1.20', me.keyid)), 'of another gate')
  expect(await look()).toEqual({ path: mine(), strange: [] })
  expect(await look(join(inbox, 'away.json'))).toEqual({ path: join(inbox, 'away.json'), strange: [] })
})

describe('what is no valid answer stops nobody, is named as what it is, and stays as it is:', () => {
  const other = async () => {
    const writer = run.atGate({ ...run.REQUEST, challenge: 'QUJDREVGR0hJSktMTU5PUB' })
    return (await readApprovalRequest(await buildApprovalRequest(writer.bytes(), run.REQUEST.step))).request
  }
  const CASES: readonly (readonly [title: string, says: string, put: (path: string) => unknown])[] = [
    ['a text that says GO', 'no signed answer', path => writeFileSync(path, '{"decision":"go"}\n')],
    [
      'an envelope that says GO, signed by nobody',
      'its signature does not hold',
      async path =>
        writeFileSync(path, edited(await answer(eve), said => said).replace(/"sig":"[^"]*"/, '"sig":"AAAA"')),
    ],
    [
      'somebody else’s answer under my name',
      'signed by another key',
      async path => writeFileSync(path, await answer(eve)),
    ],
    [
      'my NO-GO, made a GO on the way',
      'its signature does not hold',
      async path =>
        writeFileSync(
          path,
          edited(await answer(me), said => ({
            ...said,
            predicate: { ...said.predicate, decision: 'no-go', reason: 'x' },
          })),
        ),
    ],
    [
      'my answer to an earlier request',
      'your GO to another request',
      async path => writeFileSync(path, await answer(me, await other())),
    ],
    [
      'my answer, signed for something else than approvals',
      'its signature does not hold',
      async path => {
        const forSeals: Signer = { ...me, sign: (_, bytes) => me.sign('signoff-seal-v1', bytes) }
        writeFileSync(path, await answer(forSeals))
      },
    ],
    ['a folder', 'cannot be read', path => mkdirSync(path)],
    ['a link', 'cannot be read', path => symlinkSync('/dev/zero', path)],
    ['a pipe', 'no regular file', path => execFileSync('mkfifo', [path])],
    ['a file of a gigabyte', 'longer than', path => execFileSync('truncate', ['-s', '1G', path])],
  ]
  test.each(CASES)('%s', async (_, says, put) => {
    await put(mine())
    const before = readdirSync(inbox)
    const { path, strange } = await look()
    expect(path).not.toBe(mine())
    expect(path.startsWith(mine().replace('.approval.json', '.'))).toBe(true)
    expect(path.endsWith('.approval.json')).toBe(true)
    expect(strange).toEqual([expect.stringContaining(says)])
    expect(strange[0]).toContain(`${mine()}: `)
    await expect(look(mine())).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining(says) })
    expect(readdirSync(inbox)).toEqual(before)
  })
})
