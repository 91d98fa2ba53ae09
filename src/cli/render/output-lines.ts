import { createTerminalText, type EventOf } from '../../model/index.ts'
import { visible } from '../../transcript/index.ts'

type Chunk = EventOf<'output'> | EventOf<'output.late'>

export interface OutputLines {
  /** The lines that this piece completes, safe in any terminal. */
  push(chunk: Chunk): string[]
  /** What each stream has said behind its last newline. */
  end(): string[]
}

/** A line that never ends is shown in pieces of this length, so that it need not be held. */
const LONGEST = 64 * 1024

/** Makes lines of output as it was recorded: of a terminal what its lines looked like, of a pipe the text. */
export function createOutputLines(): OutputLines {
  const streams = new Map<string, { rest: string; readonly terminal: ReturnType<typeof createTerminalText> | null }>()
  return {
    push(chunk) {
      const name = `${chunk.step} ${chunk.attempt} ${chunk.kind} ${chunk.fd}`
      const stream = streams.get(name) ?? { rest: '', terminal: chunk.fd === 'pty' ? createTerminalText() : null }
      streams.set(name, stream)
      const text = chunk.text ?? Buffer.from(chunk.b64 ?? '', 'base64').toString('utf8')
      const lines = (stream.rest + (stream.terminal?.push(text) ?? text)).split('\n')
      stream.rest = lines.pop() ?? ''
      if (stream.rest.length > LONGEST) lines.push(...pieces(stream, LONGEST))
      return lines.map(shown)
    },
    end() {
      const rests = [...streams.values()].map(({ rest, terminal }) => rest + (terminal?.line ?? ''))
      streams.clear()
      return rests.filter(rest => rest !== '').map(shown)
    },
  }
}

function pieces(stream: { rest: string }, length: number): string[] {
  const cut: string[] = []
  for (; stream.rest.length > length; stream.rest = stream.rest.slice(length)) cut.push(stream.rest.slice(0, length))
  return cut
}

function shown(line: string): string {
  return visible(line.replace(/\r$/, ''), 'lines')
}
