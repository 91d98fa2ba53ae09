import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { APPROVE_HELP } from '../../src/cli/arguments/approve-help.ts'
import { approve as approveHere } from '../../src/cli/commands/approve.ts'
import type { Io } from '../../src/cli/io.ts'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { makePerson, type Person } from '../helpers/world/keys.ts'

const RUNBOOK = `# Release

## Phase 1: Decide

- [ ] Team A is ready

**Decision**: GO / NO-GO

**Approvers**: Release Manager + Platform Lead

## Phase 2: Deploy

**Decision**: GO / NO-GO

**Approvers**: Release Manager

\`\`\`bash
echo flipped
\`\`\`
`
const GATE = '1.2'
const APPROVES = 'namespaces="signoff-approval-v1"'

let world: World
let manager: Person
let lead: Person
let eve: Person
let signers: string
let releases = 0
/** The run that stands at its gate, nobody having decided. */
let run: string
let release: string

beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK }, roles: ['Release Manager', 'Platform Lead'] })
  ;[manager, lead] = [...world.approvers.values()] as [Person, Person]
  eve = await makePerson(join(world.root, 'keys'), 'eve@localhost')
  signers = readFileSync(at('allowed_signers'), 'utf8')
}, 60_000)
afterAll(() => world.remove())

const at = (...parts: string[]) => join(world.repository.clone, '.signoff', ...parts)
const inbox = (id = run) => at('inbox', id)
const requestPath = (id = run) => join(inbox(id), `gate-${GATE}.request.json`)
const answers = () => readdirSync(inbox()).filter(name => name.endsWith('.approval.json'))
const approve = (person: Person, ...flags: string[]) => world.signoffAs(person, ['approve', run, GATE, ...flags])
const sign = async (person: Person, ...flags: string[]) => {
  const signed = await approve(person, ...flags)
  expect(signed, signed.stderr).toMatchObject({ exitCode: 0 })
  return signed
}
const resume = (...flags: string[]) => world.signoff(['resume', run, ...flags])
const events = (kind: string) => world.transcript(release).ofKind(kind)

const answered = () =>
  world.file('answers.yaml', 'version: 1\nby: op@localhost\nanswers:\n  - { step: "1.1", answer: yes }\n')

/** Begins a run that stops at its gate. */
async function begin(team: 'ready' | 'skipped' = 'ready'): Promise<void> {
  release = `v${++releases}`
  const flags = team === 'ready' ? ['--answers', answered()] : ['--from', GATE]
  const stopped = await world.signoff(['run', 'release.md', '--release', release, ...flags])
  expect(stopped, stopped.stderr).toMatchObject({ exitCode: 20 })
  run = world.transcript(release).run
}

