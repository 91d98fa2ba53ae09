import { expect, test } from 'vitest'
import type { Conversation, Ending } from '../../src/model/index.ts'
import { walkUnattended } from '../../src/runner/unattended.ts'
import { NOTHING_PROVIDED, type TestCore, testCore } from '../helpers/core.ts'
import { runbookOf } from '../helpers/runbook.ts'

/** The pure core behind the interface that front ends see. */
function conversationWith(core: TestCore): Conversation {
  return {
    runbook: core.context.runbook,
    snapshot: () => ({ state: core.state(), need: core.need() }),
    scriptToEdit: () => ({ ok: false, why: '' }),
    onEntry: () => () => undefined,
    say: async (answer, speaker) => core.say(answer, speaker),
    get ended(): Promise<Ending> {
      const { result } = core.state()
      return result === null ? new Promise(() => undefined) : Promise.resolve({ kind: 'ended', result })
    },
  }
}

const walk = (core: TestCore): Promise<Ending> =>
  walkUnattended(core.context, conversationWith(core), NOTHING_PROVIDED, 0, () => core.nowMs)

test('a NO-GO ends a run that nobody attends: it is no pause that a retry could pass over', async () => {
  const approvers = [{ role: 'RM', principal: null }]
  const core = testCore(runbookOf([{ id: 'go', kind: 'gate', approvers, criteria: [] }]))
  const request = core.state().gates.get('go')?.request ?? -1
  const signed = { step: 'go', request, role: null, principal: 'rm@example.com', keyid: 'SHA256:rm' }
  core.input({
    kind: 'approval',
    verdict: {
      kind: 'counts',
      sha256: 'a'.repeat(64),
      event: { kind: 'approval', ...signed, decision: 'no-go', via: 'inbox', envelope: '{}' },
    },
  })
  expect(await walk(core)).toEqual({ kind: 'ended', result: 'no-go' })
})

test('a block that bash rejects is told apart from an answer that is missing', async () => {
  const core = testCore(runbookOf([{ id: 'a', kind: 'task', script: 'if' }]), { rejects: 'line 1: unexpected end' })
  expect(await walk(core)).toEqual({ kind: 'paused', why: 'rejected', reason: '1.1 line 1: unexpected end' })
  expect(core.events.some(event => event.kind === 'step.start')).toBe(false)
})

test('without an answer a confirmation pauses the run and is not taken as given', async () => {
  const core = testCore(runbookOf([{ id: 'a', kind: 'confirmation' }]))
  expect(await walk(core)).toMatchObject({ kind: 'paused', why: 'missing' })
  expect(core.state().steps.get('a')?.status.kind).toBe('pending')
})
