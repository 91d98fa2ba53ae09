import { createHash } from 'node:crypto'
import type { EventOf } from '../../../model/index.ts'
import type { StreamMasker } from '../../scripts/masker.ts'

export const CHUNK_BYTES = 65_536
/** How much of the end is kept of a stream that is longer than its budget. */
export const TAIL_BYTES = 65_536

/** `output` while the script runs, `output.late` for what others say into its pipes after it has ended. */
export type OutputEvent = EventOf<'output'> | EventOf<'output.late'>
/** Output that nobody keeps. */
export type PassingEvent = EventOf<'output'>
export type StreamEnd = EventOf<'output.end'>['streams'][number]

export interface OutputStream {
  /** Takes raw bytes; gives the events that are full. */
  push(bytes: Buffer): OutputEvent[]
  /** Gives what waits, but an incomplete character at its end. */
  flush(): OutputEvent[]
  /**
   * What has gone by since the last call and is beyond what is kept, its newest 64 KiB at most: to be shown while the script runs, and
   * never recorded. Null where nothing has.
   */
  passing(): PassingEvent | null
  /**
   * Gives the rest, and what `output.end` says of this stream. `lost`: raw bytes that never reached the spool. `open`: more may
   * come by the same masker, so that what it holds back waits for it.
   */
  end(lost: number, open?: boolean): { readonly events: OutputEvent[]; readonly end: StreamEnd }
  /** Offset up to which bytes were taken. */
  readonly bytes: number
  /** True while bytes wait for `flush`. */
  readonly waiting: boolean
}

/**
 * One stream of a script, from raw bytes to events: masked, then counted and hashed, then cut into chunks that never
 * divide a character. Of a long stream the first `keepBytes` and the last 64 KiB become events; all of it is counted and
 * hashed. What it holds does not grow with the stream.
 *
 * @param recorded offset up to which an earlier process has recorded this stream: events start there, with no gap and no
 * duplicate, because the masked bytes are the same at every reading.
 * @param from offset where this stream begins in all that came through the pipe; what lies before it is passed over.
 * @param at offset of the first byte that will be pushed.
 * @param maskedBefore matches that were counted before `from`.
 */
