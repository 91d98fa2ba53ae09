import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { EventOf, RunInterpreters, RunState } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import { loadAndParse } from '../../parser/index.ts'
import { chooseSection, type RunbookFile, type RunContext, resumptionOf } from '../../runner/index.ts'
import { accountName, ownerOf, type PersonsTerminal } from '../../runner/local/index.ts'
import type { Signer } from '../../transcript/index.ts'
import type { Desk } from '../desk.ts'
import type { FirstWords } from '../given/first-words.ts'
import type { Io } from '../io.ts'
import { readable } from '../readable.ts'
import { projectOf, stateFolder } from '../settings/workspace.ts'
import { readPast } from './read-past.ts'
import { contextOf, EVERYTHING } from './run-context.ts'
import { changedInterpreters, firstInterpreters, usedInterpreters } from './run-interpreters.ts'
import { type TakenRun, takeLocks } from './run-locks.ts'
import { type Elsewhere, elsewhereText, findRunPlace, refuseElsewhere } from './run-place.ts'
import { openSession, type Session } from './run-session.ts'
import { fileOf, whereItWas } from './runbook-place.ts'
import type { RunFiles } from './transcript-files.ts'

/** A run that was taken over, why, and what was known of a script of it that another account had started. */
export interface TakenFromSomebody extends TakenRun {
  readonly reason: string
  readonly elsewhere: Elsewhere | null
}

/** A run as its journal tells it. Nothing was changed yet: what keeps it from going on is found before the file is touched. */
export interface RecordedRun {
  readonly context: RunContext
  readonly past: RunState
  /** Where its runbook lay. */
  readonly path: string
  /** Those that its plan was read with. */
  readonly interpreters: RunInterpreters
  /** What goes on record where the configuration names others by now. */
  readonly changed: EventOf<'run.interpreters'> | null
  /** What was cut off at the end of its journal. */
  readonly torn: { readonly bytes: number; readonly sha256: string } | null
  /** Where claims, spools and a lock of this user lie. */
  readonly stateDir: string
  /** A script that this account cannot follow: see `refuseElsewhere`. */
  readonly elsewhere: Elsewhere | null
  /** The file of its runbook, to be looked at. */
  readonly runbook: RunbookFile
  /**
   * Takes the run: locks it, cuts a torn tail (`begin` records what was cut) and opens the journal.
   * @param taken a run that was taken from somebody already, with the reason; its locks are let go of by whoever gets the session.
   * @throws {SignoffError} `LOCKED` where another process holds it, or wrote to it since it was read.
   */
  open(
    terminal: PersonsTerminal | null,
    taken?: TakenFromSomebody | null,
  ): Promise<{ readonly session: Session; readonly begin: (first: FirstWords) => Promise<void> }>
}

/** `run.start`, `run.plan`, `run.interpreters`: a run that was cut off among them begins with the configuration as it is now. */
const FIRST_LINES = 2

/**
 * Reads a run that is to go on from its journal, with the runbook that it began with.
 * @throws {SignoffError} `RUNBOOK_INVALID`, `JOURNAL_INVALID`.
 */
export async function readRun(files: RunFiles, desk: Desk, io: Io): Promise<RecordedRun> {
  const { past: recorded, chain, torn, bytes } = await readOwnJournal(files.journal)
  const past = recorded.state
  const started = past.start
  if (started === null)
    throw new SignoffError('JOURNAL_INVALID', `${files.journal}: has no first line to go on from; nothing was run`, {
      advice: 'start a new run by "signoff run FILE --release ID"',
    })
  const { stateDir, elsewhere } = findRunPlace(stateFolder(io.environment, started.run), files, past)
  const { path, known } = await whereItWas(stateDir, resolve(projectOf(desk.workspace), started.runbook.path))
  const selection = started.selection ?? EVERYTHING
  const { text, path: name } = started.runbook
  const reading = past.interpreters?.planned ?? (past.lastSeq < FIRST_LINES ? desk.config.interpreters : {})
  const read = readable(await loadAndParse(Buffer.from(text), name, { interpreters: reading }), name)
  const interpreters = usedInterpreters(read, reading)
  const only = read.mode === 'catalog' ? selection.only : null
  const runbook = (only === null ? null : chooseSection(read, only)) ?? read
  const about = { release: started.release, environment: started.env, selection, interpreters }
  const asked = { runbook, path, ...about, terminal: null }
  const context = contextOf(asked, desk.config, started.run)
  const { principal: by } = desk.signer
  const changed =
    past.interpreters === null
      ? firstInterpreters(interpreters, by)
      : changedInterpreters(past.interpreters, desk.config.interpreters, by)
  return {
    context,
    past,
    path,
    interpreters,
    changed,
    torn,
    stateDir,
    elsewhere,
    runbook: fileOf(selection, path, started.runbook.sha256, known),
    async open(terminal, taken = null) {
      refuseElsewhere(context, elsewhere)
      const locks = taken?.locks ?? (await takeLocks(stateDir, files, desk.signer.principal))
      const going = { mode: 'resume', locks, bytes } as const
      const here = { ...context, terminal: terminal !== null }
      const looked = fileOf(selection, path, started.runbook.sha256, known)
      const all = { context: here, desk, files, stateDir, io, chain, going, past, terminal, runbook: looked }
      const session = await openSession(all)
      const begin = async (first: FirstWords): Promise<void> => {
        const { opening, attach, late } = await resumptionOf(recorded, runbook, session.executor, {
          run: started.run,
          head: chain.head,
          torn,
          operator: { principal: desk.signer.principal, keyid: desk.signer.keyid },
          nowMs: io.nowMs(),
          interpreters: changed,
          // The lock that told of another account is ours by now, where the run was taken over.
          elsewhere: elsewhereText(taken?.elsewhere ?? elsewhere),
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

/** While a run lasts its journal is for the account that walks it: another one is told whose it is. */
async function readOwnJournal(path: string): ReturnType<typeof readPast> {
  return readPast(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES' && error.code !== 'EPERM') throw error
    const owner = await ownerOf(path)
    const whose = owner === null ? 'another account' : `the account ${owner}`
    throw new SignoffError(
      'LOCKED',
      `${path} belongs to ${whose} while the run lasts, and cannot be read by ${accountName()}`,
      {
        advice: `go on as ${owner ?? 'that account'}; or have it let you read and write the folder of the run, and take it over`,
        cause: error,
      },
    )
  })
}

/** Somebody else goes on, or the same person in the place of a process that may live; null where it is neither. */
function takenEvent(
  past: RunState,
  started: EventOf<'run.start'>,
  taken: TakenFromSomebody,
  signer: Signer,
  head: string,
): EventOf<'writer.changed'> | null {
  const before = past.operator ?? started.operator
  if (taken.from === null && before.principal === signer.principal) return null
  const from = { ...before, host: taken.from?.host ?? started.host.name }
  const to = { principal: signer.principal, keyid: signer.keyid, host: hostname() }
  return { kind: 'writer.changed', from, to, reason: taken.reason, head }
}
