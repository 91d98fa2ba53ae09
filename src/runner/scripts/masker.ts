import { secretForms } from './secret-forms.ts'

/** What stands in the record in place of a secret. */
export const MASK = '***'

/** Masks one stream. Whatever the borders of the chunks, the bytes that come out are the same. */
export interface StreamMasker {
  /** Bytes that are settled; a tail that may yet turn out to be a secret waits for what follows. */
  push(chunk: Buffer): Buffer
  /** What waited, once nothing more follows. */
  end(): Buffer
  /** How many matches were replaced so far. */
  readonly masked: number
}

export interface Masker {
  /** Takes a value into the set. False if it is too short to be masked (under 6 characters). */
  add(value: string): boolean
  /** A masker for one stream, over the values held at this moment. */
  stream(): StreamMasker
  /** Masks a whole text. */
  mask(text: string): string
}

/**
 * Replaces every form of the secrets it holds (`secret-forms.ts`) by `***`. Occurrences that overlap are one
 * match, so that no piece of either is left. One pass over the bytes, whatever the number of secrets (Aho-Corasick), that
 * leaps over what can begin none of them (Wu-Manber): a flood of output is bound by its digest, not by this.
 */
export function createMasker(): Masker {
  const patterns = new Set<string>()
  let automaton: Automaton | null = null
  const current = (): Automaton => {
    automaton ??= buildAutomaton([...patterns].map(pattern => Buffer.from(pattern, 'latin1')))
    return automaton
  }
  return {
    add(value) {
      const forms = secretForms(value)
      for (const form of forms) patterns.add(form.toString('latin1'))
      automaton = null
      return forms.length > 0
    },
    stream: () => (patterns.size === 0 ? openStream() : maskedStream(current())),
    mask(text) {
      if (patterns.size === 0) return text
      const stream = maskedStream(current())
      const settled = stream.push(Buffer.from(text))
      const rest = stream.end()
      return stream.masked === 0 ? text : Buffer.concat([settled, rest]).toString()
    },
  }
}

/** A trie of all patterns; state 0 is the root. `fail` leads to the longest proper suffix that is also in the trie. */
interface Automaton {
  /** Next state by byte, from the root only: nearly every byte of ordinary output ends here. */
  readonly root: Int32Array
  readonly byte: Uint8Array
  readonly child: Int32Array
  readonly sibling: Int32Array
  readonly fail: Int32Array
  readonly depth: Int32Array
  /** Length of the longest pattern that ends in this state; 0 if none does. */
  readonly match: Int32Array
  /** How many bytes every pattern has at least. */
  readonly window: number
  /** By the last two bytes of a window: how far it may be moved without missing the start of any pattern. */
  readonly shift: Uint8Array
}

function buildAutomaton(patterns: readonly Buffer[]): Automaton {
  const size = 1 + patterns.reduce((sum, pattern) => sum + pattern.length, 0)
  const root = new Int32Array(256)
  const byte = new Uint8Array(size)
  const child = new Int32Array(size)
  const sibling = new Int32Array(size)
  const fail = new Int32Array(size)
  const depth = new Int32Array(size)
  const match = new Int32Array(size)
  let count = 1
  const childOf = (state: number, value: number): number => {
    if (state === 0) return at(root, value)
    let next = at(child, state)
    while (next !== 0 && at(byte, next) !== value) next = at(sibling, next)
    return next
  }
  for (const pattern of patterns) {
    let state = 0
    for (const value of pattern) {
      let next = childOf(state, value)
      if (next === 0) {
        next = count++
        byte[next] = value
        depth[next] = at(depth, state) + 1
        sibling[next] = at(child, state)
        child[state] = next
        if (state === 0) root[value] = next
      }
      state = next
    }
    match[state] = pattern.length
  }
  const queue = [0]
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] ?? 0
    for (let next = at(child, state); next !== 0; next = at(sibling, next)) {
      queue.push(next)
      if (state === 0) continue
      let suffix = at(fail, state)
      let target = childOf(suffix, at(byte, next))
      while (target === 0 && suffix !== 0) {
        suffix = at(fail, suffix)
        target = childOf(suffix, at(byte, next))
      }
      fail[next] = target
      if (at(match, next) === 0) match[next] = at(match, target)
    }
  }
  const window = Math.min(255, ...patterns.map(pattern => pattern.length))
  return { root, byte, child, sibling, fail, depth, match, window, shift: shiftsOf(patterns, window) }
}

