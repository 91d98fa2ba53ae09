import { createHash } from 'node:crypto'
import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { hostname, platform, userInfo } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import type { Answer, EventOf, Runbook, RunState, Speaker } from '../model/index.ts'
import { EMPTY_STATE, fold, SignoffError } from '../model/index.ts'
import { loadAndParse, readScript, releaseParameters } from '../parser/index.ts'
import {
  chooseSection,
  createContext,
  type Drive,
  drive,
  planEvent,
  type RunbookFile,
  type RunContext,
  resumptionOf,
  type Selection,
  selectFlow,
} from '../runner/index.ts'
import {
  createLocalExecutor,
  finishDetaching,
  gitFacts,
  type JournalFile,
  type LocalExecutor,
  matchesInTime,
  openJournal,
  type PersonsTerminal,
  randomIds,
  randomToken,
  runbookFile,
  systemClock,
  uuidv7,
} from '../runner/local/index.ts'
import { type Chain, createChain, readJournal, SEAL_NAMESPACE, type Signer } from '../transcript/index.ts'
import { type Config, readConfig } from './config.ts'
import { handoffSigner } from './handoff-halves.ts'
import type { Io } from './io.ts'
import { readable } from './readable.ts'
import { type RunLocks, type TakenRun, takeLocks, takeStateLock } from './run-locks.ts'
import { findSigner } from './signing-key.ts'
import { findParents, type RunFiles, readIfThere, runFiles } from './transcript-files.ts'
import { VERSION } from './version.ts'
import { findWorkspace, projectOf, stateFolder, type Workspace } from './workspace.ts'

/** A run that this process drives: everything that has to be let go of again is let go of by `close`. */
export interface Session {
  readonly context: RunContext
  readonly drive: Drive
  readonly signer: Signer
  readonly workspace: Workspace
  readonly files: RunFiles
  readonly chain: Chain
  readonly journal: JournalFile
  readonly executor: LocalExecutor
  readonly stateDir: string
  readonly locks: RunLocks
  /** What has the terminal, set by whoever walks the run. */
  readonly screen: { isFull: () => boolean }
  /** Ends followers and timers, closes the journal, releases the lock. Scripts are left to their supervisors. */
  close(): Promise<void>
}

/** The people and keys of a run, found before anything is written. */
export interface Desk {
  readonly workspace: Workspace
  readonly config: Config
  readonly signer: Signer
  readonly signersText: string
}

/** @throws {SignoffError} `KEY_MISSING` naming `signoff init`, `CONFIG_INVALID` with the place. */
export async function openDesk(folder: string, key: string | null, io: Io): Promise<Desk> {
  const workspace = findWorkspace(folder)
  const config = await readConfig(workspace, io.environment)
  const signersText = await readIfThere(workspace.signers)
  const sources = { flag: key, environment: io.environment, config, folder }
  const signer = await findSigner(sources, signersText, workspace.signers, SEAL_NAMESPACE)
  return { workspace, config, signer, signersText: signersText ?? '' }
}

export interface NewRun {
  readonly runbook: Runbook
  readonly path: string
  readonly release: string
  readonly environment: string | null
  readonly selection: Selection
  /** The sealed run whose recovery is walked, with the steps that passed in it; absent for a run of its own. */
  readonly undoes?: { readonly files: RunFiles; readonly done: readonly string[] }
  /** What scripts that ask or draw are lent; null where nobody is at a terminal. */
  readonly terminal: PersonsTerminal | null
}

/**
 * The selection of a run that leads back from a sealed one: it walks a recovery and no step of the way forward, even if it is cut
 * off before that was recorded.
 */
export function recoveryOnly(key: string): string {
  return `${RECOVERY_ONLY}${key}`
}

export function walksRecoveryOnly(selection: Pick<Selection, 'only'>): boolean {
  return selection.only?.startsWith(RECOVERY_ONLY) === true
}

const RECOVERY_ONLY = 'recovery:'