describe('signoff approve signs nothing that the run would refuse', () => {
  beforeAll(() => begin(), 60_000)
  beforeEach(() => {
    writeFileSync(at('allowed_signers'), signers)
    rmSync(at('revoked_keys'), { force: true })
  })

  const CASES: readonly {
    readonly who: string
    readonly person: () => Person
    readonly exitCode: number
    readonly says: string
    readonly lines?: () => string
    readonly flags?: readonly string[]
    readonly revoked?: () => string
  }[] = [
    {
      who: 'the key of the operator, though it may approve other runs',
      person: () => world.operator,
      exitCode: 6,
      says: 'operates this run and cannot approve it',
      lines: () => `${world.operator.principal} ${APPROVES} ${world.operator.publicKey}\n`,
    },
    {
      who: 'the operator with another key of theirs',
      person: () => eve,
      exitCode: 6,
      says: 'operates this run and cannot approve it',
      lines: () => `${world.operator.principal} ${APPROVES} ${eve.publicKey}\n`,
    },
    {
      who: 'the operator under a second name of the same key',
      person: () => world.operator,
      exitCode: 6,
      says: 'operates this run and cannot approve it',
      lines: () => `approver-1@localhost ${APPROVES} ${world.operator.publicKey}\n`,
      flags: ['--principal', 'approver-1@localhost'],
    },
    {
      // Names may be shared by a team, so that a key is nobody's for being listed beside the operator's: test/cli/approving/one-rule.test.ts.
      who: 'a second name of a key that is listed for the operator too, and that is not asked',
      person: () => eve,
      exitCode: 5,
      says: 'second@localhost is not asked',
      lines: () => `second@localhost ${APPROVES} ${eve.publicKey}\n${world.operator.principal} ${eve.publicKey}\n`,
    },
    { who: 'a key that nobody lists', person: () => eve, exitCode: 5, says: 'names nobody for your key' },
    {
      who: 'a key that may not approve',
      person: () => eve,
      exitCode: 5,
      says: 'may not sign signoff-approval-v1',
      lines: () => `eve@localhost namespaces="signoff-seal-v1" ${eve.publicKey}\n`,
    },
    {
      who: 'a key that was valid until yesterday',
      person: () => eve,
      exitCode: 5,
      says: 'is not valid at that time',
      lines: () => `eve@localhost ${APPROVES},valid-before="20200101" ${eve.publicKey}\n`,
    },
    {
      who: 'a key that a wildcard lets be anybody',
      person: () => eve,
      exitCode: 5,
      says: 'names nobody for your key',
      lines: () => `* ${APPROVES} ${eve.publicKey}\n`,
    },
    {
      who: 'a key that is revoked',
      person: () => manager,
      exitCode: 5,
      says: 'is revoked',
      revoked: () => manager.publicKey,
    },
    {
      who: 'somebody who is listed and not asked',
      person: () => eve,
      exitCode: 5,
      says: 'eve@localhost is not asked',
      lines: () => `eve@localhost ${APPROVES} ${eve.publicKey}\n`,
    },
    {
      who: 'somebody who is asked for another role',
      person: () => lead,
      exitCode: 5,
      says: 'is not asked as Release Manager',
      flags: ['--role', 'Release Manager'],
    },
    {
      who: 'somebody who says to be another',
      person: () => lead,
      exitCode: 5,
      says: 'does not give approver-1@localhost the key',
      flags: ['--principal', 'approver-1@localhost'],
    },
  ]
  test.each(CASES)('$who: exit $exitCode', async ({ person, exitCode, says, lines, flags = [], revoked }) => {
    writeFileSync(at('allowed_signers'), `${signers}${lines?.() ?? ''}`)
    if (revoked !== undefined) writeFileSync(at('revoked_keys'), `${revoked()}\n`)
    const refused = await approve(person(), '--go', '--reason', 'why not', ...flags)
    expect(refused.stderr).toContain(says)
    expect(refused, refused.stderr).toMatchObject({ exitCode })
    expect(answers()).toEqual([])
  })

  test.each([
    [['--go', '--role', 'Pope'], 'the gate asks for no "Pope"'],
    [['--go', '--no-go', '--reason', 'x'], 'exclude each other'],
    [['--no-go'], 'a NO-GO needs --reason'],
    [[], 'nobody is at the terminal'],
  ])('%j is no decision: exit 2', async (flags, says) => {
    const refused = await approve(manager, ...flags)
    expect(refused, refused.stderr).toMatchObject({ exitCode: 2 })
    expect(refused.stderr).toContain(says)
    expect(answers()).toEqual([])
  })
})

test('the same key twice: refused while the first answer waits, and once the run has taken it', {
  timeout: 60_000,
}, async () => {
  await begin()
  await sign(manager, '--go')
  const waiting = await approve(manager, '--no-go', '--reason', 'on second thought')
  expect(waiting, waiting.stderr).toMatchObject({ exitCode: 6 })
  expect(waiting.stderr).toMatch(/you have said GO already, in .*which the run has not taken yet/)
  expect(await resume()).toMatchObject({ exitCode: 20 })
  expect(events('approval')).toMatchObject([{ principal: manager.principal, decision: 'go' }])
  const again = await approve(manager, '--go')
  expect(again, again.stderr).toMatchObject({ exitCode: 6 })
  expect(again.stderr).toMatch(/has decided already/)
})

test('a file that says GO under the approver’s name, and is not by them, stops nobody and decides nothing', {
  timeout: 60_000,
}, async () => {
  await begin()
  await sign(manager, '--go')
  const [name = ''] = answers()
  const whole = JSON.parse(readFileSync(join(inbox(), name), 'utf8'))
  rmSync(join(inbox(), name))
  const forged = JSON.stringify({ ...whole, signatures: [{ sig: 'AAAA' }] })
  writeFileSync(join(inbox(), name), forged)
  const signed = await sign(manager, '--go', '--reason', 'my own')
  expect(signed.stderr).toContain(`${name}: its signature does not hold; it was left as it is`)
  expect(readFileSync(join(inbox(), name), 'utf8')).toBe(forged)
  expect(answers()).toHaveLength(2)
  expect(await resume()).toMatchObject({ exitCode: 20 })
  expect(events('approval')).toMatchObject([{ principal: manager.principal, decision: 'go' }])
  expect(events('approval.refused')).toMatchObject([{ why: 'bad-signature' }])
})

test('an answer that the run could not take is thrown away, and said so', { timeout: 60_000 }, async () => {
  await begin()
  const refused = await approve(manager, '--go', '--reason', 'x'.repeat(110_000))
  expect(refused, refused.stderr).toMatchObject({ exitCode: 20 })
  expect(refused.stderr).toContain('what you signed was thrown away, since the run would refuse it')
  expect(answers()).toEqual([])
})

