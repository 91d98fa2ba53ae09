import { expect, test } from 'vitest'
import { testCore } from '../helpers/core.ts'
import { runbookOf, wanted } from '../helpers/runbook.ts'

const change = wanted({
  id: 'set',
  kind: 'task',
  script: 'make\n',
  risk: 'change',
  environment: 'production',
  timeoutMs: null,
})
const PHRASE = 'production v1.2.3'

function startedOrder(core: ReturnType<typeof testCore>) {
  return core.orders.flatMap(order => (order.kind === 'start' ? [order.order] : []))[0]
}

test('a person may hand their terminal to any script, at the same level and with the same phrase', () => {
  const core = testCore(runbookOf([change]), { terminal: { unrecorded: null } })
  expect(core.say({ kind: 'run', step: 'set', phrase: 'wrong', inTerminal: true }).ok).toBe(false)
  expect(core.say({ kind: 'run', step: 'set', phrase: PHRASE, inTerminal: true })).toEqual({ ok: true })
  expect(startedOrder(core)).toMatchObject({ step: 'set', terminal: true })
})

test('unasked, the script gets none', () => {
  const core = testCore(runbookOf([change]), { terminal: { unrecorded: null } })
  core.say({ kind: 'run', step: 'set', phrase: PHRASE })
  expect(startedOrder(core)).toMatchObject({ terminal: false })
})

test('where there is no terminal to hand over it is refused, and nothing is started', () => {
  const core = testCore(runbookOf([change]))
  expect(core.say({ kind: 'run', step: 'set', phrase: PHRASE, inTerminal: true })).toEqual({
    ok: false,
    why: '1.1: there is no terminal to hand over',
  })
  expect(core.orders).toEqual([])
})
