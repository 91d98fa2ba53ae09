import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fold } from '../../src/model/index.ts'
import {
  APPROVAL_NAMESPACE,
  buildHandoff,
  ed25519Signer,
  readJournal,
  signApproval,
} from '../../src/transcript/index.ts'
import type { Person } from '../helpers/world/index.ts'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { letAllOperate } from '../helpers/world/several-operators.ts'

const TICKS = '# Release\n\n## Phase 1: Tell\n\n1. Tell support\n\n2. Tell sales\n'
const FAILS = '# Release\n\n## Phase 1: Build\n\n1. Build it:\n   ```bash\n   exit 3\n   ```\n\n2. Tell support\n'

let world: World
let next: Person
let third: Person
beforeEach(async () => {
  world = await makeWorld({ files: { 'ticks.md': TICKS, 'fails.md': FAILS }, roles: ['Next', 'Third'] })
  const [a, b] = letAllOperate(world)
  if (a === undefined || b === undefined) throw new Error('two people are needed')
  next = a
  third = b
}, 60_000)
afterEach(() => world.remove())

const answers = (): string =>
  world.file('answers.yaml', 'version: 1\nby: kim@example.com\nanswers:\n  - { step: "1.2", answer: yes }\n')
const kinds = (): string[] =>
  world
    .transcript('v1')
    .lines()
    .map(({ kind }) => kind)

test('a run that nobody walks is offered, accepted by the named person alone, and sealed by them', async () => {
  expect((await world.signoff(['run', 'fails.md', '--release', 'v1', '--answers', answers()])).exitCode).toBe(1)
  const { run } = world.transcript('v1')
  const before = kinds().length

  const toNobody = await world.signoff(['handoff', run, '--to', 'nobody@localhost'])
  expect(toNobody, toNobody.stderr).toMatchObject({ exitCode: 2 })
  expect(toNobody.stderr).toContain('names no key of nobody@localhost')
  const byOther = await world.signoffAs(third, ['handoff', run, '--to', next.principal])
  expect(byOther.exitCode).toBe(2)
  expect(byOther.stderr).toContain('operator@localhost operates it, and you are')
  const early = await world.signoffAs(next, ['accept', run])
  expect(early.stderr).toContain('on offer to nobody')
  expect(kinds()).toHaveLength(before)

  // An offer in place of an earlier one, and one that is withdrawn.
  for (const args of [['--to', third.principal], ['--withdraw'], ['--to', third.principal]])
    expect((await world.signoff(['handoff', run, ...args])).exitCode).toBe(0)
  const offered = await world.signoff(['handoff', run, '--to', next.principal, '--note', 'the build fails'])
  expect(offered, offered.stderr).toMatchObject({ exitCode: 0 })

  const wrongPerson = await world.signoffAs(third, ['accept', run])
  expect(wrongPerson.exitCode).toBe(2)
  expect(wrongPerson.stderr).toContain(`on offer to ${next.principal}, and you are ${third.principal}`)
  const wrongKey = await world.signoffAs({ ...next, keyFile: world.operator.keyFile }, ['accept', run])
  expect(wrongKey.stderr).toContain(`on offer to ${next.principal}, and you are ${world.operator.principal}`)

  const accepted = await world.signoffAs(next, ['accept', run])
  expect(accepted, accepted.stderr).toMatchObject({ exitCode: 0 })
  expect(accepted.stderr).toContain('Offered to approver-1@localhost by operator@localhost: the build fails')
  expect((await world.signoffAs(next, ['accept', run])).stderr).toContain('on offer to nobody')

  const goesOn = ['--answers', answers(), '--resolve', '1.1=passed', '--reason', 'built by hand']
  const late = await world.signoff(['resume', run, ...goesOn])
  expect(late.exitCode).toBe(24)
  expect(late.stderr).toContain(`operated by ${next.principal}; you are operator@localhost`)
  const resumed = await world.signoffAs(next, ['resume', run, ...goesOn])
  expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })

  expect(kinds().filter(kind => kind.startsWith('handoff.'))).toEqual([
    'handoff.offer',
    'handoff.withdraw',
    'handoff.offer',
    'handoff.offer',
    'handoff.accept',
  ])
  const verified = await world.signoff(['verify', run, '--json'])
  expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
  expect(JSON.parse(verified.stdout)).toMatchObject({
    findings: [],
    seal: { signer: { principal: next.principal } },
    run: { operators: [{ principal: world.operator.principal }, { principal: next.principal }] },
  })
}, 110_000)

