import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Approver, findApprover } from '../../../src/cli/approving/approver.ts'
import { refuseAsTheRunDoes } from '../../../src/cli/approving/as-the-run-does.ts'
import { keysAtHand } from '../../../src/cli/keys/keys-at-hand.ts'
import { workspaceAt } from '../../../src/cli/settings/workspace.ts'
import { type EventOf, fold, SignoffError } from '../../../src/model/index.ts'
import {
  buildApprovalRequest,
  checkApproval,
  readApprovalRequest,
  readPublicKey,
  type Signer,
} from '../../../src/transcript/index.ts'
import { createAuthenticator } from '../../transcript/helpers/authenticator.ts'
import { makeAuthority } from '../../transcript/helpers/certificates.ts'
import * as run from '../../transcript/helpers/run.ts'
import { makeKey, sshKeygen } from '../../transcript/helpers/ssh-keygen.ts'

const APPROVES = 'namespaces="signoff-approval-v1"'
const SEALS = 'namespaces="signoff-seal-v1,signoff-addendum-v1"'
const KEYS = ['op', 'op-second', 'bob', 'kim', 'certified'] as const
type KeyName = (typeof KEYS)[number]

let folder = ''
let authorityText = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signoff-rule-'))
  mkdirSync(join(folder, '.signoff'))
  for (const name of KEYS) makeKey(folder, name, ['-t', 'ed25519'])
  const authority = makeAuthority(folder, 'ca')
  authorityText = authority.publicText
  await authority.certify('certified', 'bob@localhost,team@localhost', { key: keyFile('certified') })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const keyFile = (name: KeyName) => join(folder, name)
const publicText = (name: KeyName) => readFileSync(`${keyFile(name)}.pub`, 'utf8').trim()
const keyidOf = (name: KeyName) => readPublicKey(publicText(name))?.keyid ?? ''
const line = (principals: string, name: KeyName, options = APPROVES) => `${principals} ${options} ${publicText(name)}\n`

interface Case {
  readonly signers: string
  readonly by: KeyName
  /** `--principal` */
  readonly as?: string
  /** What the person's own configuration says. */
  readonly configured?: string
  readonly operator?: readonly [principal: string, key: KeyName]
  readonly need?: EventOf<'approval.request'>['need']
  /** Who has decided already, and with which key. */
  readonly given?: readonly [principal: string, key: KeyName]
}

const ANYBODY: NonNullable<Case['need']> = [
  { role: null, from: null },
  { role: null, from: null },
]

/** A run at its gate, operated and decided as a case says. */
function runOf({ operator = ['op@localhost', 'op'], need = ANYBODY, given }: Case): run.Writer {
  const start = run.runStart({ operator: { principal: operator[0], keyid: keyidOf(operator[1]) } })
  const writer = run.atGate({ ...run.REQUEST, need }, start)
  if (given === undefined) return writer
  const [principal, key] = given
  const said = { role: null, decision: 'go', principal, keyid: keyidOf(key), via: 'file', envelope: '' } as const
  writer.add({ kind: 'approval', step: run.REQUEST.step, request: 3, ...said })
  return writer
}

/** What `approve` answers, before it signs: who decides, or the code of its refusal. */
async function approveSays(one: Case): Promise<Approver | string> {
  writeFileSync(join(folder, '.signoff', 'allowed_signers'), one.signers)
  const state = fold(runOf(one).entries)
  const gate = state.gates.get(run.REQUEST.step)
  if (gate === undefined) throw new Error('no gate is open')
  const keys = await keysAtHand({ kind: 'file', path: keyFile(one.by) })
  const claim = { keys, principal: one.as ?? null, configured: one.configured ?? null, role: null }
  const asked = { gate, operators: [...state.operators], unseen: null }
  return findApprover(asked, claim, workspaceAt(join(folder, '.signoff')), Date.now()).catch((error: unknown) => {
    if (error instanceof SignoffError) return error.code
    throw error
  })
}

