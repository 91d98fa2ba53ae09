import type { Entry, EventOf } from '../../model/index.ts'
import {
  createExcerpt,
  type EventBlock,
  type ExcerptMaker,
  eventText,
  oneLine,
  type PlanNames,
  visible,
} from '../../transcript/index.ts'
import { createOutputLines } from './output-lines.ts'

/** How a record is told: `short` leaves the middle of long output out, `full` shows all of it. */
export type Length = 'short' | 'full'

export interface RecordText {
  /** The lines that one entry adds. `names` are those of the plan, as far as it was read. */
  lines(entry: Entry, names: PlanNames): string[]
  /** What is still held once there is no more. */
  end(): string[]
}

/** Characters of output shown at each end of a stretch: about a screen. */
const SHORT = 1600

/**
 * A record in words, in the order it was written: a heading where the step changes, then each event with its time, scripts and
 * output below it. Every line is safe in any terminal: what could act on it is shown as `\u{..}`.
 */
export function createRecordText(length: Length): RecordText {
  let day = ''
  let step: string | null | undefined
  let stretch: ExcerptMaker | null = null
  const output = createOutputLines()

  const flush = (): string[] => {
    if (stretch === null) return output.end().map(quoted)
    const { head, left } = stretch.excerpt()
    stretch = null
    const first = linesOf(head).map(quoted)
    if (left === null) return first
    const between = `${MARGIN}  (${left.lines} ${left.lines === 1 ? 'line' : 'lines'} left out; --full shows all)`
    return [...first, between, ...linesOf(left.tail).map(quoted)]
  }
  const heading = (next: string | null, names: PlanNames): string[] => {
    if (next === step) return []
    step = next
    const planned = next === null ? null : (names.step(next) ?? null)
    return ['', planned === null ? (next ?? 'The run') : `${planned.position} ${planned.title}`].map(line =>
      visible(line),
    )
  }
  const dated = (atMs: number): string[] => {
    const now = new Date(atMs).toISOString().slice(0, 10)
    if (now === day) return []
    day = now
    return ['', `${day} (UTC)`]
  }

  return {
    lines({ event, atMs }, names) {
      if (event.kind === 'output' || event.kind === 'output.late') {
        const before = [...(event.step === step ? [] : flush()), ...heading(event.step, names)]
        if (length === 'full') return [...before, ...output.push(event).map(quoted)]
        stretch ??= createExcerpt(SHORT)
        stretch.add(event, 0)
        return before
      }
      const { sentence, items, blocks } = eventText(event, names)
      if (sentence === '') return []
      const time = new Date(atMs).toISOString().slice(11, 19)
      const said = visible(oneLine(sentence))
      return [
        ...flush(),
        ...dated(atMs),
        ...heading(stepOf(event), names),
        `  ${time}  ${said}`,
        ...items.map(item => visible(`${MARGIN}${oneLine(item)}`)),
        ...blocks.flatMap(block => blockLines(block, event.kind)),
      ]
    },
    end: flush,
  }
}

const MARGIN = '            '

function quoted(line: string): string {
  return `${MARGIN}| ${line}`
}

function blockLines({ text, lead }: EventBlock, kind: Entry['event']['kind']): string[] {
  const mark = kind === 'step.start' ? '$ ' : '  '
  return [...(lead === null ? [] : [`${MARGIN}${lead}`]), ...linesOf(text).map(line => `${MARGIN}${mark}${line}`)]
}

function linesOf(text: string): string[] {
  return visible(text.replace(/\r\n/g, '\n').replace(/\n$/, ''), 'lines').split('\n')
}

function stepOf(event: Entry['event']): string | null {
  return 'step' in event && event.kind !== 'run.pause' ? event.step : null
}

/** What the first lines say of the whole run. */
export function recordHead(start: EventOf<'run.start'>, startedAtMs: number): string[] {
  const { runbook, release, env, run, operator, host, git } = start
  const commit = git?.commit == null ? '' : `, commit ${git.commit}${git.dirty ? ' with uncommitted changes' : ''}`
  return [
    `${runbook.path}, release ${release}${env === null ? '' : `, ${env}`}`,
    `run ${run}, begun ${new Date(startedAtMs).toISOString()} by ${operator.principal} on ${host.name}`,
    `runbook sha256 ${runbook.sha256}${commit}`,
  ].map(line => visible(line))
}
