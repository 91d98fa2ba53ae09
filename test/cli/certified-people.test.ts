import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { makePerson, type Person } from '../helpers/world/keys.ts'
import { type Authority, type CertifyOptions, makeAuthority } from '../transcript/helpers/certificates.ts'
import { sshKeygen } from '../transcript/helpers/ssh-keygen.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const RUNBOOK = `# Release

## Phase 1: Decide

**Decision**: GO / NO-GO

**Approvers**: Release Manager

## Phase 2: Deploy

\`\`\`bash
echo flipped
\`\`\`
`
const PLAIN = '# Release\n\n## Phase 1: Build\n\n1. Build it:\n\n   ```bash\n   echo built >> "$HOME/built"\n   ```\n'
const WALKS = 'cert-authority,namespaces="signoff-seal-v1,signoff-addendum-v1"'
const APPROVES = 'cert-authority,namespaces="signoff-approval-v1"'

let world: World
let authority: Authority
/** The operator of the world, whose key no line has. */
let operator: Person
let manager: Person
beforeAll(async () => {
  world = await makeWorld({ files: { 'gated.md': RUNBOOK, 'plain.md': PLAIN } })
  operator = world.operator
  manager = await makePerson(join(world.root, 'keys'), 'rm@localhost')
  authority = makeAuthority(world.root, 'ca')
  writeFileSync(at('.signoff/config.yaml'), 'roles: { Release Manager: [rm@localhost] }\n')
})
afterAll(() => world.remove())

const at = (path: string) => join(world.repository.clone, path)
const trust = (...lines: string[]) =>
  writeFileSync(at('.signoff/allowed_signers'), lines.map(line => `${line}\n`).join(''))
const trustAuthority = (by: Authority = authority) =>
  trust(`operator@localhost ${WALKS} ${by.publicText}`, `rm@localhost ${APPROVES} ${by.publicText}`)
const certify = (person: Person, principals: string, options: CertifyOptions = {}, by = authority) =>
  by.certify(person.principal, principals, { key: person.keyFile, ...options })
const transcripts = () => (existsSync(at('.signoff/transcripts')) ? readdirSync(at('.signoff/transcripts')) : [])
const built = () => existsSync(join(world.env.HOME ?? '', 'built'))

test('a run is walked, approved, sealed, added to and verified by people whom an authority certifies', async () => {
  trustAuthority()
  await certify(operator, 'operator@localhost')
  await certify(manager, 'rm@localhost')
  const paused = await world.signoff(['run', 'gated.md', '--release', 'v1'])
  expect(paused, paused.stderr).toMatchObject({ exitCode: 20 })
  const { run } = world.transcript('v1')
  const approved = await world.signoffAs(manager, ['approve', run, '--go'])
  expect(approved, approved.stderr).toMatchObject({ exitCode: 0 })
  const done = await world.signoff(['resume', run])
  expect(done, done.stderr).toMatchObject({ exitCode: 0 })
  const noted = await world.signoff(['note', run, 'seen again in the morning'])
  expect(noted, noted.stderr).toMatchObject({ exitCode: 0 })
  const verified = await world.signoff(['verify', run, '--json'])
  expect(JSON.parse(verified.stdout)).toMatchObject({
    exitCode: 0,
    seal: { addenda: 1, signer: { principal: 'operator@localhost' } },
    run: { approvals: [{ principal: 'rm@localhost', good: true }] },
  })
})

test('the key itself is preferred where a line has it: it needs no authority', async () => {
  trust(`operator@localhost ${operator.publicKey}`, `operator@localhost ${WALKS} ${authority.publicText}`)
  await certify(operator, 'operator@localhost')
  expect(await world.signoff(['run', 'plain.md', '--release', 'v2'])).toMatchObject({ exitCode: 0 })
  const bundle = readFileSync(join(world.transcript('v2').folder, 'transcript.intoto.jsonl'), 'utf8')
  const signature = Buffer.from(JSON.parse(bundle).signatures[0].sig, 'base64').toString()
  const body = Buffer.from(signature.split('\n').slice(1, -2).join(''), 'base64').toString('latin1')
  expect(body).not.toContain('cert-v01')
})

describe('nothing is run, and nothing written, with a certificate that', () => {
  test.each<[string, () => Promise<unknown>, string]>([
    ['is no longer valid', () => certify(operator, 'operator@localhost', { validity: '-2h:-1h' }), 'key-not-valid'],
    ['is not valid yet', () => certify(operator, 'operator@localhost', { validity: '+1h:+2h' }), 'key-not-valid'],
    ['names somebody else', () => certify(operator, 'eve@localhost'), 'gives nobody'],
    ['names nobody', () => certify(operator, ''), 'gives nobody'],
    ['is of a machine', () => certify(operator, 'operator@localhost', { host: true }), 'gives nobody'],
    [
      'is of another authority',
      () => certify(operator, 'operator@localhost', {}, makeAuthority(world.root, 'other')),
      'gives nobody',
    ],
    ['its authority did not sign so', () => tampered(), 'KEY_UNUSABLE'],
    ['is of another key', () => ofAnotherKey(), 'gives nobody'],
  ])('%s', async (_, prepare, said) => {
    trustAuthority()
    await prepare()
    const before = transcripts()
    rmSync(join(world.env.HOME ?? '', 'built'), { force: true })
    const refused = await world.signoff(['run', 'plain.md', '--release', 'refused'])
    expect(refused, refused.stderr).toMatchObject({ exitCode: 20 })
    if (said === 'KEY_UNUSABLE') expect(refused.stderr).toContain('does not take the certificate')
    else expect(refused.stderr).toContain(said)
    expect(transcripts()).toEqual(before)
    expect(built()).toBe(false)
  })

  async function tampered() {
    await certify(operator, 'operator@localhost')
    const path = `${operator.keyFile}-cert.pub`
    const [type = '', blob = ''] = readFileSync(path, 'utf8').split(' ')
    const bytes = Buffer.from(blob, 'base64')
    const last = bytes.length - 1
    bytes[last] = (bytes[last] ?? 0) ^ 1
    writeFileSync(path, `${type} ${bytes.toString('base64')}\n`)
  }

  async function ofAnotherKey() {
    const { publicText } = await certify(manager, 'operator@localhost')
    writeFileSync(`${operator.keyFile}-cert.pub`, `${publicText}\n`)
  }
})

