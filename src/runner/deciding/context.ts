import type { EventOf, Runbook, ScriptReading, Section, Step } from '../../model/index.ts'
import { stepsOf } from '../../model/index.ts'
import type { Matches } from '../scripts/expectation.ts'
import { findStep } from './asking.ts'

/** What a run is about and never changes while it lasts. */
export interface RunContext {
  readonly run: string
  readonly release: string
  /** `--env`: can raise how strongly is asked, never lower it. */
  readonly environment: string | null
  readonly runbook: Runbook
  readonly steps: ReadonlyMap<string, Step>
  /** Steps of the main flow in order, cut by the selection. */
  readonly mainFlow: readonly string[]
  /** True where a selection (`--only`, `--until`, `--from`) leaves steps of the main flow out. */
  readonly partial: boolean
  /** Names of parameters that default to the release. */
  readonly releaseParameters: readonly string[]
  /** Principals by role, from the configuration; a role that is not listed is not mapped. */
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** What is asked of the keys of approvers; nothing where it is left out. */
  readonly touch?: EventOf<'approval.request'>['touch']
  readonly defaultTimeoutMs: number | null
  /** How long a running script may say nothing before a person is told. */
  readonly silenceMs: number
  /** Commands for scripts of other languages, by the language of their step; null where the configuration has lost one that it had. */
  readonly interpreters: Readonly<Record<string, readonly string[] | null>>
  /** Directory in which sessions start. */
  readonly cwd: string
  /** Reads a script that the runbook does not hold, as a parser does; without it none is edited and no probe polled. */
  readonly readScript?: (script: string) => ScriptReading
  /** The sealed run that this one leads back from: its recovery alone is walked here. */
  readonly undoes?: { readonly run: string; readonly done: readonly string[] }
  /** Looks for the pattern of an author in an output, within a limit; without it there is none. */
  readonly matches?: Matches
  /** A person's terminal is there, which scripts that ask or draw at one are lent. Absent: there is none. */
  readonly terminal?: boolean
}

export interface Selection {
  readonly from: string | null
  readonly only: string | null
  readonly until: string | null
}

/** What takes longer than this without a word is unusual enough to look at, and no alarm. */
export const DEFAULT_SILENCE_MS = 120_000

export function createContext(
  input: Omit<RunContext, 'steps' | 'mainFlow' | 'partial' | 'interpreters' | 'silenceMs'> &
    Partial<Pick<RunContext, 'mainFlow' | 'interpreters' | 'silenceMs'>>,
): RunContext {
  const mainFlow = input.mainFlow ?? input.runbook.flows.main
  return {
    ...input,
    interpreters: input.interpreters ?? {},
    silenceMs: input.silenceMs ?? DEFAULT_SILENCE_MS,
    steps: new Map(stepsOf(input.runbook).map(step => [step.id, step])),
    mainFlow,
    partial: mainFlow.length < input.runbook.flows.main.length,
  }
}

/**
 * The part of the main flow that a selection leaves: from a step or section on, up to and with one, or one section alone.
 * @returns null where a name finds nothing, with the name.
 */
export function selectFlow(
  runbook: Runbook,
  selection: Selection,
): { readonly flow: readonly string[] } | { readonly unknown: string } {
  const main = runbook.flows.main
  const idsOf = (reference: string): readonly string[] => {
    const section = findSection(runbook, reference)
    if (section !== null) return sectionSteps(section).filter(id => main.includes(id))
    const step = findStep(runbook, reference)
    return step !== null && main.includes(step.id) ? [step.id] : []
  }
  let flow = main
  for (const key of ['only', 'from', 'until'] as const) {
    const reference = selection[key]
    // Of a catalog the section was chosen already, with those that it requires.
    if (reference === null || (key === 'only' && runbook.mode === 'catalog')) continue
    const ids = idsOf(reference)
    const first = flow.indexOf(ids[0] ?? '')
    const last = flow.indexOf(ids.at(-1) ?? '')
    if (first < 0 || last < 0) return { unknown: reference }
    flow =
      key === 'only'
        ? flow.filter(id => ids.includes(id))
        : key === 'from'
          ? flow.slice(first)
          : flow.slice(0, last + 1)
  }
  return { flow }
}

export function findSection(runbook: Runbook, reference: string): Section | null {
  const visit = (sections: readonly Section[]): Section | null => {
    for (const section of sections) {
      if (section.position === reference || section.id === reference) return section
      const inner = visit(section.sections)
      if (inner !== null) return inner
    }
    return null
  }
  return visit(runbook.phases)
}

function sectionSteps(section: Section): string[] {
  return [...section.steps.map(step => step.id), ...section.sections.flatMap(sectionSteps)]
}

/** The second line of every journal: the plan that the run walks. */
export function planEvent(runbook: Runbook): EventOf<'run.plan'> {
  const main = new Set(runbook.flows.main)
  const recovery = new Set(runbook.flows.recovery.flatMap(flow => flow.steps))
  return {
    kind: 'run.plan',
    phases: runbook.phases.map(({ id, position, title, role }) => ({ id, position, title, role })),
    steps: stepsOf(runbook).map(step => ({
      id: step.id,
      position: step.position,
      kind: step.kind,
      title: step.title,
      line: step.line,
      phase: runbook.details.get(step.id)?.phase ?? null,
      flow: main.has(step.id) ? 'main' : recovery.has(step.id) ? 'recovery' : 'none',
      required: step.required,
      approvers: step.approvers,
    })),
  }
}
