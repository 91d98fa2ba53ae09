import { describe, expect, test } from 'vitest'
import type { EventOf } from '../../../src/model/index.ts'
import { questionLines } from '../../../src/tui/plain/text.ts'
import { sentenceOf } from '../../../src/tui/scene/narrate.ts'
import { toWalk } from '../../../src/tui/scene/walk.ts'
import { demoSection, demoStep, runbookOf } from '../helpers/demo-runbook.ts'
import { FakeClock, FakeRun } from '../helpers/fake-run.ts'
import { ScreenDriver } from '../helpers/screen-driver.ts'

const ROLES = [
  'Release Manager',
  'Platform Lead',
  'Security Officer',
  'Database Admin',
  'Support Lead',
  'Product Owner',
] as const
const principalOf = (role: string) => `${role.toLowerCase().replace(' ', '-')}@example.com`

/** A run that stands at an open gate with so many criteria, all of them confirmed but the last, and so many roles. */
async function gateOf(
  criteria: number,
  roles: readonly string[],
  touch: EventOf<'approval.request'>['touch'] = 'none',
) {
  const ids = Array.from({ length: criteria }, (_, index) => `1.${index + 1}`)
  const approvers = roles.map(role => ({ role, principal: null }))
  const section = demoSection('1', 'Decide', [
    ...ids.map(id => demoStep(id, 'confirmation', `Team ${id} is ready`)),
    demoStep('2.1', 'gate', 'GO/NO-GO', { approvers, criteria: ids.map(id => `s${id}`) }),
  ])
  const clock = new FakeClock()
  const run = new FakeRun(runbookOf([section], []), clock).skipTo('2.1')
  const screen = new ScreenDriver(run, clock)
  const ask = () =>
    run.emit({
      kind: 'approval.request',
      step: 's2.1',
      ask: 'GO?',
      need: roles.map(role => ({ role, from: [principalOf(role)] })),
      touch,
      criteria: [],
      challenge: 'c',
    })
  ask()
  const decide = (role: string, decision: 'go' | 'no-go', reason: string | null) =>
    run.emit(approvalOf(role, decision, reason, run.snapshot().state.gates.get('s2.1')?.request ?? -1))
  await screen.settle()
  const rows = () => screen.rows()
  return { run, screen, ask, decide, rows }
}

function approvalOf(
  role: string,
  decision: 'go' | 'no-go',
  reason: string | null,
  request: number,
): EventOf<'approval'> {
  const payload = Buffer.from(JSON.stringify({ predicate: { reason } })).toString('base64')
  return {
    kind: 'approval',
    step: 's2.1',
    request,
    role,
    decision,
    principal: principalOf(role),
    keyid: `SHA256:${role}`,
    via: 'inbox',
    envelope: JSON.stringify({ payloadType: 'x', payload, signatures: [] }),
  }
}

/** Rows without their breaks: what a person reads, wherever it was wrapped. */
const read = (rows: readonly string[]) => rows.map(row => row.trim()).join(' ')

test('which keys may sign is said where they must be touched, and only there', async () => {
  for (const [touch, said] of [
    ['presence', 'only one on a token that is touched for this signature'],
    ['verified', 'only one on a token that asks for a PIN or a finger for this signature'],
  ] as const)
    expect(read((await gateOf(0, ROLES.slice(0, 1), touch)).rows())).toContain(said)
  expect(read((await gateOf(0, ROLES.slice(0, 1))).rows())).not.toContain('only one on a token')
})

describe.each([
  [60, 15],
  [80, 24],
  [120, 40],
  [200, 50],
])('at %ix%i', (columns, rows) => {
  test.each([0, 3, 40])(
    'with %i criteria it is in sight how many have signed and who is missing, be it 1 or 6',
    async criteria => {
      for (let count = 1; count <= ROLES.length; count++) {
        const roles = ROLES.slice(0, count)
        const { screen, decide } = await gateOf(criteria, roles)
        screen.resize(columns, rows)
        const seen = () => read(screen.rows())
        expect(seen()).toContain(`0 of ${count} signed, missing ${roles[0]}`)
        for (const role of roles) expect(seen()).toContain(role)
        if (count === 1) continue
        decide(roles[0] as string, 'go', 'within noise')
        expect(seen()).toContain(`1 of ${count} signed, missing ${roles[1]}`)
      }
    },
  )
})

test('of many criteria it is said how many there are of each, and those that are not met stand first', async () => {
  const { run, screen } = await gateOf(40, ['Release Manager'])
  run.emit({
    kind: 'confirm',
    step: 's1.37',
    ask: '',
    answer: 'yes',
    observed: [{ name: 'ready', value: '2', unit: null, op: '<', want: '1', ok: false }],
    how: 'key',
    by: 'kim',
    source: null,
    note: 'no',
  })
  const shown = screen.resize(120, 40).rows().join('\n')
  expect(shown).toMatch(/Criteria +1 NOT met, 39 \w/)
  expect(shown).toMatch(/Criteria.*\n.*NOT met.*1\.37 Team 1\.37 is ready/)
  expect(shown).toMatch(/rows 1 to \d+ of \d+: /)
})

