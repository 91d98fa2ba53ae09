import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EMPTY_STATE, type EventOf, type RunState, SharedList } from '../../src/model/index.ts'
import { nextAutomatic } from '../../src/runner/deciding/advance.ts'
import { decide } from '../../src/runner/deciding/decide.ts'
import { type Live, needOf } from '../../src/runner/deciding/need.ts'
import { isOpenTo, walkUnattended } from '../../src/runner/index.ts'
import { runbookFile } from '../../src/runner/local/index.ts'
import { KIM, NOTHING_PROVIDED, testCore } from '../helpers/core.ts'
import { runbookOf, wanted } from '../helpers/runbook.ts'

const runbook = runbookOf([
  wanted({ id: 'ask', kind: 'confirmation' }),
  wanted({ id: 'soak', kind: 'wait', durationMs: 60_000 }),
])
const sha = 'b'.repeat(64)

describe('a change of the file as an input', () => {
  const core = testCore(runbook)
  const { context } = core
  const live: Live = { heldSecrets: new Set(), rejected: new Map(), changed: { now: sha, diff: '+x' } }

  test('is asked with a bounded difference, and no more once the file is as it was or was decided on', () => {
    const seen = (sha256: string | null, text: string | null, state: RunState = core.state()) =>
      decide(context, state, live, { kind: 'runbook', seen: { sha256, text } }).orders
    const long = Array.from({ length: 5000 }, (_, line) => `line ${line} \u0001\n`).join('')
    const [asked] = seen(sha, long)
    if (asked?.kind !== 'ask-runbook' || asked.changed === null) throw new Error('nothing is asked')
    expect(asked.changed.diff.length).toBeLessThan(60_000)
    expect(asked.changed.diff).toMatch(/@ \d+ more lines of the difference are left out$/)
    expect(seen(null, null)).toEqual([{ kind: 'ask-runbook', changed: { now: null, diff: 'the file is gone' } }])
    expect(seen(runbook.sha256, runbook.source)).toEqual([{ kind: 'ask-runbook', changed: null }])
    expect(seen(sha, 'x', { ...core.state(), keptRunbook: { now: sha } })).toEqual([
      { kind: 'ask-runbook', changed: null },
    ])
  })

  test('refuses what begins or ends a step until it is decided, and takes what does neither', () => {
    const say = (answer: Parameters<typeof core.say>[0]) =>
      decide(context, core.state(), live, { kind: 'said', answer, speaker: KIM })
    const tick = { kind: 'confirm', step: 'ask', answer: 'yes', observed: null, note: null } as const
    expect(needOf(context, core.state(), live)).toEqual({ kind: 'changed', step: 'ask', now: sha, diff: '+x' })
    expect(say(tick).reply).toMatchObject({ ok: false, why: expect.stringContaining('decide first') })
    expect(say({ kind: 'skip', step: 'ask', reason: 'x' }).reply.ok).toBe(false)
    expect(say({ kind: 'note', step: null, text: 'seen' }).reply.ok).toBe(true)
    expect(say({ kind: 'runbook', decision: 'keep' }).events).toEqual([
      { kind: 'runbook.changed', was: runbook.sha256, now: sha, diff: '+x', decision: 'keep', by: KIM.by },
    ])
    expect(say({ kind: 'runbook', decision: 'stop' }).events.map(({ kind }) => kind)).toEqual([
      'runbook.changed',
      'run.pause',
    ])
  })

  test('holds back what begins by itself', () => {
    core.say({ kind: 'confirm', step: 'ask', answer: 'yes', observed: null, note: null })
    const fresh = { ...core.state(), steps: core.state().steps.changed('soak', { ...pendingSoak() }) }
    const moment = { nowMs: 5_000_000, challenge: 'c' }
    expect(nextAutomatic(context, fresh, { ...live, changed: null }, moment)).toMatchObject({ kind: 'wait.start' })
    expect(nextAutomatic(context, fresh, live, moment)).toBeNull()
  })

  function pendingSoak() {
    const record = core.state().steps.get('soak')
    if (record === undefined) throw new Error('no such step')
    return { ...record, status: { kind: 'pending' } as const }
  }
})

