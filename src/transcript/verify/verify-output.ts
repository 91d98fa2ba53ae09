import { createHash, type Hash } from 'node:crypto'
import type { EventOf, RunEvent } from '../../model/index.ts'
import type { Finding } from './verify-report.ts'

type Chunk = EventOf<'output'> | EventOf<'output.late'>
type End = EventOf<'output.end'> | EventOf<'output.late.end'>

export interface OutputCheck {
  /** Takes one event of a script's output, in order. */
  add(event: Chunk | End | EventOf<'step.start'>, line: number): void
  /** Takes one chunk whose bytes are at hand already; they are read before this returns. */
  addBytes(chunk: Placed & { readonly at: number; readonly bytes: Uint8Array }, line: number): void
  /** Says that a line of the copy is withheld, which may be one of output: what is missing is then no fault of it. */
  withhold(): void
  readonly findings: readonly Finding[]
}

/** Whether an event is one that the check of the output takes. */
export function isOutput(event: RunEvent): event is Chunk | End {
  return ['output', 'output.end', 'output.late', 'output.late.end'].includes(event.kind)
}

/** What says whose output something is. */
interface Placed {
  readonly kind: string
  readonly step: string
  readonly attempt: number
  readonly fd: string
}

interface Stream {
  readonly hash: Hash
  kept: number
  /** Where the next chunk begins in the recorded stream. */
  next: number
  whole: boolean
}

/** Holds the chunks of each script against its `output.end`: their order, their length and, where all of it was kept, the digest. */
export function createOutputCheck(): OutputCheck {
  const findings: Finding[] = []
  const streams = new Map<string, Stream>()
  let isWhole = true
  const broken = (message: string, line: number) => findings.push({ check: 'output', exit: 4, message, line })

  function chunk(event: Placed & { readonly at: number }, bytes: Uint8Array, line: number): void {
    const id = streamId(event, event.fd)
    // Late output begins where the script's own ended: its first chunk says where.
    const next = event.kind === 'output' ? 0 : event.at
    const stream = streams.get(id) ?? { hash: createHash('sha256'), kept: 0, next, whole: true }
    streams.set(id, stream)
    if (event.at < stream.next)
      broken(`output at ${event.at} of ${event.fd}, where ${stream.next} was written already`, line)
    if (event.at !== stream.next) stream.whole = false
    stream.hash.update(bytes)
    stream.kept += bytes.length
    stream.next = event.at + bytes.length
  }

  function end(event: End, line: number): void {
    for (const { fd, bytes, kept, sha256, lost } of event.streams) {
      const id = streamId(event, fd)
      const stream = streams.get(id) ?? { hash: createHash('sha256'), kept: 0, next: 0, whole: true }
      streams.delete(id)
      const where = `the ${isLate(event) ? 'late ' : ''}output ${fd} of ${event.step}, attempt ${event.attempt},`
      if (!isWhole && stream.kept < kept) {
        const message = `${where} is not here whole (${stream.kept} of ${kept} bytes): its digest is the writer's word`
        findings.push({ check: 'output', exit: 0, message, line })
      } else if (stream.kept !== kept) broken(`${where} has ${stream.kept} bytes here, and ${kept} by its end`, line)
      else if (!isLate(event) && stream.next > bytes) broken(`${where} goes on behind its end at ${bytes}`, line)
      else if (stream.whole && kept === bytes && lost === 0) {
        if (stream.hash.digest('hex') !== sha256) broken(`${where} has not the digest of its end`, line)
      } else {
        const message = `${where} was not kept whole (${kept} of ${bytes} bytes, ${lost} lost): its digest is the writer's word`
        findings.push({ check: 'output', exit: 0, message, line })
      }
    }
    for (const fd of ['out', 'err', 'pty'] as const)
      if (streams.delete(streamId(event, fd))) broken(`output ${fd} of ${event.step} has no digest at its end`, line)
  }

  return {
    add(event, line) {
      if (event.kind === 'output' || event.kind === 'output.late') chunk(event, bytesOf(event), line)
      else if (event.kind === 'output.end' || event.kind === 'output.late.end') end(event, line)
      // An order starts once; what an earlier attempt left open (its end unknown) is dropped with it.
      else for (const fd of ['out', 'err', 'pty'] as const) streams.delete(streamId(event, fd))
    },
    withhold() {
      isWhole = false
    },
    addBytes: (event, line) => chunk(event, event.bytes, line),
    findings,
  }
}

function bytesOf({ text, b64 }: Chunk): Buffer {
  return text === undefined ? Buffer.from(b64 ?? '', 'base64') : Buffer.from(text)
}

function isLate(event: { readonly kind: string }): boolean {
  return event.kind.startsWith('output.late')
}

function streamId(event: Omit<Placed, 'fd'>, fd: string): string {
  return `${event.step}:${event.attempt}:${isLate(event) ? 'late ' : ''}${fd}`
}
