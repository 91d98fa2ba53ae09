import type { Plan, Section, Step } from './plan.ts'

/** How the text around a value reads it, which decides how the value is quoted when it enters. */
export type Quoting = 'bare' | 'double' | 'single' | 'heredoc'

/** A place in a script where a value enters. Offsets are UTF-16 units into `script` (or into the offer), end exclusive. */
export interface Slot {
  readonly parameter: string
  readonly start: number
  readonly end: number
  readonly quoting: Quoting
}

/** A field of a form: what is asked, what stood there, and where its text lies in the template. */
export interface FormField {
  readonly label: string
  /** What the author wrote there: a hint, never an answer. */
  readonly hint: string
  /** Offsets into `Step.original`, end exclusive. */
  readonly start: number
  readonly end: number
  /** What fills it without asking; null means that a person is asked. */
  readonly source:
    | { readonly kind: 'release' | 'operator' | 'time' }
    | { readonly kind: 'observed'; readonly step: string }
    | { readonly kind: 'parameter'; readonly name: string }
    /** The same text stands in the form before: what is given there is given here. */
    | { readonly kind: 'field'; readonly label: string }
    | null
}

/** Shells that run scripts. */
export type Shell = 'bash' | 'sh' | 'zsh'

/** What running a step needs beyond the published plan. */
export interface StepDetail {
  /** Text that belongs to the step and is shown with it, a line each, without Markdown emphasis. */
  readonly detail: readonly string[]
  readonly slots: readonly Slot[]
  readonly offerSlots: readonly Slot[]
  /** Risk of the offered command; null without one. */
  readonly offerRisk: Step['risk'] | null
  /** 1-based line of the file that holds the first line of `script`: bash's own messages then carry the file's line numbers. */
  readonly scriptLine: number | null
  /** Ids of the phase and of the innermost section. */
  readonly phase: string
  readonly section: string
  readonly fields: readonly FormField[]
  /** Why this script runs in no mode (`...`, `a|b|c`, a TODO in it); null if it may run. */
  readonly unfinished: string | null
  /** True for steps from a point of no return on: the next task is asked at L3 whatever its risk. */
  readonly pointOfNoReturn: boolean
  /**
   * The folder in which its script or offer starts, as written: relative to where the session of the run started, or absolute.
   * It holds for this block alone. Absent where the session goes on from the block before.
   */
  readonly cwd?: string
  /** The shell of its script where the front matter names one and the tag of the block does not. */
  readonly shell?: Shell
  /** For a wait: whether its time runs from the start of its section (a monitoring period) or from the step itself. */
  readonly countsFrom?: 'section' | 'step'
}

/** How a text for the shell is read that stands in no script of the runbook: one that a person edited, the probe of a wait. */
export interface ScriptReading {
  readonly risk: Step['risk']
  /** The environment that its commands name; null where they name none. */
  readonly environment: string | null
  readonly interaction: Step['interaction']
  /** Places of the placeholders in it. */
  readonly slots: readonly Slot[]
  readonly unfinished: string | null
}

/** A table or list of the runbook that is shown when something fails: contacts, dependencies. */
export interface ShownText {
  readonly title: string
  readonly line: number
  readonly lines: readonly string[]
}

/** One parsed document. It never changes; a run is one execution of it. */
export interface Runbook extends Omit<Plan, 'schema' | 'findings' | 'runbook'> {
  readonly path: string
  readonly sha256: string
  readonly title: string
  readonly mode: Plan['runbook']['mode']
  readonly metadata: Plan['runbook']['metadata']
  /** The text as loaded: what runs, whatever becomes of the file. */
  readonly source: string
  readonly details: ReadonlyMap<string, StepDetail>
  readonly contacts: readonly ShownText[]
  /** The folder in which sessions start, as the front matter has it: relative to the runbook, or absolute. Absent: beside the runbook. */
  readonly cwd?: string
  /** Regular expressions that whole values must match, by name of the value; absent where the front matter has none. */
  readonly patterns?: ReadonlyMap<string, string>
}

/** All steps of a runbook in the order a person meets them, whatever their flow. */
export function stepsOf(runbook: Pick<Runbook, 'phases'>): Step[] {
  const visit = (section: Section): Step[] => [...section.steps, ...section.sections.flatMap(visit)]
  return runbook.phases.flatMap(visit)
}
