import { open } from 'node:fs/promises'
import type { Entry } from '../../model/index.ts'
import { decodeLine, encode } from '../../transcript/index.ts'
import type { RunRecord, Wanted } from '../../tui/index.ts'

const CHUNK = 256 * 1024
const NEWLINE = 0x0a

/**
 * The journal that this process writes, to be read again by its own screen: lines are taken as they were written, and those that
 * nobody wants are passed over without being parsed. The file is opened by its name for each reading and closed behind it.
 */
export function journalRecord(path: string): RunRecord {
  return {
    async *read(from, wanted) {
      const file = await open(path, 'r')
      try {
        let rest: Buffer = Buffer.alloc(0)
        /** Where `rest` begins in the file. */
        let place = from
        for (;;) {
          const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, place + rest.length)
          if (bytesRead === 0) return place
          rest =
            rest.length === 0 ? buffer.subarray(0, bytesRead) : Buffer.concat([rest, buffer.subarray(0, bytesRead)])
          let start = 0
          for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, start)) {
            const line = rest.toString('latin1', start, end)
            const entry = isWanted(line, wanted) ? entryOf(line) : null
            if (entry !== null) yield { entry, place: place + start }
            start = end + 1
          }
          place += start
          rest = rest.subarray(start)
        }
      } finally {
        await file.close()
      }
    },
  }
}

/** The common fields come first in a line, so that its kind and its step are told without reading all of it. */
function isWanted(line: string, wanted: Wanted): boolean {
  const head = line.slice(0, HEAD)
  const isOutput = /^\{[^{}]*?"kind":"output(?:\.late)?",/.test(head)
  if (wanted.kind === 'events') return !isOutput
  return isOutput && head.includes(`,"step":${encode(wanted.step)},"attempt":${wanted.attempt},`)
}

/** Longer than all fields before an output's text, whatever a step is called. */
const HEAD = 16 * 1024

/** Null for a kind that this version does not know, and for what is no line at all: `verify` tells of that, a screen does not. */
function entryOf(text: string): Entry | null {
  const decoded = decodeLine(text)
  return decoded.ok ? decoded.line.entry : null
}
