import { setTimeout as sleep } from 'node:timers/promises'
import type { Entry } from '../../model/index.ts'
import {
  cleanText,
  createPlainOutput,
  createPollLines,
  neededLine,
  neededOf,
  type Scene,
  type StatusFacts,
  statusLines,
} from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { jsonText } from '../render/json-text.ts'
import { readGrowing } from '../runs/journal-reader.ts'
import { holderOf } from '../runs/run-locks.ts'
import { createRunView, type RunView } from '../runs/run-view.ts'
import { statusDocument } from '../runs/status-document.ts'
import { findRun, isThere, type RunFiles } from '../runs/transcript-files.ts'
import { findWorkspace, stateFolder } from '../settings/workspace.ts'

export interface StatusFlags {
  readonly watch?: boolean
  readonly json?: boolean
}

const LOOK_MS = 250

/**
 * Says where a run stands, from its journal alone: whoever may read that may look, from any terminal, and changes nothing. With
 * `--watch` each new line is told as it comes, until the run has ended.
 */
export async function status(reference: string | null, flags: StatusFlags, io: Io): Promise<number> {
  const workspace = findWorkspace(io.cwd)
  const files = await findRun(workspace.transcripts, reference)
  const view = createRunView()
  const teller = createTeller(view, files, flags, io)
  let fresh: Entry[] = []
  await readGrowing(
    files.journal,
    line => {
      // Output is nearly all of a long journal, and says nothing of where the run stands: only what comes from now on is shown.
      if (line.entry !== null && (teller.watches || line.entry.event.kind !== 'output')) fresh.push(line.entry)
    },
    async () => {
      const entries = fresh
      fresh = []
      await teller.take(entries)
      if (flags.watch !== true || view.state.result !== null || io.gone?.aborted === true) return false
      await sleep(LOOK_MS)
      return true
    },
  )
  return 0
}

/** What is said first, and then of each batch of new lines. */
function createTeller(view: RunView, files: RunFiles, flags: StatusFlags, io: Io) {
  let watches = false
  let asked = ''
  const polls = createPollLines()
  const scripts = createPlainOutput(line => io.write(`${line}\n`))
  const facts = async (): Promise<StatusFacts> => ({
    holder: holderOf(stateFolder(io.environment, files.run), files),
    sealed: await isThere(files.bundle),
  })
  const sayAll = async (scene: Scene): Promise<void> => {
    const seen = await facts()
    if (flags.json === true) io.write(jsonText(statusDocument(scene, seen, files.folder), 'one-line'))
    else for (const line of statusLines(scene, seen, io.nowMs())) io.write(`${line}\n`)
  }
  const sayNeed = (scene: Scene): void => {
    const needed = neededOf(scene)
    const line = needed === null || needed.kind === 'running' ? '' : neededLine(needed)
    if (watches && line !== asked && line !== '' && flags.json !== true) io.write(`${cleanText(line)}\n`)
    asked = line
  }
  return {
    get watches() {
      return watches
    },
    async take(entries: readonly Entry[]) {
      const tell = (entry: Entry, sentence: string | null): void => {
        const { event } = entry
        if (event.kind === 'output' && polls.shows(event))
          scripts.push(event, view.state.steps.get(event.step)?.planned.position ?? event.step)
        if (event.kind === 'output.end') scripts.end()
        const need = view.scene()?.need
        for (const line of need === undefined ? [] : polls.tell(entry, need, sentence)) io.write(`${line}\n`)
      }
      await view.take(entries, watches && flags.json !== true ? tell : undefined)
      const scene = view.scene()
      if (scene === null) return
      if (!watches || (flags.json === true && entries.length > 0)) await sayAll(scene)
      sayNeed(scene)
      watches = true
    },
  }
}
