import { z } from 'zod'
import { ApproverSchema, RoleSchema, StepKindSchema } from './plan.ts'

/**
 * What happens in a run, one kind an event; the fields are those of docs/transcript-format.md section 3, in that
 * order, because the order of the keys is part of the canonical line. `null` stands where nothing is known.
 */
const hex = z.string().regex(/^[0-9a-f]{64}$/)
const natural = z.int().nonnegative()
const text = z.string()
const how = z.enum(['key', 'typed', 'flag', 'answers'])
const source = hex.nullable()
const orderOf = { step: text, attempt: z.int().positive() }
const principal = z.strictObject({ principal: text, keyid: text })

export const StepCountsSchema = z.strictObject({
  passed: natural,
  failed: natural,
  skipped: natural,
  unknown: natural,
  open: natural,
})
export type StepCounts = z.infer<typeof StepCountsSchema>

export const ResultSchema = z.enum([
  'passed',
  'partial',
  'failed',
  'no-go',
  'rolled-back',
  'rollback-incomplete',
  'aborted',
])
/** How a run ended. */
export type Result = z.infer<typeof ResultSchema>

export const CheckSchema = z.strictObject({
  name: text,
  op: text,
  want: text,
  got: text.nullable(),
  unit: text.nullable(),
  ok: z.boolean(),
})
export type Check = z.infer<typeof CheckSchema>

export const ObservedSchema = z.strictObject({
  name: text,
  value: text,
  unit: text.nullable(),
  op: text.nullable(),
  want: text.nullable(),
  ok: z.boolean().nullable(),
})
export type Observed = z.infer<typeof ObservedSchema>

export const PlannedStepSchema = z.strictObject({
  id: text,
  position: text,
  kind: StepKindSchema,
  title: text,
  line: z.int().positive(),
  phase: text.nullable(),
  /** `main`, `recovery`, or `none` for what stands in no flow. */
  flow: z.enum(['main', 'recovery', 'none']),
  required: z.boolean(),
  approvers: z.array(ApproverSchema).nullable(),
})
export type PlannedStep = z.infer<typeof PlannedStepSchema>

const needRole = z.strictObject({ role: text.nullable(), from: z.array(text).nullable() })

const streams = z.array(
  z.strictObject({
    fd: z.enum(['out', 'err', 'pty']),
    bytes: natural,
    sha256: hex,
    kept: natural,
    masked: natural,
    lost: natural,
  }),
)

const InterpreterSchema = z.strictObject({ tag: text, command: z.array(text) })