export function openOutputStream(options: {
  readonly step: string
  readonly attempt: number
  readonly fd: 'out' | 'err' | 'pty'
  readonly masker: StreamMasker
  readonly keepBytes: number
  readonly recorded: number
  readonly kind?: OutputEvent['kind']
  readonly from?: number
  readonly at?: number
  readonly maskedBefore?: number
}): OutputStream {
  const { step, attempt, fd, masker, keepBytes, recorded, kind = 'output', from: origin = 0 } = options
  const hash = createHash('sha256')
  let bytes = options.at ?? 0
  let kept = 0
  /** Bytes that wait to become an event; the first of them has the offset `pendingAt`. */
  let pending: Buffer[] = []
  let pendingBytes = 0
  let pendingAt = 0
  let tail: Buffer | null = null
  let tailBytes = 0
  let headEnd: number | null = null
  /** Offset up to which what is not kept was given out to be shown. */
  let shownTo = 0

  const eventOf = (at: number, chunk: Buffer) => {
    const text = decode(chunk)
    const place = { step, attempt, fd, at } as const
    return text === null ? { ...place, b64: chunk.toString('base64') } : { ...place, text }
  }

  const emit = (at: number, chunk: Buffer): OutputEvent[] => {
    kept += chunk.length
    const skip = Math.min(chunk.length, Math.max(0, recorded - at))
    if (skip === chunk.length) return []
    // Late output is that of pipes alone: a terminal ends with its script.
    return [{ kind, ...eventOf(at + skip, chunk.subarray(skip)) } as OutputEvent]
  }

  const take = (whole: boolean): OutputEvent[] => {
    if (pendingBytes === 0) return []
    const all = pending.length === 1 ? (pending[0] as Buffer) : Buffer.concat(pending)
    const events: OutputEvent[] = []
    let from = 0
    while (from < all.length) {
      const chunk = all.subarray(from, from + CHUNK_BYTES)
      const isLast = from + chunk.length === all.length
      const length = isLast && whole ? chunk.length : chunk.length - incompleteTail(chunk)
      events.push(...emit(pendingAt + from, chunk.subarray(0, length)))
      from += length
      if (isLast) break
    }
    pendingAt += from
    pending = from === all.length ? [] : [Buffer.from(all.subarray(from))]
    pendingBytes = all.length - from
    return events
  }

  /** The newest bytes, in one buffer that is made once: a flood must not leave a heap of old tails behind. */
  const keepTail = (chunk: Buffer): void => {
    tail ??= Buffer.allocUnsafe(TAIL_BYTES)
    const added = chunk.subarray(-TAIL_BYTES)
    const staying = Math.min(tailBytes, TAIL_BYTES - added.length)
    tail.copyWithin(0, tailBytes - staying, tailBytes)
    added.copy(tail, staying)
    tailBytes = staying + added.length
  }

  const accept = (all: Buffer): OutputEvent[] => {
    const masked = bytes < origin ? all.subarray(origin - bytes) : all
    const before = Math.max(bytes, origin)
    bytes += all.length
    if (masked.length === 0) return []
    hash.update(masked)
    const room = Math.max(0, origin + keepBytes - before)
    const head = masked.subarray(0, room)
    if (head.length > 0) {
      if (pendingBytes === 0) pendingAt = before
      pending.push(Buffer.from(head))
      pendingBytes += head.length
    }
    const events = pendingBytes >= CHUNK_BYTES ? take(false) : []
    if (masked.length > room) {
      if (headEnd === null) {
        // The budget may end inside a character: its first bytes go to the tail, so that the head stays text.
        events.push(...take(false))
        headEnd = pendingBytes === 0 ? origin + keepBytes : pendingAt
        for (const rest of pending) keepTail(rest)
        pending = []
        pendingBytes = 0
      }
      keepTail(masked.subarray(room))
    }
    return events
  }

  return {
    push: raw => accept(masker.push(raw)),
    flush: () => take(false),
    passing() {
      if (tail === null || kind !== 'output') return null
      const last = tail.subarray(0, tailBytes)
      const unseen = Math.max(shownTo, bytes - last.length)
      const whole = last.subarray(last.length - (bytes - unseen))
      // Where some was left out between, it may begin inside a character.
      const skip = unseen > shownTo ? leadingContinuation(whole) : 0
      const chunk = whole.subarray(skip, whole.length - incompleteTail(whole))
      if (chunk.length === 0) return null
      shownTo = unseen + skip + chunk.length
      return { kind: 'output', ...eventOf(unseen + skip, chunk) } as PassingEvent
    },
    end(lost, open = false) {
      const events = [...(open ? [] : accept(masker.end())), ...take(true)]
      if (tail !== null) {
        const last = tail.subarray(0, tailBytes)
        // A cut that left something out must not start inside a character either.
        const from = bytes - last.length > (headEnd ?? 0) ? leadingContinuation(last) : 0
        events.push(...emit(bytes - last.length + from, last.subarray(from)))
      }
      tail = null
      const masked = Math.max(0, masker.masked - (options.maskedBefore ?? 0))
      const sha256 = hash.digest('hex')
      return { events, end: { fd, bytes: Math.max(0, bytes - origin), sha256, kept, masked, lost } }
    },
    get bytes() {
      return bytes
    },
    get waiting() {
      return pendingBytes > 0
    },
  }
}

/** The text of a chunk; null if it is not valid UTF-8. A byte order mark stays in it. */
function decode(chunk: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(chunk)
  } catch {
    return null
  }
}

/** How many bytes at the end are the start of a character that is not complete: 0 to 3. */
function incompleteTail(chunk: Buffer): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back++) {
    const byte = chunk[chunk.length - back] ?? 0
    if (byte >= 0xc0)
      return byte >= 0xf0 ? (back < 4 ? back : 0) : byte >= 0xe0 ? (back < 3 ? back : 0) : back < 2 ? back : 0
    if (byte < 0x80) return 0
  }
  return 0
}

/** How many bytes at the start go on with a character that began before: 0 to 3. */
function leadingContinuation(chunk: Buffer): number {
  let count = 0
  while (count < 3 && count < chunk.length && ((chunk[count] ?? 0) & 0xc0) === 0x80) count++
  return count
}
