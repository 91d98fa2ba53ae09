import type { Entry, EventOf } from '../../model/index.ts'
import { encode } from '../encoding/canonical.ts'
import { oneLine } from '../encoding/one-line.ts'
import { visible } from '../encoding/visible.ts'
import type { ScannedLine } from '../journal/scanned-line.ts'
import { derivedText } from './derived.ts'
import { eventText } from './event-text.ts'
import { type ExportFormat, type ExportSource, linesOf, type Piece } from './format.ts'
import { createPlanNames } from './plan-names.ts'
import { createReplayFilter, type ReplayFilter } from './replay-filter.ts'

/**
 * The run to be watched again: asciicast v2, for `asciinema play` and its player. Output as it came, by the writer's clock that does not jump;
 * a marker a step. It never holds what somebody typed (`i`), and only what is safe in the terminal of whoever watches.
 */
export const cast: ExportFormat = { kind: 'document', write }

async function* write(source: ExportSource): AsyncGenerator<Piece> {
  const { width, height } = await sizeOf(source)
  const { run } = source.report
  const title = run === null ? '' : `${visible(`${run.runbook.path}, release ${run.release}`)}. `
  yield `${encode({
    version: 2,
    width,
    height,
    timestamp: Math.floor(Date.parse(run?.startedOn ?? '1970-01-01T00:00:00.000Z') / 1000),
    // Somebody's lunch is in the record; nobody has to sit through it.
    idle_time_limit: 3,
    title: `${title}${derivedText(source.report)}`,
  })}\n`
  const player = createPlayer()
  yield* player.begin(`${title}${derivedText(source.report)}`)
  for await (const line of linesOf(source)) if (line.entry !== null) yield* player.play(line, line.entry)
  yield* player.end()
}

/** The largest terminal of the run: what was drawn fits into it. Scripts without one get the usual size. */
async function sizeOf(source: ExportSource): Promise<{ readonly width: number; readonly height: number }> {
  let [width, height] = [80, 24]
  for await (const { entry } of linesOf(source)) {
    const event = entry?.event
    const size =
      event?.kind === 'step.start' ? event.size : event?.kind === 'output.resize' ? [event.cols, event.rows] : null
    width = Math.min(MOST_COLUMNS, Math.max(width, size?.[0] ?? 0))
    height = Math.min(MOST_ROWS, Math.max(height, size?.[1] ?? 0))
  }
  return { width, height }
}

const MOST_COLUMNS = 500
const MOST_ROWS = 200
/** Lines of a script that are shown before its output. */
const SCRIPT_LINES = 30

function createPlayer() {
  const names = createPlanNames()
  const streams = new Map<string, ReplayFilter>()
  const marked = new Set<string>()
  const clock = createClock()
  let atMs = 0
  let atLineStart = true

  const event = (code: 'o' | 'm', text: string): Piece => `[${(atMs / 1000).toFixed(3)},"${code}",${encode(text)}]\n`
  function* show(text: string): Generator<Piece> {
    if (text === '') return
    atLineStart = text.endsWith('\n')
    yield event('o', text)
  }
  function* sayLines(text: string, style: string): Generator<Piece> {
    const lines = text.split('\n').map(line => `\u001b[${style}m${visible(line)}\u001b[0m\r\n`)
    yield* show(`${atLineStart ? '' : '\r\n'}${lines.join('')}`)
  }
  function* mark(step: string, attempt: number): Generator<Piece> {
    const name = `${step} ${attempt}`
    if (marked.has(name)) return
    marked.add(name)
    const planned = names.step(step)
    const title = planned === undefined ? step : `${planned.position} ${planned.title}`
    const label = attempt > 1 ? `${title}, attempt ${attempt}` : title
    yield event('m', visible(label))
    yield* sayLines(`== ${label}`, '1')
  }
  function* play(entry: Entry): Generator<Piece> {
    const { event: happened } = entry
    names.take(happened)
    switch (happened.kind) {
      case 'output':
      case 'output.late':
        yield* show(filterOf(streams, happened).push(printed(happened)))
        return
      case 'output.end':
      case 'output.late.end':
        for (const [name, filter] of streams)
          if (name.startsWith(`${happened.step} ${happened.attempt} `)) {
            yield* show(filter.end())
            streams.delete(name)
          }
        return
      case 'output.resize':
      case 'step.left':
        return
      case 'step.start':
        yield* mark(happened.step, happened.attempt)
        yield* sayLines(scriptText(happened.script), '36')
        return
      default: {
        const { sentence, items } = eventText(happened, names)
        if (sentence === '') return
        const isPersons = happened.kind !== 'step.skip' || happened.why === 'person'
        if ('step' in happened && happened.step !== null && isPersons && happened.kind !== 'run.pause')
          if (![...marked].some(name => name.startsWith(`${happened.step} `))) yield* mark(happened.step, 1)
        yield* sayLines([sentence, ...items.map(item => `  ${item}`)].map(oneLine).join('\n'), '2')
      }
    }
  }
  return {
    begin: (about: string) => sayLines(about, '2'),
    play(line: ScannedLine, entry: Entry): Generator<Piece> {
      atMs = clock(line.monoMs)
      return play(entry)
    },
    *end(): Generator<Piece> {
      for (const filter of streams.values()) yield* show(filter.end())
    },
  }
}

/** Time since the run began, in milliseconds. Each writing process counts from its own start; time between two of them was not played. */
function createClock(): (monoMs: number) => number {
  let before = 0
  let last = 0
  return monoMs => {
    if (monoMs < last) before += last
    last = monoMs
    return before + monoMs
  }
}

type Chunk = EventOf<'output'> | EventOf<'output.late'>

function filterOf(streams: Map<string, ReplayFilter>, { kind, step, attempt, fd }: Chunk): ReplayFilter {
  const name = `${step} ${attempt} ${kind} ${fd}`
  const filter = streams.get(name) ?? createReplayFilter()
  streams.set(name, filter)
  return filter
}

/** Text as a terminal gets it: a script without one ends its lines by a line feed alone. */
function printed({ fd, text, b64 }: Chunk): string {
  const whole = text ?? Buffer.from(b64 ?? '', 'base64').toString('utf8')
  return fd === 'pty' ? whole : whole.replace(/\r?\n/g, '\r\n')
}

function scriptText(script: string): string {
  const lines = script.replace(/\n$/, '').split('\n')
  const shown = lines.slice(0, SCRIPT_LINES).map((line, index) => `${index === 0 ? '$' : '>'} ${line}`)
  return [...shown, ...(lines.length > SCRIPT_LINES ? [`  (${lines.length - SCRIPT_LINES} lines more)`] : [])].join(
    '\n',
  )
}
