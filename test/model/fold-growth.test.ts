import { expect, test } from 'vitest'
import { EMPTY_STATE, type Entry, type EventOf, fold, type RunEvent } from '../../src/model/index.ts'

const by = 'op@example.com'
const sha = 'ab'.repeat(32)
const counts = { passed: 0, failed: 0, skipped: 0, unknown: 0, open: 0 }
const given = { how: 'typed' as const, by, source: null }

/** What a hostile journal may hold a million lines of: events by their place among them. Each entry is numbered as it stands, from 0. */
const MANY: Readonly<Record<string, (index: number) => readonly RunEvent[]>> = {
  values: index => [{ kind: 'param', name: `org${index}`, value: 'acme', masked: false, ...given }],
  choices: index => [{ kind: 'choice', step: `way${index}`, group: 'way', option: 'Blue', reason: null, ...given }],
  conditions: index => [condition(index, [`step${index}`])],
  'conditions that are asked again': index => [condition(index, ['deploy']), reopen],
  'reopened steps of a condition of many': index =>
    index === 0
      ? [
          condition(
            0,
            Array.from({ length: 4000 }, (_, step) => `step${step}`),
          ),
        ]
      : [reopen],
  jumps: () => [{ kind: 'jump', from: null, to: 'deploy', over: ['deploy'], reason: 'r', by }],
  blocks: () => [{ kind: 'block', step: 'deploy', reason: 'r', by }],
  'blocks that are lifted': index => [
    { kind: 'block', step: 'deploy', reason: 'r', by },
    { kind: 'block.end', block: index, reason: 'r', by },
  ],
  notes: () => [{ kind: 'note', step: null, text: 'looked at it', by }],
  requests: index => [request(`gate${index}`)],
  approvals: index => (index === 0 ? [request('gate')] : [approval(0)]),
  'approvals of earlier requests': index => [request('gate'), approval(2 * index)],
  'ended gates': index => [request(`gate${index}`), approval(3 * index, `gate${index}`), gateEnd(`gate${index}`)],
  'refused approvals': index => (index === 0 ? [request('gate')] : [refused(0)]),
  'refused approvals of many gates': index => [request(`gate${index}`), refused(2 * index)],
  phases: index => [phaseEnd(`phase${index}`)],
  'phases that are opened again': index => [phaseEnd(`phase${index}`), phaseEnd('one'), reopen],
  changes: () => [{ kind: 'runbook.changed', was: sha, now: null, diff: '', decision: 'keep', by }],
  operators: index => [
    {
      kind: 'writer.changed',
      from: { principal: by, keyid: 'k', host: 'h' },
      to: { principal: `op${index}`, keyid: 'k', host: 'h' },
      reason: 'r',
      head: sha,
    },
  ],
  'refused acceptances': index =>
    index === 0
      ? [{ kind: 'handoff.offer', to: 'kim', note: null, challenge: 'QUJD', by, keyid: 'k', envelope: '{}' }]
      : [refused(0)],
}

const FEW = 500
const TIMES = 8

test.each(Object.entries(MANY))(
  'a run is folded in work that grows with its lines, not with their square: %s',
  (_, events) => {
    const few = workOf(entriesOf(events, FEW))
    const many = workOf(entriesOf(events, FEW * TIMES))
    // What is written is at most a little more of each line where there are more layers; a square would be 64.
    expect(many / few).toBeLessThan(TIMES * 2)
  },
)

/**
 * How many entries and items are written, copied and looked through while a run is folded: a count, since a time would say now and then
 * what else the machine is doing. It is taken at the methods that all of it goes through.
 */
function workOf(entries: readonly Entry[]): number {
  let work = 0
  const undo: (() => void)[] = []
  const count = (prototype: object, method: PropertyKey, worth: (target: never) => number): void => {
    const own = Object.getOwnPropertyDescriptor(prototype, method)
    const original = own?.value as (...args: unknown[]) => unknown
    Object.defineProperty(prototype, method, {
      ...own,
      value(this: never, ...args: unknown[]) {
        work += worth(this)
        return original.apply(this, args)
      },
    })
    undo.push(() => Object.defineProperty(prototype, method, own ?? {}))
  }
  try {
    count(Map.prototype, 'set', () => 1)
    count(Set.prototype, 'add', () => 1)
    for (const method of ['entries', 'keys', 'values', Symbol.iterator] as const)
      count(Map.prototype, method, (map: Map<unknown, unknown>) => map.size)
    for (const method of ['values', Symbol.iterator] as const)
      count(Set.prototype, method, (set: Set<unknown>) => set.size)
    for (const method of [
      'filter',
      'find',
      'findLast',
      'some',
      'every',
      'map',
      'flatMap',
      'slice',
      'concat',
      Symbol.iterator,
    ] as const)
      count(Array.prototype, method, (items: unknown[]) => items.length)
    fold(entries, PLANNED)
  } finally {
    for (const one of undo) one()
  }
  return work
}

function entriesOf(events: (index: number) => readonly RunEvent[], count: number): Entry[] {
  return Array.from({ length: count }, (_, index) => events(index))
    .flat()
    .map((event, seq) => ({ seq, atMs: seq, event }))
}

const step: EventOf<'run.plan'>['steps'][number] = {
  id: 'deploy',
  position: '1.1',
  kind: 'task',
  title: 'Deploy',
  line: 3,
  phase: 'one',
  flow: 'main',
  required: true,
  approvers: null,
}
const PLANNED = fold(
  [{ seq: 0, atMs: 0, event: { kind: 'run.plan', phases: [], steps: [step, { ...step, id: 'gate', kind: 'gate' }] } }],
  EMPTY_STATE,
)

const reopen: RunEvent = { kind: 'step.reopen', step: 'deploy', reason: 'r', by }

function condition(index: number, steps: string[]): RunEvent {
  return { kind: 'condition', when: `if ${index}`, answer: 'no', steps, ...given }
}

function request(gate: string): RunEvent {
  const nothing = { need: [], criteria: [], touch: 'none' as const }
  return { kind: 'approval.request', step: gate, ask: 'Go?', challenge: 'QUJD', ...nothing }
}

function approval(asked: number, gate = 'gate'): RunEvent {
  const said = {
    role: null,
    decision: 'go' as const,
    principal: 'kim',
    keyid: 'k',
    via: 'file' as const,
    envelope: '{}',
  }
  return { kind: 'approval', step: gate, request: asked, ...said }
}

function refused(asked: number): RunEvent {
  return { kind: 'approval.refused', request: asked, sha256: sha, why: 'stale' }
}

function gateEnd(gate: string): RunEvent {
  return { kind: 'gate.end', step: gate, decision: 'go', approvals: [], voided: [], criteria: [] }
}

function phaseEnd(phase: string): RunEvent {
  const planned = { minMs: null, maxMs: null }
  return { kind: 'phase.end', phase, result: 'passed', steps: counts, ms: 1, planned, criteria: null, by }
}
