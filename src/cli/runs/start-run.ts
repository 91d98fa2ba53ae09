import { createHash } from 'node:crypto'
import { hostname, platform } from 'node:os'
import { dirname, relative, resolve } from 'node:path'
import type { EventOf, RunEvent } from '../../model/index.ts'
import { EMPTY_STATE } from '../../model/index.ts'
import { planEvent } from '../../runner/index.ts'
import { accountName, type GitFacts, gitFacts, uuidv7 } from '../../runner/local/index.ts'
import { createChain } from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import type { Desk } from '../desk.ts'
import type { FirstWords } from '../given/first-words.ts'
import type { Io } from '../io.ts'
import { stateFolder } from '../settings/workspace.ts'
import { VERSION } from '../version.ts'
import { contextOf, type NewRun } from './run-context.ts'
import { changedInterpreters, firstInterpreters, usedInterpreters } from './run-interpreters.ts'
import { takeStateLock } from './run-locks.ts'
import { openSession, type Session } from './run-session.ts'
import { fileOf, keepPlace } from './runbook-place.ts'
import { findParents, runFiles } from './transcript-files.ts'

/** Opens the journal of a new run and writes its first two lines. */
export async function startSession(asked: NewRun, desk: Desk, io: Io, first: FirstWords): Promise<Session> {
  const run = uuidv7(io.nowMs())
  const context = contextOf(asked, desk.config, run)
  const files = runFiles(desk.workspace.transcripts, asked.release, run)
  const parents = await findParents(desk.workspace.transcripts, asked.undoes?.files.run ?? null)
  const git = await gitFacts(dirname(resolve(asked.path)))
  if (git !== null && git.unseen !== null) io.say(cleanText(`signoff: recorded as changed: ${git.unseen}`))
  const start = await startEvent(asked, desk, { run, parents, git })
  const stateDir = stateFolder(io.environment, run)
  const session = await openSession({
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
    await keepPlace(stateDir, resolve(asked.path))
    await session.drive.begin([start, planEvent(asked.runbook), ...interpreterEvents(asked, desk)], first)
  } catch (error) {
    await session.close()
    throw error
  }
  return session
}

/** What the plan was read with, and what has become of that where it is the plan of an earlier run. */
function interpreterEvents({ runbook, interpreters }: NewRun, { config, signer }: Desk): RunEvent[] {
  const planned = interpreters ?? usedInterpreters(runbook, config.interpreters)
  const named = firstInterpreters(planned, signer.principal)
  const changed = changedInterpreters({ planned, now: planned }, config.interpreters, signer.principal)
  return [named, changed].filter(event => event !== null)
}

async function startEvent(
  asked: NewRun,
  desk: Desk,
  { run, parents, git }: Pick<EventOf<'run.start'>, 'run' | 'parents'> & { readonly git: GitFacts | null },
): Promise<EventOf<'run.start'>> {
  const path = resolve(asked.path)
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
    host: { name: hostname(), user: accountName(), os: platform() },
    signersSha256: createHash('sha256').update(desk.signersText).digest('hex'),
    configSha256: desk.config.projectSha256,
    parents,
  }
}
