import { hostname } from 'node:os'
import { join } from 'node:path'
import type { RunState } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import type { RunContext } from '../../runner/index.ts'
import {
  accountName,
  hasClaim,
  isOurStateFolder,
  type LockHolder,
  type RunProcess,
  readLock,
  runProcesses,
  stopRunning,
} from '../../runner/local/index.ts'
import type { RunFiles } from './transcript-files.ts'

/** Where claims, spools and the shell state of a run lie. */
export interface RunPlace {
  readonly stateDir: string
  /** A script without an end on record whose claim lies where this account or this machine cannot read it; null where there is none. */
  readonly elsewhere: Elsewhere | null
}

/** What is known of a script that another account started, or another machine. */
export interface Elsewhere {
  readonly step: string
  readonly attempt: number
  readonly host: string
  readonly user: string
  /** Null where nobody wrote it down. */
  readonly stateDir: string | null
  /** Those of it that are seen on this machine. */
  readonly processes: readonly RunProcess[]
}

/**
 * Finds the state of a run: our own state folder, or the one that this same account used under another home or `XDG_STATE_HOME`. What
 * lies there is run by whoever goes on, so that the folder of another account is never taken, whoever may read it.
 *
 * @param own the state folder that this account would use.
 */
export function findRunPlace(own: string, files: RunFiles, past: RunState): RunPlace {
  const { running } = past
  const holder = readLock(join(files.folder, '.lock'))
  const seen = running === null ? [] : runProcesses(files.run)
  const ours = ourFolders(own, files, holder, seen)
  if (running === null) return { stateDir: ours[0] ?? own, elsewhere: null }
  const order = { id: `${files.run}:${running.step}:${running.attempt}` }
  const claimed = ours.find(folder => hasClaim(folder, order))
  if (claimed !== undefined) return { stateDir: claimed, elsewhere: null }
  const stateDir = ours[0] ?? own
  const host = holder?.host ?? past.start?.host.name ?? hostname()
  const user = holder?.user ?? past.start?.host.user ?? accountName()
  const processes = seen.filter(process => !ours.includes(process.stateDir))
  const isOurs = host === hostname() && user === accountName() && processes.length === 0
  // It was ours, and its claim is lost: an outcome that nobody knows, as after any loss.
  if (isOurs) return { stateDir, elsewhere: null }
  const { step, attempt } = running
  return { stateDir, elsewhere: { step, attempt, host, user, stateDir: holder?.stateDir ?? null, processes } }
}

/**
 * Nothing goes past a script that another account runs on this machine: its end can still be recorded, by that account.
 * @throws {SignoffError} `LOCKED` naming step, processes, accounts and folders.
 */
export function refuseElsewhere(context: RunContext, elsewhere: Elsewhere | null): void {
  const [first] = elsewhere?.processes ?? []
  if (elsewhere === null || first === undefined) return
  const position = context.steps.get(elsewhere.step)?.position ?? elsewhere.step
  const pids = elsewhere.processes.map(({ pid }) => pid).join(', ')
  throw new SignoffError(
    'LOCKED',
    `${position}, attempt ${elsewhere.attempt}, is running under the account ${first.user} on ${hostname()}: process ${pids}, claimed in ${first.stateDir}; this account cannot follow it, and the run does not go past it`,
    {
      advice: `as ${first.user}: signoff resume ${context.run} follows it; or stop it there, and take the run over once no such process is left`,
    },
  )
}

/** What whoever decides on the unknown outcome has to know, on record with it; null where the script was not started elsewhere. */
export function elsewhereText(elsewhere: Elsewhere | null): string | null {
  if (elsewhere === null) return null
  const { attempt, host, user, stateDir } = elsewhere
  const where = stateDir === null ? '' : `, claimed in ${stateDir}`
  const seen =
    host === hostname()
      ? 'no process of it is seen on this machine, and only that account can read how it ended'
      : 'whether it still runs there cannot be seen from here: look there before anything is decided'
  return `attempt ${attempt} was started by the account ${user} on ${host}${where}; ${seen}`
}

/** Stops the scripts of a run that this account has started, whatever home it had then, and says which it cannot stop. */
export async function stopScripts(own: string, files: RunFiles, by: string): Promise<Stopped> {
  const seen = runProcesses(files.run)
  let count = 0
  const folders = ourFolders(own, files, readLock(join(files.folder, '.lock')), seen)
  for (const folder of folders) count += await stopRunning(folder, by)
  return { count, others: count > 0 ? [] : seen.filter(({ stateDir }) => !folders.includes(stateDir)) }
}

export interface Stopped {
  readonly count: number
  /** Processes of other accounts, where nothing was stopped. */
  readonly others: readonly RunProcess[]
}

/** The state folders of a run that belong to this account, the one that it would use now first. */
function ourFolders(own: string, files: RunFiles, holder: LockHolder | null, seen: readonly RunProcess[]): string[] {
  const named = holder?.stateDir === undefined ? [] : [holder.stateDir]
  const folders = new Set([own, ...named, ...seen.map(({ stateDir }) => stateDir)])
  return [...folders].filter(folder => isOurStateFolder(folder, files.run))
}
