import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Entry, type RunEvent, SignoffError } from '../../model/index.ts'
import { leafHash, NO_PREV } from '../encoding/hash.ts'
import { encodeLine, LINE_BYTES, LONG_LINE_BYTES } from './line.ts'
import { createMerkleTree } from './merkle.ts'

/** One event as it goes into the file: `line` is its text with the LF, ASCII, so characters are bytes. */
export interface ChainedLine {
  readonly line: string
  readonly entry: Entry
  /** Lower-case hex. */
  readonly leaf: string
}

/** What a chain knows of the file: the writer's memory, which the seal is checked against. */
export interface ChainSummary {
  readonly lines: number
  readonly bytes: number
  /** Leaf of the last line, or 64 zeros. Digests are lower-case hex. */
  readonly head: string
  readonly root: string
  readonly sha256: string
}

/** Links events to lines. It lives in memory: writing the lines is the caller's, in order and each of them. */
export interface Chain {
  /**
   * Makes the next line. `salt` is 16 random bytes in base64url; kinds without salt ignore it.
   * @throws {SignoffError} `BUG` for an event that its schema refuses, `JOURNAL_INVALID` for one that is too long to be a line.
   */
  append(event: RunEvent, stamp: { readonly atMs: number; readonly monoMs: number; readonly salt: string }): ChainedLine
  /** Goes on behind a line that was read and checked already, given without its LF. */
  follow(text: string): void
  readonly lines: number
  readonly bytes: number
  readonly head: string
  root(): string
  /** sha256 of all bytes so far. */
  sha256(): string
  /** Leaf of one line, lower-case hex; undefined for a line that is not there. */
  leaf(seq: number): string | undefined
  summary(): ChainSummary
}

export function createChain(): Chain {
  const tree = createMerkleTree()
  const file = createHash('sha256')
  const leaves: string[] = []
  let bytes = 0

  function link(text: string): string {
    const leaf = leafHash(text)
    tree.add(leaf)
    file.update(`${text}\n`)
    bytes += text.length + 1
    leaves.push(leaf.toString('hex'))
    return leaf.toString('hex')
  }

  const chain: Chain = {
    append(event, stamp) {
      const common = { seq: leaves.length, prev: chain.head, atMs: stamp.atMs, monoMs: stamp.monoMs }
      const { text, entry } = lineOf(event, common, stamp.salt)
      if (text.length > (common.seq < 2 ? LONG_LINE_BYTES : LINE_BYTES))
        throw new SignoffError(
          'JOURNAL_INVALID',
          `a ${event.kind} event of ${text.length} bytes is too long for a line`,
        )
      return { line: `${text}\n`, entry, leaf: link(text) }
    },
    follow: text => {
      link(text)
    },
    get lines() {
      return leaves.length
    },
    get bytes() {
      return bytes
    },
    get head() {
      return leaves.at(-1) ?? NO_PREV
    },
    root: () => tree.root().toString('hex'),
    sha256: () => file.copy().digest('hex'),
    leaf: seq => leaves[seq],
    summary: () => ({ lines: chain.lines, bytes, head: chain.head, root: chain.root(), sha256: chain.sha256() }),
  }
  return chain
}

function lineOf(...args: Parameters<typeof encodeLine>): ReturnType<typeof encodeLine> {
  try {
    return encodeLine(...args)
  } catch (cause) {
    if (!(cause instanceof z.ZodError)) throw cause
    throw new SignoffError('BUG', `the ${args[0].kind} event is not as its schema says: ${z.prettifyError(cause)}`, {
      cause,
    })
  }
}