/** What the run makes of a signature by ssh-keygen with this key, under this name: `counts`, or why it does not. */
async function runSays(one: Case, principal: string, publicKey: Signer['publicKey'], file: string): Promise<string> {
  const writer = runOf(one)
  const signer: Signer = {
    principal,
    keyid: publicKey.keyid,
    publicKey,
    sign: async (namespace, bytes) => {
      const signed = await sshKeygen(['-Y', 'sign', '-q', '-n', namespace, '-f', file], bytes)
      if (signed.exitCode !== 0) throw new Error(signed.stderr)
      return signed.stdout
    },
  }
  const { envelope } = await run.approvalOf(writer, signer, null)
  const state = fold(writer.entries)
  const gate = state.gates.get(run.REQUEST.step)
  if (gate === undefined || state.start === null) throw new Error('no gate is open')
  const answer = await checkApproval(envelope, {
    run: state.start.run,
    release: state.start.release,
    runbookSha256: state.start.runbook.sha256,
    commit: state.start.git?.commit ?? null,
    step: run.REQUEST.step,
    request: { seq: gate.request, leaf: writer.chain.leaf(gate.request) ?? '', challenge: gate.event.challenge },
    meaning: gate.event.ask,
    need: gate.event.need,
    touch: gate.event.touch,
    operators: [...state.operators],
    given: gate.approvals.map(({ event }) => event),
    leafOf: writer.chain.leaf,
    headSeq: writer.chain.lines - 1,
    signersText: one.signers,
    revoked: [],
    sshKeygen,
    nowMs: Date.now(),
  })
  return answer.ok ? 'counts' : answer.why
}

