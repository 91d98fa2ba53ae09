import { z } from 'zod'
import { type Entry, EVENT_FIELDS, type EventKind, type RunEvent, SALTED } from '../../model/index.ts'
import { encode } from '../encoding/canonical.ts'
import { isOverfull } from './line-weight.ts'

/** Bytes that a line may have, without its LF: lines 0 and 1 hold the runbook and the plan. */
export const LONG_LINE_BYTES = 32 * 1024 * 1024
export const LINE_BYTES = 1024 * 1024
const NESTING = 16

/** What every line has, whatever its kind; `entry` is null for a kind that this version does not know. */
export interface DecodedLine {
  readonly seq: number
  readonly prev: string
  /** The writer's claim, milliseconds since the epoch. */
  readonly atMs: number
  /** Milliseconds of a clock that does not jump, since the writing process started. */
  readonly monoMs: number
  readonly kind: string
  readonly entry: Entry | null
}

export type LineAnswer =
  | { readonly ok: true; readonly line: DecodedLine }
  /** `seq` is set where the line is JSON with a numeric `seq`: then it was a line once, and is no torn write. */
  | { readonly ok: false; readonly why: string; readonly seq: number | null }

/** Reads one line, without its LF, strictly: only what {@link encode} and the schema of its kind would have written. */
export function decodeLine(text: string): LineAnswer {
  // Only the first two lines may be so long, and they are of known kinds.
  if (text.length > LINE_BYTES && isOverfull(text))
    return { ok: false, why: 'no line of so many parts', seq: seqAt(text) }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, why: 'not JSON', seq: null }
  }
  const seq = seqOf(value)
  const refuse = (why: string): LineAnswer => ({ ok: false, why, seq })
  if (text.length > (seq === 0 || seq === 1 ? LONG_LINE_BYTES : LINE_BYTES)) return refuse('longer than a line may be')
  if (!isPlain(value, NESTING)) return refuse('nested too deep, or a number that is no safe integer')
  const common = CommonSchema.safeParse(value)
  if (!common.success) return refuse(whyOf(common.error))
  const { kind, prev, mono } = common.data
  const atMs = Date.parse(common.data.t)
  if (Number.isNaN(atMs) || new Date(atMs).toISOString() !== common.data.t) return refuse('`t` is no time')
  const line = { seq: common.data.seq, prev, atMs, monoMs: mono, kind }
  if (!isKnown(kind)) {
    // The common fields stand first in any kind, so that the file can be followed by eye.
    if (encode(value) !== text || keysOf(value).slice(0, 5).join() !== COMMON_KEYS) return refuse(whyNotCanonical(text))
    // Engines put such keys first, wherever they stood: other readers would see another order.
    if (hasIntegerKey(value)) return refuse('a key that looks like a number')
    return { ok: true, line: { ...line, entry: null } }
  }
  const parsed = schemaOf(kind).safeParse(value)
  if (!parsed.success) return refuse(`${kind}: ${whyOf(parsed.error)}`)
  // zod gives the keys in the order of the schema, so one comparison holds order, spaces, escapes and double keys.
  if (encode(parsed.data) !== text) return refuse(whyNotCanonical(text))
  return { ok: true, line: { ...line, entry: { seq: line.seq, atMs, event: eventOf(parsed.data) } } }
}

/** The canonical line of one event, without LF. `salt` is used where the kind has one. Throws a ZodError for an event that is none. */
export function encodeLine(
  event: RunEvent,
  common: { readonly seq: number; readonly prev: string; readonly atMs: number; readonly monoMs: number },
  salt: string,
): { readonly text: string; readonly entry: Entry } {
  const { kind, ...fields } = event
  const value = schemaOf(kind).parse({
    seq: common.seq,
    prev: common.prev,
    t: new Date(common.atMs).toISOString(),
    mono: common.monoMs,
    kind,
    ...fields,
    ...(SALTED.has(kind) ? { salt } : {}),
  })
  return { text: encode(value), entry: { seq: common.seq, atMs: common.atMs, event: eventOf(value) } }
}

/** Canonical lines are ASCII by construction: only one that is not canonical need be looked at for what is wrong. */
function whyNotCanonical(text: string): string {
  if (text.endsWith('\r')) return 'ends in CRLF; the file was converted'
  if (!/^[\x20-\x7e]*$/.test(text)) return 'holds bytes outside ASCII 0x20..0x7e'
  return 'not canonical: order of keys, spaces, escapes or a key given twice'
}

/** What every line begins with. */
export const CommonShape = {
  seq: z.int().nonnegative(),
  prev: z.string().regex(/^[0-9a-f]{64}$/),
  t: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
  mono: z.int().nonnegative(),
}
const CommonSchema = z.looseObject({ ...CommonShape, kind: z.string().min(1).max(100) })
const COMMON_KEYS = 'seq,prev,t,mono,kind'

/** 16 bytes in base64url: the last of 22 characters carries two bits. */
const salt = z.string().regex(/^[A-Za-z0-9_-]{21}[AQgw]$/)

type LineSchema = z.ZodType<Record<string, unknown>>

const SCHEMAS: ReadonlyMap<string, LineSchema> = new Map(
  (Object.keys(EVENT_FIELDS) as EventKind[]).map(kind => [kind, lineSchema(kind)]),
)

function lineSchema(kind: EventKind): LineSchema {
  const shape = lineShape(kind)
  if (kind !== 'output' && kind !== 'output.late') return z.strictObject(shape)
  return z.strictObject(shape).refine(isOneChunk, 'exactly one of `text` (well-formed) and `b64` (canonical)')
}

/** The fields of a line of one kind, in the order that they stand in. */
export function lineShape(kind: EventKind): z.core.$ZodLooseShape {
  return { ...CommonShape, kind: z.literal(kind), ...EVENT_FIELDS[kind], ...(SALTED.has(kind) ? { salt } : {}) }
}

function isOneChunk(value: Record<string, unknown>): boolean {
  const { text, b64 } = value
  if (typeof text === 'string') return b64 === undefined && (!/[\ud800-\udfff]/.test(text) || !/\p{Cs}/u.test(text))
  return typeof b64 === 'string' && Buffer.from(b64, 'base64').toString('base64') === b64
}

function schemaOf(kind: EventKind): LineSchema {
  const schema = SCHEMAS.get(kind)
  if (schema === undefined) throw new TypeError(`no schema for kind ${kind}`)
  return schema
}

/** Takes off what belongs to the line. The cast: the schema of that very kind has accepted it. */
function eventOf(value: Record<string, unknown>): RunEvent {
  const { seq: _seq, prev: _prev, t: _t, mono: _mono, salt: _salt, ...event } = value
  return event as unknown as RunEvent
}

function isKnown(kind: string): kind is EventKind {
  return SCHEMAS.has(kind)
}

function seqOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('seq' in value)) return null
  return typeof value.seq === 'number' ? value.seq : null
}

/** The number that a text begins with, as lines do, without parsing the rest. */
function seqAt(text: string): number | null {
  const found = /^\{"seq":(\d{1,15}),/.exec(text)
  return found === null ? null : Number(found[1])
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every(inner => isPlain(inner, depth - 1))
}

function hasIntegerKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const isMap = !Array.isArray(value)
  return Object.entries(value).some(([key, inner]) => (isMap && /^\d+$/.test(key)) || hasIntegerKey(inner))
}

function whyOf(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'not as the schema says'
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`
}
