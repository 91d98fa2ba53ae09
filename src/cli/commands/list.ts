import { SignoffError } from '../../model/index.ts'
import { createFactGatherer } from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { readGrowing } from '../journal-reader.ts'
import { holderOf } from '../run-locks.ts'
import { isThere, listRuns, type RunFiles, releaseOf } from '../transcript-files.ts'
import { findWorkspace, stateFolder } from '../workspace.ts'

/** One run as `list` shows it. */
interface Listed {
  readonly run: string
  readonly release: string
  /** The result of an ended run; else `held`, `paused`, `interrupted` or `unreadable`. */
  readonly state: string
  readonly sealed: boolean
  readonly operator: string | null
  readonly startedOn: string | null
  readonly lastOn: string | null
  readonly problem: string | null
}

/** All runs below `.signoff/transcripts`, newest first. A journal that cannot be read is a row that says why, and hides no other. */
export async function list(flags: { readonly json?: boolean }, io: Io): Promise<number> {
  const { transcripts } = findWorkspace(io.cwd)
  const runs: Listed[] = []
  for (const files of (await listRuns(transcripts)).reverse()) runs.push(await listed(files, io))
  if (flags.json === true) {
    io.write(`${JSON.stringify({ schema: 'signoff.list/1', runs }, null, 2)}\n`)
    return 0
  }
  if (runs.length === 0) io.say(`no run below ${transcripts}; start one by "signoff run FILE --release ID"`)
  const rows = runs.map(one => [
    one.run,
    one.release,
    one.state,
    one.sealed ? 'sealed' : 'not sealed',
    one.operator ?? '-',
    one.startedOn === null ? '-' : `${minute(one.startedOn)} to ${minute(one.lastOn ?? one.startedOn)}`,
    one.problem ?? '',
  ])
  for (const line of aligned(rows)) io.write(`${cleanText(line)}\n`)
  return 0
}

async function listed(files: RunFiles, io: Io): Promise<Listed> {
  const known = { run: files.run, release: releaseOf(files), sealed: await isThere(files.bundle) }
  const gatherer = createFactGatherer()
  try {
    await readGrowing(files.journal, gatherer.add, async () => false)
  } catch (error) {
    if (!(error instanceof SignoffError)) throw error
    return { ...known, state: 'unreadable', operator: null, startedOn: null, lastOn: null, problem: error.message }
  }
  const { state } = gatherer
  const held = holderOf(stateFolder(io.environment, files.run), files) !== null
  const open = held ? 'held' : state.paused === null ? 'interrupted' : 'paused'
  const iso = (atMs: number) => new Date(atMs).toISOString()
  return {
    ...known,
    state: state.result ?? open,
    operator: state.operator?.principal ?? null,
    startedOn: iso(state.startedAtMs),
    lastOn: iso(state.lastAtMs),
    problem: null,
  }
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ')
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
