import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PtyPair } from './pty-pair.ts'

/** How long it is tried to write behind the script's output: a script that left its terminal stopped (Ctrl-S) may never let it. */
const MARK_LIMIT_MS = 3000
const MARK_LOOK_MS = 10

/** A text written behind the last of the script's output, so that what comes before it is known to be all. */
export interface EndMark {
  readonly text: string
  /** Resolves once it was read. */
  readonly seen: Promise<void>
  /** Takes what was read; gives what of it is output. What may be the start of the mark waits. */
  take(bytes: Buffer): Buffer
  /** What waited for a mark that did not come. */
  rest(): Buffer
  /** From now on the mark is looked for. */
  expect(): void
}

export function endMark(): EndMark {
  // Digits alone pass through every mode that a script can leave a terminal in.
  const text = Array.from({ length: 24 }, () => randomInt(10)).join('')
  const seen = Promise.withResolvers<void>()
  let expected = false
  let held: Buffer = Buffer.alloc(0)
  return {
    text,
    seen: seen.promise,
    take(bytes) {
      if (!expected) return bytes
      const all = Buffer.concat([held, bytes])
      const at = all.indexOf(text)
      if (at !== -1) {
        seen.resolve()
        expected = false
        held = Buffer.alloc(0)
        // What a process in the background writes later still is its script's output.
        return Buffer.concat([all.subarray(0, at), all.subarray(at + text.length)])
      }
      const from = Math.max(0, all.length - text.length + 1)
      held = Buffer.from(all.subarray(from))
      return all.subarray(0, from)
    },
    rest() {
      const bytes = held
      held = Buffer.alloc(0)
      return bytes
    },
    expect() {
      expected = true
    },
  }
}

/** Reads up to the mark; without one where it could not be written, or where the terminal was closed under our hands. */
export async function readToEnd(pair: PtyPair, end: EndMark): Promise<void> {
  const closed = new Promise<void>(resolve => pair.master.once('close', resolve))
  end.expect()
  for (const until = performance.now() + MARK_LIMIT_MS; !pair.writeAsScript(end.text); await sleep(MARK_LOOK_MS))
    if (performance.now() > until) return
  await Promise.race([end.seen, closed])
}
