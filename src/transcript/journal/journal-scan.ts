import { createHash } from 'node:crypto'
import { NO_PREV } from '../encoding/hash.ts'
import type { ChainSummary } from './chain.ts'
import { createLeafHasher } from './leaf-hasher.ts'
import { type DecodedLine, decodeLine } from './line.ts'
import { createLineSplitter } from './line-splitter.ts'
import { createMerkleTree } from './merkle.ts'
import { createOutputLineReader } from './output-line.ts'
import { OutputScannedLine, type ScannedLine } from './scanned-line.ts'
import { decodeWithheld, type WithheldLine } from './withheld-line.ts'

/** What the file is, read once from its start. `good` covers the lines up to the first that is wrong. */
export interface JournalScan {
  readonly good: Omit<ChainSummary, 'sha256'>
  /** Leaf of the first line; null where there is none that is good. */
  readonly leaf0: string | null
  /** sha256 and size of the whole file, torn tail and all. */
  readonly sha256: string
  readonly bytes: number
  /** Behind the last good line, where nothing there was ever a whole line: a write that was cut. */
  readonly torn: { readonly bytes: number; readonly sha256: string } | null
  /** Whether the first bytes are those of a journal, as far as there are any. */
  readonly beginsAsJournal: boolean
  /** The first line that is wrong, 1-based as editors count, where it cannot be a torn write. */
  readonly wrong: { readonly line: number; readonly why: string } | null
}

/**
 * Reads a journal as a stream, in memory for one line and the logarithm of their number: ASCII, canonical, fields,
 * `seq`, `prev`, leaves to root. Calls back for each good line, in order.
 *
 * @param onWithheld whether a line may stand here that says only which leaf it had. Without it none may: that is a copy, and not
 * the journal.
 */
export async function scanJournal(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  onLine: (line: ScannedLine) => void,
  onWithheld?: (line: WithheldLine) => boolean,
): Promise<JournalScan> {
  const scanner = createJournalScanner(onLine, onWithheld)
  for await (const chunk of chunks) scanner.push(chunk)
  return scanner.end()
}

/** The same for whoever is handed the bytes: piece by piece, and then what the whole was. */
export interface JournalScanner {
  push(chunk: Uint8Array): void
  end(): JournalScan
}

export function createJournalScanner(
  onLine: (line: ScannedLine) => void,
  onWithheld: (line: WithheldLine) => boolean = () => false,
): JournalScanner {
  const splitter = createLineSplitter()
  const outputLines = createOutputLineReader()
  const leafOf = createLeafHasher()
  const tree = createMerkleTree()
  const file = createHash('sha256')
  const tail = createHash('sha256')
  let lines = 0
  let head = NO_PREV
  let leaf0: string | null = null
  let goodBytes = 0
  let bytes = 0
  let bad: { line: number; why: string } | null = null
  let wasALine = false

  function link(raw: Buffer, leaf = leafOf(raw)): string {
    tree.add(leaf)
    head = leaf.toString('hex')
    leaf0 ??= head
    lines++
    goodBytes += raw.length + 1
    return head
  }

  function take(raw: Buffer): void {
    const output = bad === null ? outputLines.read(raw) : null
    if (output !== null && output.seq === lines && output.prev === head && lines > 1) {
      onLine(new OutputScannedLine(raw, output, link(raw)))
      return
    }
    const text = raw.toString('latin1')
    const withheld = decodeWithheld(text)
    if (bad === null && withheld?.seq === lines && onWithheld(withheld)) {
      link(raw, Buffer.from(withheld.leaf, 'hex'))
      return
    }
    const answer = decodeLine(text)
    const why = withheld !== null ? NOT_HERE : answer.ok ? misplaced(answer.line, lines, head) : answer.why
    if (bad === null && why === null && answer.ok) {
      onLine({ ...answer.line, text, leaf: link(raw) })
      return
    }
    bad ??= { line: lines + 1, why: why ?? '' }
    // A line behind the break that still carries a number was once written whole: that is no torn write.
    wasALine ||= answer.ok || answer.seq !== null
    tail.update(raw).update('\n')
  }

  let tooLong = false
  let beginning = ''
  return {
    push(chunk) {
      file.update(chunk)
      if (beginning.length < BEGINNING.length)
        beginning += Buffer.from(chunk.subarray(0, BEGINNING.length)).toString('latin1')
      bytes += chunk.length
      if (!tooLong && !splitter.push(chunk, take)) tooLong = true
    },
    end() {
      const rest = splitter.rest()
      tail.update(rest)
      const good = { lines, bytes: goodBytes, head, root: tree.root().toString('hex') }
      const beginsAsJournal = BEGINNING.startsWith(beginning.slice(0, BEGINNING.length))
      const whole = { good, leaf0, sha256: file.digest('hex'), bytes, beginsAsJournal }
      if (tooLong) return { ...whole, torn: null, wrong: bad ?? { line: lines + 1, why: 'longer than a line may be' } }
      if (bytes === goodBytes) return { ...whole, torn: null, wrong: null }
      if (wasALine) return { ...whole, torn: null, wrong: bad }
      return { ...whole, torn: { bytes: bytes - goodBytes, sha256: tail.digest('hex') }, wrong: null }
    },
  }
}

const NOT_HERE = 'the line is withheld, and no signed addendum says so'

const BEGINNING = `{"seq":0,"prev":"${NO_PREV}"`

function misplaced(line: DecodedLine, seq: number, prev: string): string | null {
  if (line.seq !== seq) return `has seq ${line.seq} where ${seq} is due`
  if (line.prev !== prev) return '`prev` is not the leaf of the line before'
  if (seq === 0 && line.kind !== 'run.start') return 'the first line is no run.start'
  if (seq !== 0 && line.kind === 'run.start') return 'a second run.start'
  if (seq === 1 && line.kind !== 'run.plan') return 'the second line is no run.plan'
  if (seq !== 1 && line.kind === 'run.plan') return 'a second run.plan'
  return null
}
