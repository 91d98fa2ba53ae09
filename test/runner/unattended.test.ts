import { expect, test } from 'vitest'
import type { Conversation, Ending } from '../../src/model/index.ts'
import { NO_ANSWERS } from '../../src/runner/unattended/answers.ts'
import { lackingOf } from '../../src/runner/unattended/missing.ts'
import type { Provided } from '../../src/runner/unattended/provided-answer.ts'
import { walkUnattended } from '../../src/runner/unattended/unattended.ts'
import { NOTHING_PROVIDED, type TestCore, testCore } from '../helpers/core.ts'

import { runbookOf } from '../helpers/runbook.ts'

/** The pure core behind the interface that front ends see. */
function conversationWith(core: TestCore): Conversation {
  return {
    runbook: core.context.runbook,
    snapshot: () => ({ state: core.state(), need: core.need() }),
    scriptToEdit: () => ({ ok: false, why: '' }),
    onEntry: () => () => undefined,
    onPassing: () => () => undefined,
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

const PROBE = { script: 'uptime\n', everyMs: 10_000 }

test('a probe that must pass all along and fails pauses a run that nobody attends, at once', async () => {
  const core = testCore(runbookOf([{ id: 'soak', kind: 'wait', durationMs: 60_000, probe: PROBE }]))
  core.ends(1)
  expect(
    await walkUnattended(core.context, conversationWith(core), NOTHING_PROVIDED, 600_000, () => core.nowMs),
  ).toEqual({
    kind: 'paused',
    why: 'wait',
    reason: '1.1: its probe fails',
  })
})

test('a probe that does not pass is waited for as long as any wait, and one that nobody polls is missing a person', async () => {
  const core = testCore(runbookOf([{ id: 'ready', kind: 'wait', probe: PROBE }]))
  core.ends(1)
  core.nowMs += 601_000
  const paused = walkUnattended(core.context, conversationWith(core), NOTHING_PROVIDED, 600_000, () => core.nowMs)
  expect(await paused).toMatchObject({ kind: 'paused', why: 'wait', reason: expect.stringContaining('10 minutes') })
  const changing = { ...PROBE, script: 'make restart\n' }
  const asks = testCore(runbookOf([{ id: 'ready', kind: 'wait', probe: changing }]))
  expect(await walk(asks)).toMatchObject({ kind: 'paused', why: 'missing' })
})

test('a wait of production that an answers file cuts short needs the phrase beside it', async () => {
  const soak = { id: 'soak', kind: 'wait', durationMs: 3_600_000, environment: 'production' } as const
  const given = (confirm: Record<string, string>): Provided => ({
    ...NOTHING_PROVIDED,
    answers: { ...NO_ANSWERS, waits: { '1.1': { end: 'early', reason: 'rehearsal' } }, confirm },
  })
  const ended = async (confirm: Record<string, string>) => {
    const core = testCore(runbookOf([soak]))
    const lacking = lackingOf(core.context, core.state(), [], given(confirm)).missing
    const ending = await walkUnattended(core.context, conversationWith(core), given(confirm), 0, () => core.nowMs)
    return { lacking: lacking.map(({ how }) => how), ending }
  }
  expect(await ended({})).toMatchObject({ lacking: ["--confirm 1.1='production v1.2.3'"], ending: { kind: 'paused' } })
  expect(await ended({ '1.1': 'production v1.2.3' })).toEqual({
    lacking: [],
    ending: { kind: 'ended', result: 'passed' },
  })
})