/** What a run is about, before it exists: enough to see what it will lack. */
export function contextOf(
  asked: NewRun,
  config: Pick<Config, 'roles' | 'timeoutMs' | 'silenceMs' | 'interpreters'>,
  run: string,
): RunContext {
  const selected = walksRecoveryOnly(asked.selection) ? { flow: [] } : selectFlow(asked.runbook, asked.selection)
  if ('unknown' in selected)
    throw new SignoffError('USAGE', `"${selected.unknown}" is no step or section of the main flow of ${asked.path}`, {
      advice: `signoff plan ${asked.path} shows their positions`,
    })
  return createContext({
    run,
    release: asked.release,
    environment: asked.environment,
    runbook: asked.runbook,
    mainFlow: selected.flow,
    releaseParameters: releaseParameters(asked.runbook),
    roles: config.roles,
    defaultTimeoutMs: config.timeoutMs,
    interpreters: config.interpreters,
    ...(config.silenceMs === null ? {} : { silenceMs: config.silenceMs }),
    cwd: resolve(dirname(resolve(asked.path)), asked.runbook.cwd ?? '.'),
    readScript,
    matches: matchesInTime,
    ...(asked.undoes === undefined ? {} : { undoes: { run: asked.undoes.files.run, done: asked.undoes.done } }),
    terminal: asked.terminal !== null,
  })
}

/** Opens the journal of a new run and writes its first two lines. */
export async function startSession(asked: NewRun, desk: Desk, io: Io, first: FirstWords): Promise<Session> {
  const run = uuidv7(io.nowMs())
  const context = contextOf(asked, desk.config, run)
  const files = runFiles(desk.workspace.transcripts, asked.release, run)
  const parents = await findParents(desk.workspace.transcripts, asked.undoes?.files.run ?? null)
  const start = await startEvent(asked, desk, run, parents)
  const stateDir = stateFolder(io.environment, run)
  const session = await open({
    context,
    desk,
    files,
    stateDir,
    io,
    chain: createChain(),
    going: { mode: 'new', locks: await takeStateLock(stateDir, desk.signer.principal) },
    past: EMPTY_STATE,
    terminal: asked.terminal,
    runbook: fileOf(asked.selection, resolve(asked.path), asked.runbook.sha256, true),
  })
  try {
    await writeFile(join(stateDir, PLACE_FILE), resolve(asked.path), { mode: 0o600 })
    await session.drive.begin([start, planEvent(asked.runbook)], first)
  } catch (error) {
    await session.close()
    throw error
  }
  return session
}

/** Where the runbook lay: the journal only knows its path in the repository, if it was in one. */
const PLACE_FILE = 'runbook-path'

/** `known` is false where nobody wrote it down for this user: then it is a guess. */
async function whereItWas(
  stateDir: string,
  fallback: string,
): Promise<{ readonly path: string; readonly known: boolean }> {
  const written = await readIfThere(join(stateDir, PLACE_FILE))
  return { path: written ?? fallback, known: written !== null }
}

/** Values and decisions that are said before the run goes anywhere by itself. */
export type FirstWords = readonly { readonly answer: Answer; readonly speaker: Speaker }[]

/** A run as its journal tells it. Nothing was changed yet: what keeps it from going on is found before the file is touched. */
export interface RecordedRun {
  readonly context: RunContext
  readonly past: RunState
  /** Where its runbook lay. */
  readonly path: string
  /** What was cut off at the end of its journal. */
  readonly torn: { readonly bytes: number; readonly sha256: string } | null
  /** Where claims, spools and a lock of this user lie. */
  readonly stateDir: string
  /** The file of its runbook, to be looked at. */
  readonly runbook: RunbookFile
  /**
   * Takes the run: locks it, cuts a torn tail (`begin` records what was cut) and opens the journal.
   * @param taken a run that was taken from somebody already, with the reason; its locks are let go of by whoever gets the session.
   * @throws {SignoffError} `LOCKED` where another process holds it, or wrote to it since it was read.
   */
  open(
    terminal: PersonsTerminal | null,
    taken?: (TakenRun & { readonly reason: string }) | null,
  ): Promise<{ readonly session: Session; readonly begin: (first: FirstWords) => Promise<void> }>
}

/**
 * Reads a run that is to go on from its journal, with the runbook that it began with.
 * @throws {SignoffError} `RUNBOOK_INVALID`, `JOURNAL_INVALID`.
 */