test('a file at --out is never replaced', { timeout: 60_000 }, async () => {
  await begin()
  const own = join(world.root, 'precious.txt')
  writeFileSync(own, 'precious')
  const refused = await approve(manager, '--go', '--out', own)
  expect(refused, refused.stderr).toMatchObject({ exitCode: 2 })
  expect(refused.stderr).toContain(`there is a file already, and it is not replaced: ${own}: it is no signed answer`)
  expect(readFileSync(own, 'utf8')).toBe('precious')
})

test('who decides second is shown what the first has decided and why', { timeout: 60_000 }, async () => {
  await begin()
  await sign(manager, '--go', '--reason', 'within noise')
  expect(await resume()).toMatchObject({ exitCode: 20 })
  const copy = join(world.root, 'carried.json')
  copyFileSync(requestPath(), copy)
  const shown = await world.signoffAs(lead, ['approve', copy, '--go', '--out', join(world.root, 'lead.json')])
  expect(shown.stderr).toContain('GO by approver-1@localhost, Release Manager: "within noise"')
})

describe('a request that stands no more: exit 7', () => {
  const old = () => join(world.root, 'old.request.json')
  const answerOld = () =>
    world.signoffAs(lead, ['approve', old(), '--go', '--reason', 'late', '--out', join(world.root, 'late.json')])

  test('asked anew, answered, and of a run that has ended', { timeout: 90_000 }, async () => {
    await begin()
    copyFileSync(requestPath(), old())
    await sign(manager, '--go', '--reason', 'within noise')
    expect(await resume()).toMatchObject({ exitCode: 20 })
    expect(await resume('--jump', '1.1', '--reason', 'look again', '--answers', answered())).toMatchObject({
      exitCode: 20,
    })
    expect(events('approval.request')).toHaveLength(2)
    const anew = await answerOld()
    expect(anew, anew.stderr).toMatchObject({ exitCode: 7 })
    expect(anew.stderr).toContain(`the gate ${GATE} was asked anew since`)
    const second = await sign(manager, '--go', '--reason', 'it is fast again')
    expect(second.stderr).toContain(
      'An earlier request got GO by approver-1@localhost, Release Manager: "within noise"',
    )
    await sign(lead, '--go')
    expect(await resume()).toMatchObject({ exitCode: 20 })
    const decided = await answerOld()
    expect(decided, decided.stderr).toMatchObject({ exitCode: 7 })
    expect(decided.stderr).toContain(`the gate ${GATE} is answered: GO`)
    // Its request is gone, so that also an account which cannot read the journal is told.
    const gone = await approve(lead, '--go')
    expect(gone, gone.stderr).toMatchObject({ exitCode: 7 })
    expect(gone.stderr).toMatch(/no gate 1\.2 of run .* asks for approval now[\s\S]*these do: gate-2\.1\.request\.json/)
    expect(await world.signoffAs(manager, ['approve', run, '--no-go', '--reason', 'too late'])).toMatchObject({
      exitCode: 0,
    })
    expect(await resume()).toMatchObject({ exitCode: 21 })
    const over = await answerOld()
    expect(over, over.stderr).toMatchObject({ exitCode: 7 })
    expect(over.stderr).toMatch(/has ended, no-go/)
  })

  test('one of another run that lies in the inbox', { timeout: 60_000 }, async () => {
    await begin()
    const other = run
    await begin()
    copyFileSync(requestPath(other), requestPath())
    const refused = await approve(manager, '--go')
    expect(refused, refused.stderr).toMatchObject({ exitCode: 7 })
    expect(refused.stderr).toContain(`is a request of the run ${other}`)
    expect(answers()).toEqual([])
  })
})

test('a request that is answered while its approver makes up their mind is signed no more', {
  timeout: 120_000,
}, async () => {
  await begin()
  const [folder, id] = [inbox(), run]
  const asked = approveHere(run, GATE, {}, {
    environment: { ...world.env, SIGNOFF_KEY: lead.keyFile },
    cwd: world.repository.clone,
    interactive: true,
    say: () => undefined,
    nowMs: Date.now,
    async ask() {
      await sign(manager, '--no-go', '--reason', 'not today')
      expect(await resume()).toMatchObject({ exitCode: 21 })
      return release
    },
  } as Partial<Io> as Io)
  await expect(asked).rejects.toMatchObject({
    code: 'REQUEST_OVER',
    message: expect.stringContaining(`${id} has ended`),
  })
  expect(existsSync(folder)).toBe(false)
})

