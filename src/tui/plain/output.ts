import type { EventOf } from '../../model/index.ts'
import { createTerminalText } from '../../model/index.ts'
import { bytesOf, gapLine, textOf } from '../output/lines.ts'
import { cleanOutput } from '../text/clean.ts'
import { counted } from '../text/counting.ts'

/** Prints a script's output between two marked lines, in whole lines, without control codes. */
export interface PlainOutput {
  push(event: EventOf<'output'> | EventOf<'output.late'>, position: string): void
  /** Ends what is open: its unfinished line, then how many lines there were. */
  end(): void
}

export function createPlainOutput(print: (line: string) => void): PlainOutput {
  let position: string | null = null
  let lines = 0
  let open = new Map<string, string>()
  /** Where each stream goes on. */
  let next = new Map<string, number>()
  let terminal = createTerminalText()
  const printLine = (text: string): void => {
    lines++
    print(cleanOutput(text))
  }
  return {
    push(event, at) {
      // What others say late must not read as the output of the step that runs now.
      if (event.kind === 'output.late') {
        for (const piece of textOf(event).replace(/\n$/, '').split('\n')) print(cleanOutput(`${at}, late: ${piece}`))
        return
      }
      if (position === null) {
        position = at
        print(`--- output of ${at} begins ---`)
      }
      const expected = next.get(event.fd) ?? 0
      next.set(event.fd, event.at + bytesOf(event))
      if (event.at > expected && expected > 0) printLine(gapLine(event.at - expected))
      const isTerminal = event.fd === 'pty'
      const text = isTerminal ? terminal.push(textOf(event)) : (open.get(event.fd) ?? '') + textOf(event)
      const pieces = text.split('\n')
      const rest = pieces.pop() ?? ''
      open.set(event.fd, isTerminal ? terminal.line : rest)
      for (const piece of pieces) printLine(piece)
    },
    end() {
      if (position === null) return
      for (const rest of open.values()) if (rest !== '') printLine(rest)
      print(`--- output of ${position} ends, ${counted(lines, 'line')} ---`)
      position = null
      lines = 0
      open = new Map()
      next = new Map()
      terminal = createTerminalText()
    },
  }
}
