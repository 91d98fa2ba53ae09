import { dirname, resolve } from 'node:path'
import type { Runbook, RunInterpreters } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import { readScript, releaseParameters } from '../../parser/index.ts'
import { createContext, type RunContext, type Selection, selectFlow } from '../../runner/index.ts'
import { matchesInTime, type PersonsTerminal } from '../../runner/local/index.ts'
import type { Config } from '../settings/config.ts'
import type { RunFiles } from './transcript-files.ts'

/** The selection of a run that walks all of its flow. */
export const EVERYTHING: Selection = { from: null, only: null, until: null }

export interface NewRun {
  readonly runbook: Runbook
  readonly path: string
  readonly release: string
  readonly environment: string | null
  readonly selection: Selection
  /** Those that the runbook was read with; absent where they are those of the configuration. */
  readonly interpreters?: RunInterpreters
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
  config: Pick<Config, 'roles' | 'touch' | 'timeoutMs' | 'silenceMs' | 'interpreters'>,
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
    touch: config.touch,
    defaultTimeoutMs: config.timeoutMs,
    interpreters: interpretersNow(asked.interpreters ?? config.interpreters, config.interpreters),
    ...(config.silenceMs === null ? {} : { silenceMs: config.silenceMs }),
    cwd: resolve(dirname(resolve(asked.path)), asked.runbook.cwd ?? '.'),
    readScript,
    matches: matchesInTime,
    ...(asked.undoes === undefined ? {} : { undoes: { run: asked.undoes.files.run, done: asked.undoes.done } }),
    terminal: asked.terminal !== null,
  })
}

/** What the plan needs, as the configuration has it now: a block whose interpreter is gone must not be taken for shell. */
function interpretersNow(planned: RunInterpreters, configured: RunInterpreters): RunContext['interpreters'] {
  return Object.fromEntries(Object.keys(planned).map(tag => [tag, configured[tag] ?? null]))
}