test('a run that can be recorded no more while a change is asked about ends with what made it impossible', async () => {
  const { context, state } = testCore(runbook)
  const ended = Promise.reject(new Error('the disk is gone'))
  const conversation = {
    runbook,
    snapshot: () => ({ state: state(), need: { kind: 'changed', step: 'ask', now: sha, diff: '+x' } }) as const,
    scriptToEdit: () => ({ ok: false, why: 'no' }) as const,
    onEntry: () => () => undefined,
    onPassing: () => () => undefined,
    say: async () => ({ ok: false, why: 'the run is no longer driven here' }) as const,
    ended,
  }
  const given = { ...NOTHING_PROVIDED, operator: KIM.by }
  await expect(walkUnattended(context, conversation, given, 0, () => 0)).rejects.toThrow('the disk is gone')
})

describe('an offer and its acceptance as inputs', () => {
  const accept: EventOf<'handoff.accept'> = {
    kind: 'handoff.accept',
    offer: 7,
    by: 'next@x',
    keyid: 'k2',
    envelope: 'e',
  }
  const core = testCore(runbook)
  const offered = (to: string): RunState => {
    const event = {
      kind: 'handoff.offer',
      to,
      note: null,
      challenge: 'c',
      by: KIM.by,
      keyid: 'k',
      envelope: 'e',
    } as const
    return { ...core.state(), offer: { seq: 7, atMs: 0, event, refused: new SharedList() } }
  }
  const take = (state: RunState) =>
    decide(
      core.context,
      state,
      { heldSecrets: new Set(), rejected: new Map() },
      { kind: 'acceptance', verdict: { kind: 'counts', event: accept } },
    )

  test('the operator alone offers, to somebody else', () => {
    const offer = (to: string, by = KIM.by) => core.say({ kind: 'offer', to, note: null }, { ...KIM, by }).ok
    expect(offer('next@x')).toBe(true)
    expect(core.orders.at(-1)).toEqual({ kind: 'sign-offer', to: 'next@x', note: null })
    expect([offer(KIM.by), offer(' '), offer('next@x', 'third@x')]).toEqual([false, false, false])
  })

  test('an acceptance of the offer that stands changes the operator and pauses; any other is refused as stale', () => {
    expect(take(offered('next@x')).events).toMatchObject([
      accept,
      { kind: 'run.pause', reason: 'handed over to next@x' },
    ])
    for (const state of [offered('third@x'), core.state(), { ...offered('next@x'), result: 'passed' as const }])
      expect(take(state).events).toMatchObject([{ kind: 'approval.refused', request: 7, why: 'stale' }])
    expect(isOpenTo(EMPTY_STATE, accept)).toBe(false)
  })
})

describe('the file of a runbook', () => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'signoff-runbook-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  test('is told once for each change of its content, and of its coming back', async () => {
    const path = join(root, 'release.md')
    writeFileSync(path, 'one\n')
    const file = runbookFile(path, '2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806', true)
    expect([await file.look(), await file.look()]).toEqual([null, null])
    writeFileSync(path, 'two\n')
    expect(await file.look()).toMatchObject({ text: 'two\n' })
    writeFileSync(path, 'two\n')
    expect(await file.look()).toBeNull()
    renameSync(path, `${path}.away`)
    expect([await file.look(), await file.look()]).toEqual([{ sha256: null, text: null }, null])
    writeFileSync(path, 'one\n')
    expect(await file.look()).toMatchObject({ text: 'one\n' })
  })

  test('that never was where it is looked for is not missed', async () => {
    expect(await runbookFile(join(root, 'nowhere.md'), sha, false).look()).toBeNull()
  })
})
