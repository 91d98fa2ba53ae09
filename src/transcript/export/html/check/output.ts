import { type Bytes, fromBase64, joinBytes, sha256Hex, utf8 } from './bytes.ts'
import { field, readJson, text } from './envelope.ts'
import { broken, type Finding } from './finding.ts'
import type { JournalCheck } from './journal.ts'
import { kindOf } from './statements.ts'

interface Stream {
  readonly chunks: Bytes[]
  /** False where bytes are missing in between: then the digest is the writer's word. */
  isWhole: boolean
  next: number
}

/** Holds what each script printed against the digest at its end, where all of it is here. */
export async function checkOutput({ lines, withheld }: JournalCheck): Promise<Finding[]> {
  const findings: Finding[] = []
  const streams = new Map<string, Stream>()
  for (const [seq, line] of lines.entries()) {
    const kind = kindOf(line)
    if (kind === 'output') take(readJson(line), streams)
    if (kind === 'step.start')
      for (const name of [...streams.keys()]) if (name.startsWith(`${orderOf(readJson(line))} `)) streams.delete(name)
    if (kind !== 'output.end') continue
    const event = readJson(line)
    const said = field(event, 'streams')
    for (const one of Array.isArray(said) ? said : []) {
      const name = `${orderOf(event)} ${text(one, 'fd')}`
      const { chunks, isWhole } = streams.get(name) ?? { chunks: [], isWhole: true }
      streams.delete(name)
      const bytes = joinBytes(...chunks)
      // Of a copy it may be what is withheld.
      if (withheld.length > 0 && bytes.length < Number(field(one, 'kept'))) continue
      const isDue = isWhole && field(one, 'kept') === field(one, 'bytes') && field(one, 'lost') === 0
      if (bytes.length !== field(one, 'kept') || (isDue && (await sha256Hex(bytes)) !== text(one, 'sha256')))
        findings.push(broken(`Output on line ${seq + 1}`, `it is not what its end says of ${text(one, 'fd')}`))
    }
  }
  return findings
}

function take(event: unknown, streams: Map<string, Stream>): void {
  const name = `${orderOf(event)} ${text(event, 'fd')}`
  const stream = streams.get(name) ?? { chunks: [], isWhole: true, next: 0 }
  const b64 = field(event, 'b64')
  const bytes = typeof b64 === 'string' ? (fromBase64(b64) ?? new Uint8Array()) : utf8(text(event, 'text'))
  const at = Number(field(event, 'at'))
  if (at !== stream.next) stream.isWhole = false
  stream.next = at + bytes.length
  stream.chunks.push(bytes)
  streams.set(name, stream)
}

function orderOf(event: unknown): string {
  return JSON.stringify([field(event, 'step'), field(event, 'attempt')])
}
