import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { Status } from '../claims/claim.ts'
import type { OutputEvent, OutputStream, PassingEvent, StreamEnd } from './output-stream.ts'

/** The most that is read of a stream at one look. */
export const READ_BYTES = 262_144
/** Output waits at most this long for more of it before it becomes an event. */
export const COALESCE_MS = 50
/** How often what nobody keeps is told: as often as a screen draws it. */
const PASSING_MS = 200

const FDS = ['out', 'err'] as const

export type ByStream<T> = Readonly<Record<'out' | 'err', T>>
export type Streams = ByStream<OutputStream>
export type TellEvents = (events: readonly OutputEvent[]) => Promise<void>

/** The spools of a claim, for reading, with the place up to which they were read. */
export interface Spools {
  /** Reads what is there of each stream, once, and tells what became of it. Returns how many bytes. */
  pump(streams: Streams, tell: TellEvents): Promise<number>
  /** How long they are now. */
  sizes(): ByStream<number>
  /** Where the next reading starts. */
  readonly offsets: ByStream<number>
  close(): void
}

/** @param offsets where the reading starts; they move on with it, and outlive the spools. */
export function openSpools(claim: string, offsets: Record<'out' | 'err', number>): Spools {
  const files: Record<'out' | 'err', number | null> = { out: null, err: null }
  /** A spool is made with its first byte: most scripts leave one stream silent. */
  const fileOf = (fd: 'out' | 'err'): number | null => {
    const path = join(claim, fd)
    if (files[fd] === null && existsSync(path)) files[fd] = openSync(path, 'r')
    return files[fd]
  }
  const sizeOf = (file: number | null): number => (file === null ? 0 : fstatSync(file).size)
  let buffer: Buffer | null = null
  return {
    async pump(streams, tell) {
      let moved = 0
      for (const fd of FDS) {
        const file = fileOf(fd)
        if (file === null) continue
        buffer ??= Buffer.allocUnsafe(READ_BYTES)
        // It was written a moment ago, so that no disk is waited for.
        const bytes = readSync(file, buffer, 0, READ_BYTES, offsets[fd])
        if (bytes === 0) continue
        offsets[fd] += bytes
        moved += bytes
        await tell(streams[fd].push(buffer.subarray(0, bytes)))
      }
      // A flood of which nothing is kept any more is told to nobody: keys and timers have their turn here.
      if (moved > 0) await turn()
      return moved
    },
    sizes: () => eachStream(fd => sizeOf(fileOf(fd))),
    offsets,
    close() {
      for (const file of Object.values(files)) if (file !== null) closeSync(file)
    },
  }
}

/** What is in the spools and was not read. */
export function unreadOf(spools: Spools): ByStream<number> {
  const { out, err } = spools.sizes()
  return { out: out - spools.offsets.out, err: err - spools.offsets.err }
}

/** Tells what waits in the streams once it has waited long enough. */
export function flushing(streams: Streams, tell: TellEvents): (nowMs: number) => Promise<void> {
  let since: number | null = null
  return async nowMs => {
    since = streams.out.waiting || streams.err.waiting ? (since ?? nowMs) : null
    if (since === null || nowMs - since < COALESCE_MS) return
    since = null
    await tell([...streams.out.flush(), ...streams.err.flush()])
  }
}

/** Tells, a few times a second, what goes by beyond what is kept. */
export function passingBy(
  streams: Streams,
  tell: (event: PassingEvent) => Promise<void>,
): (nowMs: number) => Promise<void> {
  let toldMs = Number.NEGATIVE_INFINITY
  return async nowMs => {
    if (nowMs - toldMs < PASSING_MS) return
    for (const fd of FDS) {
      const event = streams[fd].passing()
      if (event === null) continue
      toldMs = nowMs
      await tell(event)
    }
  }
}

/** The last events of both streams, and what `output.end` says of them. `isOver`: nothing will be read from the pipes any more. */
export function endStreams(
  streams: Streams,
  status: Status,
  unread: ByStream<number>,
  isOver: boolean,
): { readonly events: OutputEvent[]; readonly streams: StreamEnd[] } {
  const ends = FDS.map(fd => streams[fd].end(status.lost[fd] + unread[fd], !isOver && !status.closed.has(fd)))
  return { events: ends.flatMap(({ events }) => events), streams: ends.map(({ end }) => end) }
}

/** Nobody holds the pipes any more. */
export function isClosed({ closed }: Status): boolean {
  return closed.size === FDS.length
}

export function eachStream<T>(make: (fd: 'out' | 'err') => T): Record<'out' | 'err', T> {
  return { out: make('out'), err: make('err') }
}