export async function readRun(files: RunFiles, desk: Desk, io: Io): Promise<RecordedRun> {
  const bytes = await readFile(files.journal)
  const { entries, chain, torn } = await readJournal(bytes)
  const past = fold(entries)
  const started = past.start
  if (started === null)
    throw new SignoffError('JOURNAL_INVALID', `${files.journal}: has no first line to go on from; nothing was run`, {
      advice: 'start a new run by "signoff run FILE --release ID"',
    })
  const stateDir = stateFolder(io.environment, started.run)
  const { path, known } = await whereItWas(stateDir, resolve(projectOf(desk.workspace), started.runbook.path))
  const selection = started.selection ?? { from: null, only: null, until: null }
  const { text, path: name } = started.runbook
  const { interpreters } = desk.config
  const read = readable(await loadAndParse(Buffer.from(text), name, { interpreters }), name)
  const only = read.mode === 'catalog' ? selection.only : null
  const runbook = (only === null ? null : chooseSection(read, only)) ?? read
  const asked = { runbook, path, release: started.release, environment: started.env, selection, terminal: null }
  const context = contextOf(asked, desk.config, started.run)
  return {
    context,
    past,
    path,
    torn,
    stateDir,
    runbook: fileOf(selection, path, started.runbook.sha256, known),
    async open(terminal, taken = null) {
      const locks = taken?.locks ?? (await takeLocks(stateDir, files, desk.signer.principal))
      const going = { mode: 'resume', locks, bytes: bytes.length } as const
      const here = { ...context, terminal: terminal !== null }
      const looked = fileOf(selection, path, started.runbook.sha256, known)
      const all = { context: here, desk, files, stateDir, io, chain, going, past, terminal, runbook: looked }
      const session = await open(all)
      const begin = async (first: FirstWords): Promise<void> => {
        const { opening, attach, late } = await resumptionOf(past, entries, runbook, session.executor, {
          run: started.run,
          head: chain.head,
          torn,
          operator: { principal: desk.signer.principal, keyid: desk.signer.keyid },
          nowMs: io.nowMs(),
          taken: taken === null ? null : takenEvent(past, started, taken, desk.signer, chain.head),
        })
        await session.drive.begin(opening, first)
        for (const one of late) session.drive.attachLate(one.step, one.attempt, one.recorded)
        if (attach !== null) await session.drive.attach(attach.step, attach.attempt, attach.recorded)
      }
      return { session, begin }
    },
  }
}

/** The file to look at. What leads back from a sealed run walks the text of that run, whatever has become of the file since. */
function fileOf(selection: Selection, path: string, sha256: string, known: boolean): RunbookFile {
  return walksRecoveryOnly(selection) ? { look: async () => null } : runbookFile(path, sha256, known)
}

/** Somebody else goes on, or the same person in the place of a process that may live; null where it is neither. */
function takenEvent(
  past: RunState,
  started: EventOf<'run.start'>,
  taken: TakenRun & { readonly reason: string },
  signer: Signer,
  head: string,
): EventOf<'writer.changed'> | null {
  const before = past.operator ?? started.operator
  if (taken.from === null && before.principal === signer.principal) return null
  const from = { ...before, host: taken.from?.host ?? started.host.name }
  const to = { principal: signer.principal, keyid: signer.keyid, host: hostname() }
  return { kind: 'writer.changed', from, to, reason: taken.reason, head }
}

async function open(input: {
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

async function startEvent(
  asked: NewRun,
  desk: Desk,
  run: string,
  parents: EventOf<'run.start'>['parents'],
): Promise<EventOf<'run.start'>> {
  const path = resolve(asked.path)
  const git = await gitFacts(dirname(path))
  const text = asked.runbook.source
  const bytes = Buffer.from(text)
  const selected = Object.values(asked.selection).some(value => value !== null)
  return {
    kind: 'run.start',
    v: 1,
    run,
    release: asked.release,
    env: asked.environment,
    selection: selected ? { ...asked.selection } : null,
    runbook: {
      path: git === null ? path.slice(path.lastIndexOf('/') + 1) : relative(git.root, path),
      sha256: asked.runbook.sha256,
      gitBlob: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
      text,
    },
    git:
      git === null ? null : { commit: git.commit, tag: git.tag, tree: git.tree, remote: git.remote, dirty: git.dirty },
    operator: { principal: desk.signer.principal, keyid: desk.signer.keyid },
    tool: { name: 'signoff', version: VERSION, rules: 1 },
    host: { name: hostname(), user: userInfo().username, os: platform() },
    signersSha256: createHash('sha256').update(desk.signersText).digest('hex'),
    configSha256: desk.config.projectSha256,
    parents,
  }
}

/** What scripts inherit: the environment of whoever started us, without what is ours. */
function scriptEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('SIGNOFF_'),
  )
  return Object.fromEntries(kept)
}
