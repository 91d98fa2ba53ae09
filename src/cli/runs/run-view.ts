import {
  EMPTY_STATE,
  type Entry,
  evolve,
  type Need,
  type Runbook,
  type RunState,
  SignoffError,
} from '../../model/index.ts'
import { loadAndParse } from '../../parser/index.ts'
import { chooseSection, needOf, type RunContext } from '../../runner/index.ts'
import { type Scene, sentenceFor, toWalk } from '../../tui/index.ts'
import { contextOf, EVERYTHING } from './run-context.ts'

/** A run as its journal tells it to somebody who only looks. */
export interface RunView {
  readonly state: RunState
  /** Takes lines that were read; each is told with the run as it stood behind it. */
  take(entries: readonly Entry[], tell?: (entry: Entry, sentence: string | null) => void): Promise<void>
  /** Null until the first line, which holds the runbook, was taken. */
  scene(): Scene | null
}

export function createRunView(): RunView {
  let state = EMPTY_STATE
  let seen: Seen | null = null
  const needNow = (): Need =>
    seen === null ? { kind: 'finished', result: 'passed' } : needOf(seen.context, state, liveOf(state))
  return {
    get state() {
      return state
    },
    async take(entries, tell) {
      for (const entry of entries) {
        state = evolve(state, entry)
        // They stand behind the plan: what is a task of the run is one here too.
        if (entry.event.kind === 'run.interpreters') seen = null
        if (state.start !== null) seen ??= await readSeen(state)
        if (seen === null) continue
        tell?.(entry, sentenceFor(entry, { state, need: needNow() }, seen.runbook))
      }
    },
    scene: () => (seen === null ? null : { state, need: needNow(), walk: seen.walk }),
  }
}

interface Seen {
  readonly runbook: Runbook
  readonly context: RunContext
  readonly walk: Scene['walk']
}

/** Secrets that the run was given are in the memory of whoever walks it. */
function liveOf(state: RunState): Parameters<typeof needOf>[2] {
  const held = [...state.values].flatMap(([name, { masked }]) => (masked ? [name] : []))
  return { heldSecrets: new Set(held), rejected: new Map() }
}

async function readSeen(state: RunState): Promise<Seen> {
  const { start } = state
  if (start === null) throw new SignoffError('JOURNAL_INVALID', 'the journal has no first line')
  const selection = start.selection ?? EVERYTHING
  const interpreters = state.interpreters?.planned ?? {}
  const read = (await loadAndParse(Buffer.from(start.runbook.text), start.runbook.path, { interpreters })).runbook
  const only = read.mode === 'catalog' ? selection.only : null
  const runbook = (only === null ? null : chooseSection(read, only)) ?? read
  const asked = {
    runbook,
    path: start.runbook.path,
    release: start.release,
    environment: start.env,
    selection,
    interpreters,
    terminal: null,
  }
  const config = { ...NO_CONFIG, interpreters: state.interpreters?.now ?? {} }
  return { runbook, context: contextOf(asked, config, start.run), walk: toWalk(runbook) }
}

/** Who looks has no part in how else the run is configured: what it demands is in its lines. */
const NO_CONFIG = { roles: {}, touch: 'none', timeoutMs: null, silenceMs: null } as const