/** Title, whose signature counts (null where no name of this key can decide), and the case. */
const CASES: readonly (readonly [title: string, decides: string | null, make: () => Case])[] = [
  ['somebody of their own name and key', 'bob@localhost', () => ({ signers: line('bob@localhost', 'bob'), by: 'bob' })],
  ['the operator’s key under the operator’s name', null, () => ({ signers: line('op@localhost', 'op'), by: 'op' })],
  [
    'the operator’s key under a second name',
    null,
    () => ({
      signers: line('op@localhost', 'op', SEALS) + line('second@localhost', 'op'),
      by: 'op',
      as: 'second@localhost',
    }),
  ],
  [
    'a second key of the operator’s name',
    null,
    () => ({
      signers: line('op@localhost', 'op') + line('op@localhost', 'op-second'),
      by: 'op-second',
    }),
  ],
  [
    'a team of which the operator is one, by another key than theirs',
    'team@localhost',
    () => ({
      signers: line('op@localhost,team@localhost', 'op') + line('bob@localhost,team@localhost', 'bob'),
      by: 'bob',
      as: 'team@localhost',
    }),
  ],
  [
    'a member of the team that operates the run, by their own name',
    'bob@localhost',
    () => ({
      signers: line('op@localhost,team@localhost', 'op') + line('bob@localhost,team@localhost', 'bob'),
      by: 'bob',
      as: 'bob@localhost',
      operator: ['team@localhost', 'op'],
    }),
  ],
  [
    'a member of the team that operates the run, who says nothing of their name',
    'bob@localhost',
    () => ({
      signers: line('team@localhost', 'op') + line('team@localhost,bob@localhost', 'bob'),
      by: 'bob',
      operator: ['team@localhost', 'op'],
    }),
  ],
  [
    'the team that operates the run, by another member’s key',
    null,
    () => ({
      signers: line('team@localhost', 'op') + line('team@localhost,bob@localhost', 'bob'),
      by: 'bob',
      as: 'team@localhost',
      operator: ['team@localhost', 'op'],
    }),
  ],
  [
    'the name that one’s own configuration gives, where that operates the run',
    null,
    () => ({
      signers: line('team@localhost', 'op') + line('team@localhost,bob@localhost', 'bob'),
      by: 'bob',
      configured: 'team@localhost',
      operator: ['team@localhost', 'op'],
    }),
  ],
  [
    'one key under two names, once it has decided',
    null,
    () => ({
      signers: line('bob@localhost', 'bob') + line('kim@localhost', 'bob'),
      by: 'bob',
      as: 'kim@localhost',
      given: ['bob@localhost', 'bob'],
    }),
  ],
  [
    'one name with two keys, once it has decided',
    null,
    () => ({
      signers: line('bob@localhost', 'bob') + line('bob@localhost', 'kim'),
      by: 'kim',
      given: ['bob@localhost', 'bob'],
    }),
  ],
  [
    'the second member of a team that is asked, once the team has decided',
    null,
    () => ({
      signers: line('team@localhost', 'bob') + line('team@localhost', 'kim'),
      by: 'kim',
      need: [
        { role: null, from: ['team@localhost'] },
        { role: null, from: ['team@localhost'] },
      ],
      given: ['team@localhost', 'bob'],
    }),
  ],
  [
    'a team that is asked, by a key that is listed for its person first',
    'team@localhost',
    () => ({
      signers: line('kim@localhost', 'kim') + line('team@localhost', 'kim'),
      by: 'kim',
      need: [{ role: null, from: ['team@localhost'] }],
    }),
  ],
  ['a key that a wildcard lets be anybody', null, () => ({ signers: line('*@localhost', 'bob'), by: 'bob' })],
  ['a key that may only seal', null, () => ({ signers: line('bob@localhost', 'bob', SEALS), by: 'bob' })],
  [
    'a certificate whose authority names its person',
    'bob@localhost',
    () => ({
      signers: `bob@localhost cert-authority,${APPROVES} ${authorityText}\n`,
      by: 'certified',
    }),
  ],
  [
    'a certificate, where the line of the key itself has run out',
    'bob@localhost',
    () => ({
      signers:
        line('bob@localhost', 'certified', `${APPROVES},valid-before="20200101"`) +
        `bob@localhost cert-authority,${APPROVES} ${authorityText}\n`,
      by: 'certified',
    }),
  ],
  [
    'a certificate for a team that operates the run by another key',
    'bob@localhost',
    () => ({
      signers: `bob@localhost,team@localhost cert-authority,${APPROVES} ${authorityText}\n`,
      by: 'certified',
      operator: ['team@localhost', 'op'],
    }),
  ],
  [
    'a certificate that a wildcard lets be anybody',
    null,
    () => ({
      signers: `*@localhost cert-authority,${APPROVES} ${authorityText}\n`,
      by: 'certified',
    }),
  ],
  [
    'the operator’s key, certified under another name',
    null,
    () => ({
      signers: `bob@localhost cert-authority,${APPROVES} ${authorityText}\n`,
      by: 'certified',
      operator: ['op@localhost', 'certified'],
    }),
  ],
]

describe('approve lets a person sign exactly where the run counts the signature:', () => {
  test.each(CASES)('%s', async (_, decides, make) => {
    const one = make()
    const said = await approveSays(one)
    if (typeof said !== 'string') {
      expect(said.principal).toBe(decides)
      const { publicKey, forSshKeygen } = said.key
      const file = 'path' in forSshKeygen ? forSshKeygen.path : ''
      expect(await runSays(one, said.principal, publicKey, file)).toBe('counts')
      return
    }
    expect(decides, said).toBeNull()
    const ways = await keysAtHand({ kind: 'file', path: keyFile(one.by) })
    for (const principal of namesTried(one))
      for (const { publicKey, forSshKeygen } of ways)
        expect(
          await runSays(one, principal, publicKey, 'path' in forSshKeygen ? forSshKeygen.path : ''),
          principal,
        ).not.toBe('counts')
  })

  test('whatever the signers file says, whoever operates the run, and whoever has decided', async () => {
    const names = ['op@localhost', 'bob@localhost', 'team@localhost'] as const
    const keys = ['op', 'op-second', 'bob'] as const
    const person = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...keys))
    const listed = fc.tuple(
      fc.uniqueArray(fc.constantFrom(...names, '*'), { minLength: 1 }),
      fc.constantFrom(...keys),
      fc.constantFrom(APPROVES, SEALS),
    )
    const cases = fc.record({
      lines: fc.array(listed, { minLength: 1, maxLength: 5 }),
      by: fc.constantFrom(...keys),
      as: fc.constantFrom(...names),
      operator: person,
      given: fc.option(person, { nil: undefined }),
      asked: fc.option(fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }), { nil: null }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ lines, asked, given, ...rest }) => {
        const signers = lines.map(([principals, key, options]) => line(principals.join(','), key, options)).join('')
        const need = [
          { role: null, from: asked },
          { role: null, from: asked },
        ]
        const one: Case = { ...rest, need, signers, ...(given === undefined ? {} : { given }) }
        const said = await approveSays(one)
        const publicKey = readPublicKey(publicText(one.by))
        if (publicKey === null) throw new Error('no key')
        const counted = await runSays(one, rest.as, publicKey, keyFile(one.by))
        expect(typeof said === 'string' ? 'refused' : 'counts', `${said}`).toBe(
          counted === 'counts' ? counted : 'refused',
        )
      }),
      { numRuns: 60 },
    )
  })
})

