import { rm, stat, truncate } from 'node:fs/promises'
import type { RunState } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import { type Drive, drive, type RunbookFile, type RunContext } from '../../runner/index.ts'
import {
  createLocalExecutor,
  finishDetaching,
  type JournalFile,
  type LocalExecutor,
  openJournal,
  type PersonsTerminal,
  randomIds,
  randomToken,
  systemClock,
} from '../../runner/local/index.ts'
import type { Chain, Signer } from '../../transcript/index.ts'
import type { Desk } from '../desk.ts'
import type { Io } from '../io.ts'
import { handoffSigner } from '../keys/handoff-halves.ts'
import type { Workspace } from '../settings/workspace.ts'
import type { RunLocks } from './run-locks.ts'
import type { RunFiles } from './transcript-files.ts'

/** A run that this process drives: everything that has to be let go of again is let go of by `close`. */
export interface Session {
  readonly context: RunContext
  readonly drive: Drive
  readonly signer: Signer
  readonly workspace: Workspace
  readonly files: RunFiles
  readonly chain: Chain
  /** How much of the journal was there before this process wrote to it. */
  readonly began: { readonly lines: number; readonly bytes: number }
  readonly journal: JournalFile
  readonly executor: LocalExecutor
  readonly stateDir: string
  readonly locks: RunLocks
  /** What has the terminal, set by whoever walks the run. */
  readonly screen: { isFull: () => boolean }
  /** Ends followers and timers, closes the journal, releases the lock. Scripts are left to their supervisors. */
  close(): Promise<void>
}

/** Opens the journal of a run whose locks are held, and joins it to everything else that a run needs. */
export async function openSession(input: {
  readonly context: RunContext
  readonly desk: Desk
  readonly files: RunFiles
  readonly stateDir: string
  readonly io: Io
  readonly chain: Chain
  /** `bytes`: how long the file was when it was read, a torn tail included. */
  readonly going:
    | { readonly mode: 'new'; readonly locks: RunLocks }
    | { readonly mode: 'resume'; readonly locks: RunLocks; readonly bytes: number }
  readonly past: RunState
  readonly terminal: PersonsTerminal | null
  readonly runbook: RunbookFile
}): Promise<Session> {
  const { context, desk, files, stateDir, io, chain, going } = input
  const { locks } = going
  const began = { lines: chain.lines, bytes: chain.bytes }
  const clock = systemClock()
  let journal: JournalFile
  try {
    if (going.mode === 'resume') await cutTornTail(files.journal, going.bytes, chain.bytes)
    journal = await openJournal({
      path: files.journal,
      chain,
      nowMs: io.nowMs,
      monoMs: () => Math.round(performance.now()),
      salt: randomToken,
      mode: going.mode,
      expectedBytes: chain.bytes,
    })
    if (going.mode === 'new') locks.addJournal(files)
  } catch (error) {
    locks.release()
    throw error
  }
  const executor = createLocalExecutor({
    stateDir,
    environment: scriptEnvironment(io.environment),
    terminal: input.terminal,
  })
  const screen = { isFull: () => false }
  const handoff = handoffSigner({
    signer: desk.signer,
    workspace: desk.workspace,
    chain,
    start: () => run.snapshot().state.start,
    onScreen: () => screen.isFull(),
    nowMs: io.nowMs,
  })
  const { runbook } = input
  const run = drive(context, { journal, executor, clock, ids: randomIds(), runbook, handoff }, input.past)
  return {
    context,
    drive: run,
    signer: desk.signer,
    workspace: desk.workspace,
    files,
    chain,
    began,
    journal,
    executor,
    stateDir,
    locks,
    screen,
    async close() {
      executor.dispose()
      try {
        await journal.close()
      } finally {
        locks.release()
      }
      // The folder goes only once nothing in it is needed: a run that is paused keeps its shell state there.
      if (run.snapshot().state.result !== null) await rm(stateDir, { recursive: true, force: true })
    },
  }
}

/** Cuts what follows the last good line. A file that grew since it was read is somebody's who was at work: nothing of it is cut. */
async function cutTornTail(path: string, readBytes: number, goodBytes: number): Promise<void> {
  const { size } = (await finishDetaching(path)) ? { size: -1 } : await stat(path)
  if (size !== readBytes)
    throw new SignoffError(
      'LOCKED',
      `${path} was written to while it was read: another process goes on with this run`,
      {
        advice: 'try again once that process has ended',
      },
    )
  if (goodBytes < readBytes) await truncate(path, goodBytes)
}

/** What scripts inherit: the environment of whoever started us, without what is ours. */
function scriptEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('SIGNOFF_'),
  )
  return Object.fromEntries(kept)
}
