import { type Bytes, digest, fromHex, joinBytes, latin1, sha256Hex, toHex } from './bytes.ts'
import { readJson, text } from './envelope.ts'

/** A journal by itself: what it hashes to, and whether its lines hang together. */
export interface JournalCheck {
  readonly lines: readonly string[]
  /** Leaf of each line, lower-case hex. */
  readonly leaves: readonly string[]
  readonly bytes: number
  readonly sha256: string
  readonly root: string
  /** Lines of a copy that say only which leaf they had: number and reason. */
  readonly withheld: readonly { readonly seq: number; readonly reason: string }[]
  /** The first line that does not name the one before it, or is out of its place; null where all hang together. */
  readonly broken: string | null
  /** Bytes behind the last line end: a write that was cut. */
  readonly torn: number
}

/** Lines are hashed so many at a time: all at once would hold a promise for each of a hundred thousand. */
const AT_ONCE = 512
const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

export async function checkJournal(bytes: Bytes): Promise<JournalCheck> {
  const lines: string[] = []
  const leaves: Bytes[] = []
  let start = 0
  while (start < bytes.length) {
    const slices: Bytes[] = []
    while (slices.length < AT_ONCE && start < bytes.length) {
      const end = bytes.indexOf(0x0a, start)
      if (end === -1) break
      slices.push(bytes.slice(start, end))
      start = end + 1
    }
    if (slices.length === 0) break
    lines.push(...slices.map(latin1))
    leaves.push(...(await Promise.all(slices.map(leafOf))))
  }
  const hexes = leaves.map(toHex)
  return {
    lines,
    leaves: hexes,
    bytes: bytes.length,
    sha256: await sha256Hex(bytes),
    root: toHex(await rootOf(leaves)),
    withheld: lines.flatMap((line, seq) => (isWithheld(line) ? [{ seq, reason: text(readJson(line), 'reason') }] : [])),
    broken: brokenLink(lines, hexes),
    torn: bytes.length - start,
  }
}

/** In a copy a leaf may stand in the place of a line: then that is its digest. */
const WITHHELD = /^\{"seq":\d+,"withheld":"([0-9a-f]{64})","reason":"/

function isWithheld(line: string): boolean {
  return WITHHELD.test(line)
}

async function leafOf(line: Bytes): Promise<Bytes> {
  const leaf = WITHHELD.exec(latin1(line.subarray(0, 120)))?.[1]
  return leaf === undefined ? digest('SHA-256', joinBytes(LEAF, line)) : fromHex(leaf)
}

/** Each line says its number and the leaf of the line before it, first of all. */
function brokenLink(lines: readonly string[], leaves: readonly string[]): string | null {
  for (const [seq, line] of lines.entries()) {
    const previous = leaves[seq - 1] ?? '0'.repeat(64)
    if (isWithheld(line) ? !line.startsWith(`{"seq":${seq},`) : !line.startsWith(`{"seq":${seq},"prev":"${previous}",`))
      return `line ${seq + 1} does not follow from the line before it`
  }
  return null
}

/** RFC 6962, level by level: a node without a partner goes up as it is. */
async function rootOf(leaves: readonly Bytes[]): Promise<Bytes> {
  let level = leaves
  if (level.length === 0) return digest('SHA-256', new Uint8Array(0))
  while (level.length > 1) {
    const next: Bytes[] = []
    for (let from = 0; from < level.length; from += 2 * AT_ONCE) {
      const part = level.slice(from, from + 2 * AT_ONCE)
      next.push(...(await Promise.all(pairs(part).map(pair))))
    }
    level = next
  }
  return level[0] ?? new Uint8Array(0)
}

function pairs(level: readonly Bytes[]): (readonly [Bytes, Bytes | undefined])[] {
  const found: (readonly [Bytes, Bytes | undefined])[] = []
  for (let at = 0; at < level.length; at += 2) {
    const left = level[at]
    if (left !== undefined) found.push([left, level[at + 1]])
  }
  return found
}

async function pair([left, right]: readonly [Bytes, Bytes | undefined]): Promise<Bytes> {
  return right === undefined ? left : digest('SHA-256', joinBytes(NODE, left, right))
}