describe('the reason of an approver', () => {
  const reason = `p95 doubled\u202e at 14:20 ${'and stayed there '.repeat(6)}until 14:50`

  test('is read at the gate whole, and says nothing hidden', async () => {
    const { rows, decide } = await gateOf(0, ROLES.slice(0, 3))
    decide('Platform Lead', 'go', reason)
    expect(read(rows())).toContain(reason.replace('\u202e', '\\u202e'))
  })

  test('is read beside the decision where there is room', async () => {
    const { screen, decide } = await gateOf(0, ROLES.slice(0, 2))
    decide('Release Manager', 'go', 'within noise')
    expect(screen.resize(200, 50).rows().join('\n')).toMatch(/GO \d\d:\d\d, key verified {2}"within noise"/)
  })

  test('is read in plain mode: in its sentence, with who is missing still, and with the question', async () => {
    const { run, decide } = await gateOf(0, ROLES.slice(0, 2))
    const scene = () => ({ walk: toWalk(run.runbook), ...run.snapshot() })
    const told: (string | null)[] = []
    run.onEntry((entry, snapshot) => told.push(sentenceOf(entry, snapshot, run.runbook)))
    decide('Release Manager', 'go', 'within noise')
    expect(told.at(-1)).toBe(
      'Gate 2.1: GO signed by release-manager@example.com, Release Manager: "within noise". 1 of 2 signed, missing Platform Lead.',
    )
    const said = questionLines(scene()).join('\n')
    expect(said).toMatch(/GO "within noise" by release-manager@example\.com, Release Manager/)
    expect(said).toContain('Platform Lead (platform-lead@example.com): no answer yet.')
  })

  test('of a NO-GO is still read once it is asked again, where it counts no more, and at the end', async () => {
    const { run, screen, ask, decide, rows } = await gateOf(0, ['Release Manager'])
    const ended = (decision: 'go' | 'no-go') =>
      run.emit({ kind: 'gate.end', step: 's2.1', decision, approvals: [], voided: [], criteria: [] })
    decide('Release Manager', 'no-go', 'too slow')
    ended('no-go')
    expect(read(rows())).toMatch(/release-manager@example.com +NO-GO \d\d:\d\d, key verified "too slow"/)
    expect(read(rows())).not.toContain('no answer yet')
    const plain = questionLines({ walk: toWalk(run.runbook), ...run.snapshot() }).join('\n')
    expect(plain).toMatch(/NO-GO "too slow" by release-manager@example\.com[\s\S]*The decision is NO-GO/)
    expect(plain).not.toContain('They run')
    run.emit({
      kind: 'step.decide',
      step: 's2.1',
      attempt: 0,
      state: 'failed',
      choice: 'rerun',
      reason: 'mended',
      by: 'kim',
    })
    ask()
    await screen.settle()
    expect(read(rows())).toContain('0 of 1 signed, missing Release Manager')
    expect(read(rows())).toMatch(/Again +asked again by kim: "mended"/)
    expect(read(rows())).toMatch(/Before +NO-GO "too slow" \d\d:\d\d, Release Manager/)
    decide('Release Manager', 'go', 'it is fast again')
    ended('go')
    run.emit({ kind: 'run.end', result: 'passed', steps: { passed: 1, failed: 0, skipped: 0, unknown: 0, open: 0 } })
    await screen.settle()
    const finish = read(screen.resize(100, 40).rows())
    expect(finish).toContain('2.1 NO-GO "too slow" by release-manager@example.com, Release Manager')
    expect(finish).toContain('2.1 GO "it is fast again" by release-manager@example.com, Release Manager')
  })
})

test('what comes to a gate is said in row 2, also where the screen has gone on to the next step', async () => {
  const { run, screen, decide, rows } = await gateOf(0, ROLES.slice(0, 2))
  const refused: EventOf<'approval.refused'> = {
    kind: 'approval.refused',
    request: run.snapshot().state.gates.get('s2.1')?.request ?? -1,
    sha256: '0'.repeat(64),
    why: 'unlisted',
  }
  run.emit(refused)
  expect(screen.resize(120, 40).needed).toContain('2.1: an approval was refused: the signer is not listed')
  run.emit(refused)
  expect(read(rows())).toMatch(/Refused +a signer who is not listed, 2 times/)
  decide('Release Manager', 'go', 'within noise')
  expect(screen.needed).toContain('2.1: GO "within noise" by release-manager@example.com')
  decide('Platform Lead', 'no-go', 'too slow')
  run.emit({ kind: 'gate.end', step: 's2.1', decision: 'no-go', approvals: [], voided: [], criteria: [] })
  await screen.settle()
  expect(screen.needed).toContain('NO-GO')
  await screen.press('enter').settle()
  expect(screen.needed).toContain('2.1 is a NO-GO: ask again, pause or end the run')
  await screen.press('r').settle()
  await screen.press('enter').settle()
  expect(screen.needed).toContain('reason needed')
  await screen.type('mended').press('enter').settle()
  expect(run.said).toEqual([{ kind: 'decide', step: 's2.1', choice: 'rerun', reason: 'mended' }])
})