describe('once it is revoked', () => {
  /** A KRL of one line of its specification (ssh-keygen(1), KEY REVOCATION LISTS). */
  async function revoke(spec: string) {
    const path = at('.signoff/revoked_keys')
    const args = ['-q', '-k', '-f', path, '-s', `${authority.path}.pub`, 'spec']
    expect((await sshKeygen(args, new Uint8Array(), { spec: Buffer.from(`${spec}\n`) })).exitCode).toBe(0)
  }

  test('by its number, or with its authority, no run starts and what it sealed is 5', async () => {
    trustAuthority()
    await certify(operator, 'operator@localhost', { serial: 42 })
    expect(await world.signoff(['run', 'plain.md', '--release', 'v3'])).toMatchObject({ exitCode: 0 })
    const { run, folder } = world.transcript('v3')
    const before = transcripts()
    const bundle = () => readFileSync(join(folder, 'transcript.intoto.jsonl'), 'utf8')
    const sealed = bundle()
    try {
      for (const spec of ['serial: 42', `key: ${authority.publicText}`, `key: ${operator.publicKey}`]) {
        await revoke(spec)
        const refused = await world.signoff(['run', 'plain.md', '--release', 'refused'])
        expect(refused, refused.stderr).toMatchObject({ exitCode: 20 })
        expect(refused.stderr).toContain('key-revoked')
        expect(await world.signoff(['verify', run]), spec).toMatchObject({ exitCode: 5 })
        // An addendum by such a key would make the transcript 5 for good.
        expect(await world.signoff(['note', run, 'x']), spec).toMatchObject({ exitCode: 20 })
      }
      await revoke('serial: 41')
      expect(await world.signoff(['verify', run])).toMatchObject({ exitCode: 0 })
    } finally {
      rmSync(at('.signoff/revoked_keys'), { force: true })
    }
    expect(transcripts()).toEqual(before)
    expect(bundle()).toBe(sealed)
  })

  test('while the run goes on, it is not sealed by it; a certificate of the same key then only seals', async () => {
    trustAuthority()
    await certify(operator, 'operator@localhost', { serial: 1 })
    const revokes = at('revokes.md')
    const script = `ssh-keygen -q -k -f .signoff/revoked_keys -s ${authority.path}.pub spec`
    writeFileSync(at('spec'), 'serial: 1\n')
    writeFileSync(revokes, `# Release\n\n## Phase 1: Build\n\n\`\`\`bash\n${script}\n\`\`\`\n`)
    try {
      const ended = await world.signoff(['run', 'revokes.md', '--release', 'v4'])
      expect(ended, ended.stderr).toMatchObject({ exitCode: 20 })
      expect(ended.stderr).toContain('is not sealed: the key of operator@localhost')
      const { run, folder } = world.transcript('v4')
      expect(existsSync(join(folder, 'transcript.intoto.jsonl'))).toBe(false)
      await certify(operator, 'operator@localhost', { serial: 2 })
      const sealed = await world.signoff(['resume', run])
      expect(sealed, sealed.stderr).toMatchObject({ exitCode: 0 })
      expect(await world.signoff(['verify', run])).toMatchObject({ exitCode: 0 })
      expect(world.transcript('v4').ofKind('step.start')).toHaveLength(1)
    } finally {
      for (const path of ['.signoff/revoked_keys', 'spec', 'revokes.md']) rmSync(at(path), { force: true })
    }
  })
})

test('a certificate that ends within a day is said before the run, with the moment', async () => {
  trustAuthority()
  await certify(operator, 'operator@localhost', { validity: '-1m:+2h' })
  const doctor = await world.signoff(['doctor', '--json'])
  const { findings } = JSON.parse(doctor.stdout)
  expect(findings).toContainEqual(expect.objectContaining({ check: 'key-expires', level: 'warning' }))
})

test('init names no certificate as a key: its line would give nobody anything', async () => {
  await certify(operator, 'operator@localhost')
  const before = readFileSync(at('.signoff/allowed_signers'), 'utf8')
  const refused = await world.signoff(['init', '--key', `${operator.keyFile}-cert.pub`])
  expect(refused, refused.stderr).toMatchObject({ exitCode: 20 })
  expect(refused.stderr).toContain('is a certificate')
  expect(readFileSync(at('.signoff/allowed_signers'), 'utf8')).toBe(before)
})
