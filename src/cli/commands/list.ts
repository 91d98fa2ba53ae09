import { stat } from 'node:fs/promises'
import { z } from 'zod'
import { ResultSchema, SignoffError } from '../../model/index.ts'
import { createFactGatherer, encode, readUntrustedSeal } from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { readGrowing } from '../runs/journal-reader.ts'
import { holderOf } from '../runs/run-locks.ts'
import { isThere, listRuns, type RunFiles, releaseOf } from '../runs/transcript-files.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { findWorkspace, stateFolder } from '../settings/workspace.ts'

export interface ListFlags {
  readonly release?: string
  readonly limit?: number
  /** The ids alone: nothing but names of folders is read. */
  readonly quiet?: boolean
  readonly json?: boolean
}

/** One run as `list` shows it. */
const ListedSchema = z.strictObject({
  run: z.string(),
  release: z.string(),
  sealed: z.boolean(),
  /** The result of an ended run; of any other how it stands. */
  state: z.enum([...ResultSchema.options, 'held', 'paused', 'interrupted', 'changed', 'unreadable']),
  operator: z.string().nullable(),
  startedOn: z.string().nullable(),
  lastOn: z.string().nullable(),
  /** Why it is `changed` or `unreadable`; else null. */
  problem: z.string().nullable(),
})
type Listed = z.infer<typeof ListedSchema>

/** What `list --json` prints. */
export const ListSchema = z.strictObject({ schema: z.literal('signoff.list/1'), runs: z.array(ListedSchema) })

/** Runs that are looked at together: enough to keep the disk busy. */
const AT_ONCE = 64

/**
 * All runs below `.signoff/transcripts`, newest first. Of a sealed one the seal says it, unchecked: its journal is not read, so that
 * thousands are listed at once. A run that cannot be read is a row that says why, and hides no other.
 */
export async function list(flags: ListFlags, io: Io): Promise<number> {
  const { transcripts } = findWorkspace(io.cwd)
  const all = (await listRuns(transcripts)).reverse()
  const asked = all.filter(files => flags.release === undefined || releaseOf(files) === flags.release)
  const runs = asked.slice(0, flags.limit ?? asked.length)
  if (flags.quiet === true) {
    await io.pour(runs.map(({ run }) => `${cleanText(run)}\n`).join(''))
    return 0
  }
  const write = flags.json === true ? writeJson : writeText
  if (runs.length === 0 && flags.json !== true)
    io.say(
      all.length === 0
        ? `no run below ${transcripts}; start one by "signoff run FILE --release ID"`
        : `no run of release ${flags.release ?? ''} below ${transcripts}`,
    )
  await write(runs, rowsOf(runs, io), io)
  return 0
}

async function* rowsOf(runs: readonly RunFiles[], io: Io): AsyncGenerator<Listed[]> {
  for (let at = 0; at < runs.length; at += AT_ONCE) {
    if (io.gone?.aborted === true) return
    yield await Promise.all(runs.slice(at, at + AT_ONCE).map(files => listed(files, io)))
  }
}

async function writeJson(_: readonly RunFiles[], rows: AsyncIterable<Listed[]>, io: Io): Promise<void> {
  await io.pour('{"schema":"signoff.list/1","runs":[')
  let comma = '\n'
  for await (const some of rows) {
    await io.pour(some.map((row, i) => `${i === 0 ? comma : ',\n'}${encode(row)}`).join(''))
    comma = ',\n'
  }
  await io.pour('\n]}\n')
}

/** Rows are written as they come; what is not known of those to come has a usual width. */
async function writeText(runs: readonly RunFiles[], rows: AsyncIterable<Listed[]>, io: Io): Promise<void> {
  const widths = [
    ...[(files: RunFiles) => files.run, releaseOf].map(text => Math.max(0, ...runs.map(one => text(one).length))),
    'interrupted'.length,
    'not sealed'.length,
    USUAL_NAME,
  ]
  for await (const some of rows) {
    const lines = some.map(one =>
      [
        one.run,
        one.release,
        one.state,
        one.sealed ? 'sealed' : 'not sealed',
        one.operator ?? '-',
        one.startedOn === null ? '-' : timesText(one.startedOn, one.lastOn ?? one.startedOn),
        one.problem ?? '',
      ]
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    await io.pour(lines.map(line => `${cleanText(line)}\n`).join(''))
  }
}

const USUAL_NAME = 20

async function listed(files: RunFiles, io: Io): Promise<Listed> {
  try {
    const bundle = (await isThere(files.bundle)) ? await readIfThere(files.bundle) : null
    return bundle === null ? await bySealless(files, io) : await bySeal(files, bundle)
  } catch (error) {
    const known = error instanceof SignoffError || (error instanceof Error && 'code' in error)
    if (!known) throw error
    return unreadableRow(files, error.message)
  }
}

async function bySeal(files: RunFiles, bundle: string): Promise<Listed> {
  const said = readUntrustedSeal(bundle)?.predicate
  if (said === undefined) return unreadableRow(files, 'its seal cannot be read: signoff verify says more')
  const { size } = await stat(files.journal)
  const problem =
    said.run !== files.run
      ? `its seal is that of run ${said.run}`
      : size === said.journal.bytes
        ? null
        : `its journal has ${size} bytes, and ${said.journal.bytes} were sealed: signoff verify says more`
  return {
    run: files.run,
    release: releaseOf(files),
    sealed: true,
    state: problem === null ? said.result : 'changed',
    operator: said.operator.principal,
    startedOn: said.startedOn,
    lastOn: said.finishedOn,
    problem,
  }
}

async function bySealless(files: RunFiles, io: Io): Promise<Listed> {
  const gatherer = createFactGatherer()
  await readGrowing(files.journal, gatherer.add, async () => false)
  const { state } = gatherer
  const held = holderOf(stateFolder(io.environment, files.run), files) !== null
  const open = held ? 'held' : state.paused === null ? 'interrupted' : 'paused'
  const iso = (atMs: number) => new Date(atMs).toISOString()
  return {
    run: files.run,
    release: releaseOf(files),
    sealed: false,
    state: state.result ?? open,
    operator: state.operator?.principal ?? null,
    startedOn: iso(state.startedAtMs),
    lastOn: iso(state.lastAtMs),
    problem: null,
  }
}

function unreadableRow(files: RunFiles, problem: string): Listed {
  const nothing = { operator: null, startedOn: null, lastOn: null }
  return { run: files.run, release: releaseOf(files), state: 'unreadable', sealed: false, ...nothing, problem }
}

/** The day once, where one is enough: a row is wide as it is. */
function timesText(fromIso: string, toIso: string): string {
  const [from, to] = [minute(fromIso), minute(toIso)]
  return `${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ')
}
