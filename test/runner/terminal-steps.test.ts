import { expect, test } from 'vitest'
import { testCore } from '../helpers/core.ts'
import { runbookOf, wanted } from '../helpers/runbook.ts'

const login = wanted({ id: 'login', kind: 'task', script: 'read -s word\n', risk: 'view', interaction: 'terminal' })
const RECORDED = { unrecorded: null }

function startOf(core: ReturnType<typeof testCore>) {
  return core.orders.flatMap(order => (order.kind === 'start' ? [order.order] : []))[0]
}

test('a script that asks at a terminal is run in the terminal of the person who is there', () => {
  const core = testCore(runbookOf([login]), { terminal: RECORDED })
  expect(core.need()).toMatchObject({ kind: 'run', step: 'login' })
  core.say({ kind: 'run', step: 'login', phrase: null })
  expect(startOf(core)).toMatchObject({ terminal: true, timeoutMs: null })
  expect(core.events.at(-1)).toMatchObject({ kind: 'step.start', size: [80, 24] })
})

test('where it cannot be recorded a note says so, before it starts', () => {
  const core = testCore(runbookOf([login]), { terminal: { unrecorded: 'no package' } })
  core.say({ kind: 'run', step: 'login', phrase: null })
  expect(core.events.slice(-2)).toMatchObject([
    { kind: 'step.start', size: null },
    { kind: 'note', step: 'login', by: 'kim@example.com', text: expect.stringMatching(/not recorded: no package$/) },
  ])
})

test('without a terminal it is blocked, and never started', () => {
  const core = testCore(runbookOf([login]))
  expect(core.need()).toMatchObject({ kind: 'blocked', why: 'it asks at a terminal, and there is none here' })
  expect(core.say({ kind: 'run', step: 'login', phrase: null }).ok).toBe(false)
  expect(core.orders).toEqual([])
})

test('the command that opens a session is lent the terminal and ticks nothing', () => {
  const shell = wanted({ id: 'shell', kind: 'manual', offer: 'ssh web1', interaction: 'terminal' })
  const core = testCore(runbookOf([shell]), { terminal: RECORDED })
  core.say({ kind: 'run-offer', step: 'shell', phrase: null })
  expect(startOf(core)).toMatchObject({ script: 'ssh web1', terminal: true })
  core.ends(0)
  expect(core.need()).toMatchObject({ kind: 'manual', step: 'shell' })
})

test('a script of no terminal gets none, whoever is there', () => {
  const make = wanted({ id: 'make', kind: 'task', script: 'make\n', risk: 'safe' })
  const core = testCore(runbookOf([make]), { terminal: RECORDED })
  core.say({ kind: 'run', step: 'make', phrase: null })
  expect(startOf(core)).toMatchObject({ terminal: false })
  expect(core.events.at(-1)).toMatchObject({ kind: 'step.start', size: null })
})