/** The names that are tried for somebody: what they say, else what is configured, else all that the file has. */
function namesTried({ as, configured, signers }: Case): string[] {
  if (as !== undefined) return [as]
  if (configured !== undefined) return [configured]
  return [
    ...new Set(signers.split('\n').flatMap(text => (text === '' ? [] : (text.split(' ')[0] ?? '').split(',')))),
  ].map(name => name.replace('*', 'bob'))
}

test('who shares a name with whoever operates the run is told so', async () => {
  const one: Case = {
    signers: line('team@localhost', 'op') + line('team@localhost,bob@localhost', 'bob'),
    by: 'bob',
    operator: ['team@localhost', 'op'],
  }
  expect(await approveSays(one)).toMatchObject({ principal: 'bob@localhost', sharedWith: 'team@localhost' })
  expect(await approveSays({ ...one, operator: ['op@localhost', 'op'] })).toMatchObject({ sharedWith: null })
})

describe('where a touch of the key is asked', () => {
  const request = { ...run.REQUEST, need: ANYBODY, touch: 'presence' } as const

  test('a key that knows none signs nothing', async () => {
    writeFileSync(join(folder, '.signoff', 'allowed_signers'), line('bob@localhost', 'bob'))
    const gate = fold(run.atGate(request).entries).gates.get(run.REQUEST.step)
    if (gate === undefined) throw new Error('no gate is open')
    const claim = {
      keys: await keysAtHand({ kind: 'file', path: keyFile('bob') }),
      principal: null,
      configured: null,
      role: null,
    }
    await expect(
      findApprover({ gate, operators: [], unseen: null }, claim, workspaceAt(join(folder, '.signoff')), Date.now()),
    ).rejects.toMatchObject({ code: 'APPROVER_UNLISTED', message: expect.stringContaining('asks for presence') })
  })

  test.each([
    ['nobody touched is thrown away', 0, false],
    ['somebody touched is handed on', 1, true],
  ])('what a token has signed that %s', async (_, flags, taken) => {
    const token = createAuthenticator('ed25519')
    const signersText = `bob@localhost ${APPROVES} ${token.publicKeyText}\n`
    const writer = run.atGate(request)
    const { envelope } = await run.approvalOf(writer, token.signer('bob@localhost', flags), null)
    const checked = await readApprovalRequest(await buildApprovalRequest(writer.bytes(), run.REQUEST.step))
    const workspace = workspaceAt(join(folder, '.signoff'))
    const found = { path: 'x.request.json', checked, workspace, position: '1.2' }
    const asked = { gate: checked.gate, operators: [...checked.state.operators], unseen: null }
    const held = refuseAsTheRunDoes(envelope, found, asked, signersText, writer.atMs)
    if (taken) await held
    else
      await expect(held).rejects.toMatchObject({
        code: 'APPROVER_UNLISTED',
        message: expect.stringContaining('what you signed was thrown away'),
      })
  })
})
