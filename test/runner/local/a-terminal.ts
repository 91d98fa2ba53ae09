import { closeSync, constants, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Handover, PersonsTerminal } from '../../../src/runner/local/terminal/persons-terminal.ts'
import { loadPty, type PtyPackage, type TerminalSize } from '../../../src/runner/local/terminal/pty-pair.ts'

/** A real terminal with a person at it who types what a test says. */
export interface ATerminal {
  readonly terminal: PersonsTerminal
  /** Everything that was shown. */
  shown(): string
  /** Types keys as soon as a script was lent the terminal. */
  typeWhenLent(keys: string): void
  type(keys: string): void
  /** Waits for a text to appear. */
  until(what: RegExp | (() => boolean)): Promise<void>
  resize(size: TerminalSize): void
  readonly handovers: readonly Handover[]
  /** True while a script has it. */
  readonly isLent: boolean
  /** What must happen at once when Signoff leaves. */
  recall(): void
  close(): void
}

export async function openTerminal(first: TerminalSize = { columns: 90, rows: 30 }): Promise<ATerminal> {
  const pty = (await loadPty()) as PtyPackage // a test that needs it fails without it
  const pair = pty.open({ cols: first.columns, rows: first.rows, encoding: null })
  const held = openSync(pair.ptsName, constants.O_RDWR | constants.O_NOCTTY)
  pair.slave.destroy()
  let size = first
  let shown = ''
  let early = ''
  let lent = false
  let restore = (): void => undefined
  const handovers: Handover[] = []
  const resized = new Set<(size: TerminalSize) => void>()
  pair.master.on('data', (bytes: Buffer) => {
    shown += bytes.toString()
  })
  pair.master.on('error', () => undefined)
  return {
    terminal: {
      path: pair.ptsName,
      size: () => size,
      async lend(handover) {
        handovers.push(handover)
        lent = true
        if (early !== '') pair.master.write(early)
        early = ''
        return {
          onResize(listener) {
            resized.add(listener)
            return () => resized.delete(listener)
          },
          onRecall(given) {
            restore = given
          },
          async giveBack() {
            lent = false
          },
        }
      },
    },
    shown: () => shown,
    typeWhenLent(keys) {
      early = keys
    },
    type: keys => {
      pair.master.write(keys)
    },
    async until(what) {
      const holds = () => (what instanceof RegExp ? what.test(shown) : what())
      for (const end = Date.now() + 10_000; !holds(); await sleep(5))
        if (Date.now() > end) throw new Error(`waited for ${String(what)}; shown was:\n${JSON.stringify(shown)}`)
    },
    resize(next) {
      size = next
      for (const listener of resized) listener(next)
    },
    handovers,
    get isLent() {
      return lent
    },
    recall: () => restore(),
    close() {
      closeSync(held)
      pair.master.destroy()
    },
  }
}