test('a run is offered where it is walked; what was signed for an earlier offer or by somebody else is refused and recorded', async context => {
  const walk = await world.signoffAtTerminal(['run', 'ticks.md', '--release', 'v1'])
  if (walk === null) return context.skip()
  try {
    await walk.answer(/type "tick"/i, 'tick')
    await walk.answer(/1\.2[\s\S]*type "tick"/, `handover ${next.principal}`)
    await walk.answer(/What should they know/, 'half done')
    await walk.answer(/Type "yes" to sign the offer/, 'yes')
    await walk.answer(/is offered to approver-1@localhost by operator@localhost: half done/, 'show')
    const { run, folder } = world.transcript('v1')
    const held = await world.signoff(['handoff', run, '--to', third.principal])
    expect(held.exitCode).toBe(24)
    expect(held.stderr).toContain('the word handover')
    const early = await acceptance(folder, next)

    // A second offer, to the same person: what they signed for the first one is no answer to it.
    await walk.answer(/type "tick"/i, 'handover')
    await walk.answer(/3 offer it to somebody else/, '3')
    await walk.answer(/To whom/, next.principal)
    await walk.answer(/What should they know/, '')
    await walk.answer(/Type "yes" to sign the offer/, 'yes')
    await walk.answer(/is offered to approver-1@localhost/, 'show')
    send(run, 'early', early)
    await walk.answer(/acceptance was refused \(stale\)/, 'show')
    send(run, 'other', await acceptance(folder, third))
    await walk.answer(/acceptance was refused \(unlisted\)/, 'show')

    const accepted = await world.signoffAs(next, ['accept', run])
    expect(accepted, accepted.stderr).toMatchObject({ exitCode: 0 })
    expect(await walk.exited).toBe(20)
    expect(walk.text()).toContain('handed over to approver-1@localhost')
    const file = world.file(
      'rest.yaml',
      'version: 1\nby: kim@example.com\nanswers:\n  - { step: "1.2", answer: yes }\n',
    )
    const resumed = await world.signoffAs(next, ['resume', run, '--answers', file])
    expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
    expect(world.transcript('v1').ofKind('approval.refused')).toMatchObject([{ why: 'stale' }, { why: 'unlisted' }])
    const verified = await world.signoff(['verify', run])
    expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
  } finally {
    walk.close()
  }
}, 110_000)

/** An acceptance of the offer that stands, signed with somebody's key by nobody's rules. */
async function acceptance(folder: string, by: Person): Promise<string> {
  const { entries, chain } = await readJournal(readFileSync(join(folder, 'journal.jsonl')))
  const { start, offer } = fold(entries)
  if (start === null || offer === null) throw new Error('no offer stands')
  const request = { seq: offer.seq, leaf: chain.leaf(offer.seq) ?? '', challenge: offer.event.challenge }
  const made = { start, decision: 'handoff-accept', request, to: by.principal, by: by.principal } as const
  return signApproval(buildHandoff(made, Date.now()), ed25519Signer(readFileSync(by.keyFile, 'utf8'), by.principal))
}

function send(run: string, name: string, envelope: string): void {
  const inbox = join(world.repository.clone, '.signoff', 'inbox', run)
  mkdirSync(inbox, { recursive: true })
  writeFileSync(join(inbox, `${name}.approval.json`), `${envelope}\n`)
}

test('an acceptance that came another way is brought in by the operator, who then is told that it is no longer theirs', async () => {
  expect((await world.signoff(['run', 'fails.md', '--release', 'v1', '--answers', answers()])).exitCode).toBe(1)
  const { run, folder } = world.transcript('v1')
  expect((await world.signoff(['handoff', run, '--to', next.principal])).exitCode).toBe(0)
  const file = world.file('acceptance.json', `${await acceptance(folder, next)}\n`)
  const goesOn = ['--answers', answers(), '--resolve', '1.1=passed', '--reason', 'built by hand']
  const brought = await world.signoff(['resume', run, '--approval', file, ...goesOn])
  expect(brought, brought.stderr).toMatchObject({ exitCode: 20 })
  expect(brought.stderr).toContain(`${next.principal} goes on: signoff resume ${run}`)
  expect(kinds()).not.toContain('step.decide')
  const resumed = await world.signoffAs(next, ['resume', run, ...goesOn])
  expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
  expect((await world.signoff(['verify', run])).exitCode).toBe(0)
}, 60_000)

test('an operator whose line does not allow it is told which word is missing, and nothing is recorded', async () => {
  const signers = join(world.repository.clone, '.signoff', 'allowed_signers')
  const lines = readFileSync(signers, 'utf8').split('\n')
  const without = lines.filter(
    line => !(line.startsWith(world.operator.principal) && line.includes(APPROVAL_NAMESPACE)),
  )
  writeFileSync(signers, without.join('\n'))
  expect((await world.signoff(['run', 'fails.md', '--release', 'v1', '--answers', answers()])).exitCode).toBe(1)
  const offered = await world.signoff(['handoff', world.transcript('v1').run, '--to', next.principal])
  expect(offered.exitCode).toBe(2)
  expect(offered.stderr).toContain(`signed for ${APPROVAL_NAMESPACE}`)
  expect(kinds()).not.toContain('handoff.offer')
}, 60_000)