/** The table of Wu and Manber over pairs of bytes, from the first `window` bytes of each pattern. */
function shiftsOf(patterns: readonly Buffer[], window: number): Uint8Array {
  const shift = new Uint8Array(65_536).fill(window - 1)
  for (const pattern of patterns)
    for (let end = 1; end < window; end++) {
      const pair = (at(pattern, end - 1) << 8) | at(pattern, end)
      shift[pair] = Math.min(at(shift, pair), window - 1 - end)
    }
  return shift
}

/** Indexes below are made by the automaton itself and never leave its arrays. */
function at(array: Int32Array | Uint8Array, index: number): number {
  return array[index] as number
}

function maskedStream(automaton: Automaton): StreamMasker {
  const { root, byte, child, sibling, fail, depth, match, window, shift } = automaton
  let state = 0
  let masked = 0
  /** Bytes that are not settled yet; intervals below count from its first byte. */
  let held = Buffer.alloc(0)
  /** Occurrences among them, merged, in order, as [start, end). */
  let found: [number, number][] = []

  const note = (start: number, end: number): void => {
    let from = start
    for (let last = found.at(-1); last !== undefined && last[1] > from; last = found.at(-1)) {
      from = Math.min(from, last[0])
      found.pop()
    }
    found.push([from, end])
  }

  const scan = (bytes: Buffer, from: number): void => {
    let current = state
    for (let index = from; index < bytes.length; index++) {
      if (current === 0) index = nextStart(bytes, index)
      if (index >= bytes.length) break
      const value = bytes[index] as number
      if (current === 0) {
        current = root[value] as number
        if (current === 0) continue
      } else {
        for (;;) {
          let next = child[current] as number
          while (next !== 0 && byte[next] !== value) next = sibling[next] as number
          if (next !== 0) {
            current = next
            break
          }
          current = fail[current] as number
          if (current === 0) {
            current = root[value] as number
            break
          }
        }
      }
      const length = match[current] as number
      if (length > 0) note(index + 1 - length, index + 1)
    }
    state = current
  }

  /**
   * The next place, from `index` on, where a pattern may begin, by looking at one pair of bytes in several. What is left at the
   * end is shorter than any pattern, and is gone through byte by byte.
   */
  const nextStart = (bytes: Buffer, index: number): number => {
    let last = index + window - 1
    while (last < bytes.length) {
      const far = shift[((bytes[last - 1] as number) << 8) | (bytes[last] as number)] as number
      if (far === 0) break
      last += far
    }
    return last - window + 1
  }

  /** Gives out what lies before `limit`, masked; keeps the rest. */
  const settle = (bytes: Buffer, limit: number): Buffer => {
    const parts: Buffer[] = []
    let from = 0
    let end = limit
    while (found.length > 0) {
      const [start, stop] = found[0] as [number, number]
      if (stop > limit) {
        // A match still to come may overlap this one and make it longer.
        end = Math.min(end, start)
        break
      }
      parts.push(bytes.subarray(from, start), Buffer.from(MASK))
      masked++
      from = stop
      found.shift()
    }
    if (end > from) parts.push(bytes.subarray(from, end))
    const kept = Math.max(from, end)
    held = Buffer.from(bytes.subarray(kept))
    found = found.map(([start, stop]) => [start - kept, stop - kept])
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  }

  return {
    push(chunk) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      scan(bytes, held.length)
      return settle(bytes, bytes.length - at(depth, state))
    },
    end() {
      state = 0
      return settle(held, held.length)
    },
    get masked() {
      return masked
    },
  }
}

function openStream(): StreamMasker {
  return { push: chunk => chunk, end: () => Buffer.alloc(0), masked: 0 }
}