/** Fields of each kind after the common ones (`seq`, `prev`, `t`, `mono`, `kind`) and before `salt`. */
export const EVENT_FIELDS = {
  'run.start': {
    v: z.literal(1),
    run: z.uuid(),
    release: text,
    env: text.nullable(),
    selection: z.strictObject({ from: text.nullable(), only: text.nullable(), until: text.nullable() }).nullable(),
    runbook: z.strictObject({ path: text, sha256: hex, gitBlob: text.nullable(), text }),
    git: z
      .strictObject({
        commit: text.nullable(),
        tag: text.nullable(),
        tree: text.nullable(),
        remote: text.nullable(),
        dirty: z.boolean(),
      })
      .nullable(),
    operator: principal,
    tool: z.strictObject({ name: text, version: text, rules: z.int().positive() }),
    host: z.strictObject({ name: text, user: text, os: text }),
    signersSha256: hex,
    configSha256: hex.nullable(),
    parents: z.array(z.strictObject({ run: text, leaf0: hex, seal: hex.nullable() })),
  },
  'run.plan': {
    phases: z.array(z.strictObject({ id: text, position: text, title: text, role: RoleSchema })),
    steps: z.array(PlannedStepSchema),
  },
  param: {
    name: text,
    value: text.nullable(),
    masked: z.boolean(),
    how: z.enum(['key', 'typed', 'flag', 'answers', 'env', 'default', 'step']),
    by: text,
    source,
  },
  choice: { step: text, group: text, option: text, reason: text.nullable(), how, by: text, source },
  condition: { when: text, answer: z.enum(['yes', 'no']), steps: z.array(text), how, by: text, source },
  'step.edit': { step: text, was: text, script: text, reason: text, by: text },
  'step.start': {
    ...orderOf,
    script: text,
    shell: text,
    cwd: text,
    env: z.array(text),
    size: z.tuple([natural, natural]).nullable(),
    timeoutMs: natural.nullable(),
    gates: z.array(natural),
  },
  output: {
    ...orderOf,
    fd: z.enum(['out', 'err', 'pty']),
    at: natural,
    text: text.optional(),
    b64: text.optional(),
  },
  'output.resize': { ...orderOf, cols: natural, rows: natural },
  'step.stop': { ...orderOf, signal: text, why: z.enum(['person', 'time-limit']), by: text.nullable() },
  'output.end': { ...orderOf, streams },
  'output.late': {
    ...orderOf,
    fd: z.enum(['out', 'err']),
    at: natural,
    text: text.optional(),
    b64: text.optional(),
  },
  'output.late.end': { ...orderOf, why: z.enum(['closed', 'left']), streams },
  'step.left': {
    ...orderOf,
    state: z.enum(['kept', 'before', 'none']),
    jobs: z.array(natural),
    descriptors: z.array(natural),
    open: z.array(z.enum(['out', 'err'])),
    processes: z.array(z.strictObject({ pid: natural, name: text, command: text, escaped: z.boolean() })),
  },
  'output.differs': { ...orderOf, expected: z.literal('similar'), diff: text },
  'step.end': {
    ...orderOf,
    outcome: z.enum(['exited', 'signalled', 'cancelled', 'timed-out', 'unknown']),
    exit: natural.nullable(),
    signal: text.nullable(),
    ms: natural,
    result: z.enum(['passed', 'failed', 'unknown']),
    checks: z.array(CheckSchema),
  },
  'step.decide': {
    ...orderOf,
    state: z.enum(['failed', 'timed-out', 'cancelled', 'unknown']),
    choice: z.enum(['rerun', 'passed', 'failed', 'by-hand', 'skip', 'rollback', 'stop']),
    reason: text,
    by: text,
  },
  'step.skip': {
    step: text,
    why: z.enum(['person', 'not-applicable', 'other-option', 'condition', 'selection']),
    reason: text.nullable(),
    by: text.nullable(),
  },
  'step.reopen': { step: text, reason: text, by: text },
  jump: { from: text.nullable(), to: text, over: z.array(text), reason: text, by: text },
  block: { step: text, reason: text, by: text },
  'block.end': { block: natural, reason: text, by: text },
  confirm: {
    step: text,
    ask: text,
    answer: z.enum(['yes', 'no', 'n/a']),
    observed: z.array(ObservedSchema),
    how,
    by: text,
    source,
    note: text.nullable(),
  },
  form: { step: text, text, by: text },
  note: { step: text.nullable(), text, by: text },
  'approval.request': {
    step: text,
    ask: text,
    need: z.array(needRole),
    touch: z.enum(['none', 'presence', 'verified']),
    criteria: z.array(CheckSchema),
    challenge: text,
  },
  approval: {
    step: text,
    request: natural,
    role: text.nullable(),
    decision: z.enum(['go', 'no-go']),
    principal: text,
    keyid: text,
    via: z.enum(['terminal', 'file', 'inbox']),
    envelope: text,
  },
  'approval.refused': {
    request: natural,
    sha256: hex,
    why: z.enum(['unlisted', 'operator', 'duplicate', 'stale', 'other-run', 'bad-signature', 'no-touch']),
  },
  'gate.end': {
    step: text,
    decision: z.enum(['go', 'no-go']),
    approvals: z.array(natural),
    voided: z.array(natural),
    criteria: z.array(CheckSchema),
  },
  'wait.start': { step: text, until: text, minMs: natural, reason: text.nullable() },
  'wait.end': {
    step: text,
    how: z.enum(['elapsed', 'early', 'extended', 'cancelled']),
    leftMs: natural,
    reason: text.nullable(),
    by: text.nullable(),
  },
  'phase.end': {
    phase: text,
    result: z.enum(['passed', 'failed', 'partial']),
    steps: StepCountsSchema,
    ms: natural,
    planned: z.strictObject({ minMs: natural.nullable(), maxMs: natural.nullable() }),
    criteria: text.nullable(),
    by: text.nullable(),
  },
  'rollback.start': {
    for: text.nullable(),
    of: text.nullable(),
    steps: z.array(text),
    without: z.array(text),
    reason: text,
    by: text,
  },
  'rollback.end': {
    for: text.nullable(),
    result: z.enum(['complete', 'incomplete']),
    done: z.array(text),
    failed: z.array(text),
    without: z.array(text),
  },
  'runbook.changed': { was: hex, now: hex.nullable(), diff: text, decision: z.enum(['keep', 'stop']), by: text },
  'run.interpreters': {
    interpreters: z.array(InterpreterSchema),
    was: z.array(InterpreterSchema).nullable(),
    by: text,
  },
  'handoff.offer': { to: text, note: text.nullable(), challenge: text, by: text, keyid: text, envelope: text },
  'handoff.withdraw': { offer: natural, by: text },
  'handoff.accept': { offer: natural, by: text, keyid: text, envelope: text },
  'writer.changed': {
    from: z.strictObject({ principal: text, keyid: text, host: text }),
    to: z.strictObject({ principal: text, keyid: text, host: text }),
    reason: text,
    head: hex,
  },
  'run.pause': { reason: text, step: text.nullable(), by: text.nullable() },
  'run.resume': {
    head: hex,
    tornBytes: natural,
    tornSha256: hex.nullable(),
    gapMs: natural,
    operator: principal,
    attached: z.array(text),
    unknown: z.array(text),
  },
  'journal.full': { errno: text },
  'run.abort': { reason: text, by: text },
  'run.end': { result: ResultSchema, steps: StepCountsSchema },
} as const satisfies Record<string, z.core.$ZodShape>

export type EventKind = keyof typeof EVENT_FIELDS

type Fields<K extends EventKind> = z.infer<z.ZodObject<(typeof EVENT_FIELDS)[K], z.core.$strict>>

/** One thing that happened in a run, as it lives in memory. An entry of the journal is this, numbered, timed and chained. */
export type RunEvent = { [K in EventKind]: { readonly kind: K } & Readonly<Fields<K>> }[EventKind]
export type EventOf<K extends EventKind> = Extract<RunEvent, { kind: K }>

/** Kinds whose lines end in a random `salt`, so that the leaf of a withheld line cannot be guessed. */
export const SALTED: ReadonlySet<EventKind> = new Set<EventKind>(
  (Object.keys(EVENT_FIELDS) as EventKind[]).filter(
    kind =>
      ![
        'output.resize',
        'approval',
        'rollback.end',
        'handoff.accept',
        'run.resume',
        'journal.full',
        'run.end',
      ].includes(kind),
  ),
)

/** An event with its number and time: what the fold reads, be it live or from a journal. */
export interface Entry<E extends RunEvent = RunEvent> {
  readonly seq: number
  /** Milliseconds since the epoch, UTC; the writer's claim. */
  readonly atMs: number
  readonly event: E
}
