import type { PlannedStep } from '../../model/index.ts'
import { holderText } from '../../runner/local/index.ts'
import { addendaIn, createPlanNames, visible, type WithheldLine } from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { createOutputLines } from '../render/output-lines.ts'
import { createRecordText, recordHead } from '../render/record-text.ts'
import { readLines } from '../runs/journal-reader.ts'
import { holderOf } from '../runs/run-locks.ts'
import { findRun, type RunFiles } from '../runs/transcript-files.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { findWorkspace, stateFolder } from '../settings/workspace.ts'
import { checkKinds, createRecordFilter } from '../verifying/record-filter.ts'

export interface ShowFlags {
  readonly step: readonly string[]
  readonly kind: readonly string[]
  /** Only what scripts printed, all of it. */
  readonly output?: boolean
  /** All output in its place, not only the ends of what is long. */
  readonly full?: boolean
  /** The lines of the journal themselves. */
  readonly json?: boolean
}

/**
 * Shows a record as people read it, of a run that is over or under way. It reads and checks nothing but the chain: `verify` is what
 * says whether to believe it. No byte of the record reaches the terminal that could act on it.
 */
export async function show(reference: string, flags: ShowFlags, io: Io): Promise<number> {
  const files = await findRun(findWorkspace(io.cwd).transcripts, reference)
  const kinds = flags.output === true ? ['output', 'output.late'] : flags.kind.flatMap(text => text.split(','))
  const isAsked = createRecordFilter({ steps: flags.step, kinds })
  const isWhole = flags.step.length === 0 && kinds.length === 0
  const teller =
    flags.json === true ? jsonTeller() : flags.output === true ? outputTeller(io) : wordTeller(flags, isWhole)
  const seen = new Set<string>()
  let shown = 0
  const pour = async (lines: readonly string[]): Promise<void> => {
    if (lines.length > 0) await io.pour(`${lines.join('\n')}\n`)
  }
  const withheld: string[] = []
  const note = ({ seq, reason }: WithheldLine): boolean => {
    withheld.push(`  line ${seq + 1} is withheld in this copy: ${reason}`)
    return true
  }
  for await (const line of readLines(files.journal, note)) {
    if (isWhole && flags.json !== true) await pour(withheld.splice(0).map(text => visible(text)))
    seen.add(line.kind)
    const asked = isAsked(line)
    if (asked) shown++
    await pour(teller.take(line, asked))
    if (io.gone?.aborted === true) return 0
  }
  checkKinds(kinds, seen)
  await pour(teller.end())
  if (isWhole && flags.json !== true) await pour(await closing(files, io))
  else if (shown === 0) io.say('signoff: nothing of that in this record')
  return 0
}

type Line = Parameters<ReturnType<typeof createRecordFilter>>[0]

/** What one way to show a record makes of its lines; it sees all of them, since the plan names the steps. */
interface Teller {
  take(line: Line, asked: boolean): string[]
  end(): string[]
}

function jsonTeller(): Teller {
  return { take: (line, asked) => (asked ? [line.text] : []), end: () => [] }
}

/** Output goes to standard output as it is; which script it is of is said beside it, on standard error. */
function outputTeller(io: Io): Teller {
  const steps = new Map<string, PlannedStep>()
  const output = createOutputLines()
  let heading = ''
  return {
    take({ entry }, asked) {
      const event = entry?.event
      if (event?.kind === 'run.plan') for (const step of event.steps) steps.set(step.id, step)
      if (!asked || (event?.kind !== 'output' && event?.kind !== 'output.late')) return []
      const planned = steps.get(event.step)
      const title = planned === undefined ? event.step : `${planned.position} ${planned.title}`
      const next = `== ${title}, attempt ${event.attempt}`
      const rest = next === heading ? [] : output.end()
      if (next !== heading) io.say(next)
      heading = next
      return [...rest, ...output.push(event)]
    },
    end: () => output.end(),
  }
}

function wordTeller({ full }: ShowFlags, isWhole: boolean): Teller {
  const names = createPlanNames()
  const text = createRecordText(full === true ? 'full' : 'short')
  return {
    take({ entry, kind, seq }, asked) {
      if (entry === null)
        return asked ? [visible(`  line ${seq + 1} is of kind ${kind}, which this version does not know`)] : []
      const { event, atMs } = entry
      names.take(event)
      if (event.kind === 'run.start' && isWhole) return recordHead(event, atMs)
      return asked ? text.lines(entry, names) : []
    },
    end: () => text.end(),
  }
}

/** How the record stands, behind its last line. */
async function closing(files: RunFiles, io: Io): Promise<string[]> {
  const bundle = await readIfThere(files.bundle)
  const addenda = addendaIn(bundle).map(({ at, type, author, text }) => `${at} ${type} by ${author}: ${text}`)
  const holder = holderOf(stateFolder(io.environment, files.run), files)
  const standing =
    bundle !== null ? 'sealed' : holder === null ? 'not sealed' : `in progress, held by ${holderText(holder)}`
  return [
    '',
    ...(addenda.length === 0 ? [] : ['After the seal:', ...addenda.map(line => `  ${line}`), '']),
    `${standing}; shown as it stands, nothing of it was checked: signoff verify ${files.run}`,
  ].map(line => visible(line))
}
