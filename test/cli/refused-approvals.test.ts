import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { makePerson, type Person } from '../helpers/world/keys.ts'
import { signPlainly as signPlainlyIn } from '../helpers/world/sign-plainly.ts'

const RUNBOOK = `# Release

## Phase 1: Decide

**Decision**: GO / NO-GO

**Approvers**: Release Manager + Platform Lead

## Phase 2: Deploy

\`\`\`bash
echo flipped
\`\`\`
`
const APPROVES = 'namespaces="signoff-approval-v1"'

let world: World
let manager: Person
let lead: Person
let eve: Person
let run: string
let goal: string
let signers: string
let files = 0

beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK }, roles: ['Release Manager', 'Platform Lead'] })
  ;[manager, lead] = [...world.approvers.values()] as [Person, Person]
  eve = await makePerson(join(world.root, 'keys'), 'eve@localhost')
  for (const release of ['v1', 'v2']) {
    const stopped = await world.signoff(['run', 'release.md', '--release', release])
    expect(stopped, stopped.stderr).toMatchObject({ exitCode: 20 })
  }
  run = world.transcript('v1').run
  goal = world.transcript('v2').run
  signers = readFileSync(signersFile(), 'utf8')
}, 60_000)
afterAll(() => world.remove())

const signersFile = () => join(world.repository.clone, '.signoff', 'allowed_signers')
const requestOf = (id: string) => {
  const inbox = join(world.repository.clone, '.signoff', 'inbox', id)
  const [name = ''] = readdirSync(inbox).filter(one => one.endsWith('.request.json'))
  return JSON.parse(readFileSync(join(inbox, name), 'utf8'))
}

type Predicate = Record<string, unknown>
const signPlainly = (person: Person, role: string, id: string, change?: (said: Predicate) => Predicate) =>
  signPlainlyIn(world.root, person, role, requestOf(id), change)

async function bring(id: string, envelope: object) {
  const path = join(world.root, `approval-${++files}.json`)
  writeFileSync(path, JSON.stringify(envelope))
  return world.signoff(['resume', id, '--approval', path])
}

describe('an approval that does not count is refused, told to whoever brings it, and recorded with its reason', () => {
  const CASES: readonly (readonly [title: string, why: string, envelope: () => object, signersText?: () => string])[] =
    [
      ['of another run', 'other-run', () => signPlainly(manager, 'Release Manager', goal)],
      [
        'of another gate',
        'stale',
        () => signPlainly(manager, 'Release Manager', run, said => ({ ...said, step: 'other' })),
      ],
      [
        'shown a line that is not in this journal',
        'stale',
        () =>
          signPlainly(manager, 'Release Manager', run, said => ({ ...said, head: { seq: 2, leaf: 'a'.repeat(64) } })),
      ],
      [
        'whose decision was edited after it was signed',
        'bad-signature',
        () => {
          const signed = signPlainly(manager, 'Release Manager', run, said => ({
            ...said,
            decision: 'no-go',
            reason: 'no',
          }))
          const text = Buffer.from(signed.payload, 'base64').toString().replace('"no-go"', '"go"')
          return { ...signed, payload: Buffer.from(text).toString('base64') }
        },
      ],
      ['by a key that nobody lists', 'unlisted', () => signPlainly(eve, 'Release Manager', run)],
      ['by somebody else than is asked', 'unlisted', () => signPlainly(lead, 'Release Manager', run)],
      [
        'by the operator, who may approve other runs',
        'operator',
        () => signPlainly(world.operator, 'Release Manager', run),
        () => `${signers}${world.operator.principal} ${APPROVES} ${world.operator.publicKey}\n`,
      ],
      [
        'by a key that a wildcard lets be anybody',
        'unlisted',
        () => signPlainly({ ...eve, principal: manager.principal }, 'Release Manager', run),
        () => `${signers}* ${APPROVES} ${eve.publicKey}\n`,
      ],
    ]
  const cases = CASES.map(([what, why, envelope, signersText = () => signers]) => ({
    what,
    why,
    envelope,
    signersText,
  }))
  test.each(cases)('$what: $why', { timeout: 60_000 }, async ({ why, envelope, signersText }) => {
    const before = world.transcript('v1').ofKind('approval.refused').length
    try {
      writeFileSync(signersFile(), signersText())
      const brought = await bring(run, envelope())
      expect(brought, brought.stderr).toMatchObject({
        exitCode: 20,
        stderr: expect.stringContaining(`refused (${why})`),
      })
    } finally {
      writeFileSync(signersFile(), signers)
    }
    const refused = world.transcript('v1').ofKind('approval.refused')
    expect(refused.slice(before)).toMatchObject([{ why, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }])
    expect(world.transcript('v1').ofKind('approval')).toEqual([])
    expect(world.transcript('v1').ofKind('step.start')).toEqual([])
  })
})

test('plain ssh-keygen on a request is enough; one key under two names is not; with both the gate opens', {
  timeout: 60_000,
}, async () => {
  expect(await bring(goal, signPlainly(manager, 'Release Manager', goal))).toMatchObject({ exitCode: 20 })
  expect(world.transcript('v2').ofKind('approval')).toMatchObject([{ principal: manager.principal, decision: 'go' }])
  const twice = { ...manager, principal: lead.principal }
  try {
    writeFileSync(signersFile(), `${signers}${lead.principal} ${APPROVES} ${manager.publicKey}\n`)
    expect(await bring(goal, signPlainly(twice, 'Platform Lead', goal))).toMatchObject({
      exitCode: 20,
      stderr: expect.stringContaining('refused (duplicate)'),
    })
  } finally {
    writeFileSync(signersFile(), signers)
  }
  const opened = await bring(goal, signPlainly(lead, 'Platform Lead', goal))
  expect(opened, opened.stderr).toMatchObject({ exitCode: 0 })
  expect(world.transcript('v2').ofKind('step.end')).toMatchObject([{ result: 'passed' }])
  const { folder } = world.transcript('v2')
  const verified = await world.signoff(['verify', folder, '--require-approvals', '2', '--require-passed'])
  expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
})