describe('what lies in the inbox beside a request, or in its place,', () => {
  beforeAll(() => begin(), 60_000)
  const besides = () => [`gate-${GATE}.9.request.json`, 'gate-0.request.json'].map(name => join(inbox(), name))

  test.each<[string, (path: string) => unknown, RegExp]>([
    ['a pipe', path => execa('mkfifo', [path]), /no regular file/],
    ['a link', path => symlinkSync('/dev/zero', path), /ELOOP/],
    ['a file of a gigabyte', path => execa('truncate', ['-s', '1G', path]), /longer than/],
    ['a folder', path => mkdirSync(path), /no regular file/],
  ])('%s, is not read: nothing is signed, nothing is waited for', async (_, put, says) => {
    const aside = `${requestPath()}.aside`
    renameSync(requestPath(), aside)
    try {
      await put(requestPath())
      const refused = await approve(manager, '--go')
      expect(refused, refused.stderr).toMatchObject({ exitCode: 65 })
      expect(refused.stderr).toMatch(says)
      expect(refused.stderr).toContain('sign nothing')
    } finally {
      rmSync(requestPath(), { recursive: true, force: true })
      renameSync(aside, requestPath())
    }
  })

  test('stops nobody who names the gate', { timeout: 60_000 }, async () => {
    for (const path of besides()) writeFileSync(path, 'no request')
    const unclear = await world.signoffAs(lead, ['approve', run, '--go'])
    expect(unclear, unclear.stderr).toMatchObject({ exitCode: 2 })
    expect(unclear.stderr).toContain('more than one gate')
    await sign(manager, '--go')
  })
})

test('the environment of the run is shown to whoever decides', { timeout: 60_000 }, async () => {
  release = `v${++releases}`
  const stopped = await world.signoff([
    'run',
    'release.md',
    '--release',
    release,
    '--env',
    'staging',
    '--answers',
    answered(),
  ])
  expect(stopped, stopped.stderr).toMatchObject({ exitCode: 20 })
  run = world.transcript(release).run
  expect((await sign(manager, '--go')).stderr).toContain(`release ${release}, environment staging, run ${run}`)
})

test('a GO beside a criterion that is not met needs a reason, and is signed with it', { timeout: 60_000 }, async () => {
  await begin('skipped')
  const bare = await approve(manager, '--go')
  expect(bare, bare.stderr).toMatchObject({ exitCode: 2 })
  expect(bare.stderr).toMatch(/NOT met Team A is ready[\s\S]*a criterion is not met, so that a GO needs --reason/)
  await sign(manager, '--go', '--reason', 'they said so by phone')
})

test('away from signers and journal it is signed, and said what could not be looked up', {
  timeout: 60_000,
}, async () => {
  await begin()
  const away = join(world.root, 'far-away')
  mkdirSync(away)
  copyFileSync(requestPath(), join(away, 'request.json'))
  const flags = ['--go', '--principal', lead.principal, '--out', 'mine.json']
  const operated = await world.signoffAs(world.operator, ['approve', 'request.json', ...flags], away)
  expect(operated, operated.stderr).toMatchObject({ exitCode: 6 })
  const signed = await world.signoffAs(lead, ['approve', 'request.json', ...flags], away)
  expect(signed, signed.stderr).toMatchObject({ exitCode: 0 })
  expect(signed.stderr).toMatch(/Not looked up here: whether your key may sign this; there is no .*allowed_signers/)
  expect(signed.stderr).toMatch(/Not looked up here: whether the request still stands; its run is not on this machine/)
  expect(await resume('--approval', join(away, 'mine.json'))).toMatchObject({ exitCode: 20 })
  expect(events('approval')).toMatchObject([{ principal: lead.principal }])
})

test('what the help says is enough to sign with bash and OpenSSH alone', { timeout: 60_000 }, async () => {
  await begin()
  const recipe = APPROVE_HELP.split('\n').filter(line => line.startsWith('  '))
  expect(recipe[0]).toMatch(/^ {2}request=.*; key=.*; me=/)
  expect(recipe[1]).toMatch(/^ {2}role=.*; decision=go; reason=/)
  const own = [
    `request=${requestPath()}; key=${manager.keyFile}; me=${manager.principal}`,
    `role='"Release Manager"'; decision=no-go; reason='"zu langsam: über 400 ms"'`,
  ]
  const folder = join(world.root, 'by-hand')
  mkdirSync(folder)
  await execa('bash', ['-euc', [...own, ...recipe.slice(2)].join('\n')], { cwd: folder, env: { LC_ALL: 'C.UTF-8' } })
  copyFileSync(join(folder, 'mine.approval.json'), join(inbox(), 'mine.approval.json'))
  expect(await resume()).toMatchObject({ exitCode: 21 })
  expect(events('approval')).toMatchObject([{ principal: manager.principal, decision: 'no-go' }])
  const shown = await world.signoff(['show', run, '--kind', 'approval'])
  expect(shown.stdout).toContain('zu langsam: über 400 ms')
})
