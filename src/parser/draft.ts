import type { Diagnostic, Evidence, FormField, Risk, Role, Step } from '../model/index.ts'
import type { Block, LabelBlock } from './blocks.ts'
import type { Directive } from './markers/directives.ts'
import type { SectionDraft } from './sections.ts'
import type { DeclaredInput } from './task-files/task.ts'
import type { Place, Source } from './text/source.ts'

/** Text for bash, with the place in the file of the first character of each of its lines. */
export interface ScriptText {
  readonly text: string
  readonly places: readonly Place[]
  /** Offset of each line of a long script, where many places in it are asked for. */
  readonly starts?: readonly number[]
}

/** A step before it has a position, an id and its place in a flow. */
export interface Draft {
  readonly node: 'step'
  readonly kind: Step['kind']
  readonly title: string
  readonly rule: string
  readonly line: number
  readonly endLine: number
  /** The number that the author printed before it. */
  readonly printed: number | null
  readonly script: ScriptText | null
  /** Text of a task for an interpreter that the configuration names, and its line. It is no `script`: nothing reads it as shell. */
  readonly program: { readonly text: string; readonly line: number } | null
  readonly language: string | null
  readonly original: string | null
  readonly offer: ScriptText | null
  readonly interaction: Step['interaction']
  /** Risk of the block it came from, for steps without a script of their own. */
  readonly blockRisk: Risk | null
  readonly when: string | null
  readonly detail: readonly string[]
  readonly approvers: readonly string[] | null
  readonly evidence: Evidence | null
  readonly expect: Step['expect']
  readonly durationMs: number | null
  readonly timeoutMs: number | null
  /** How often the offer is to be looked at. */
  readonly everyMs: number | null
  /** Values that a task of xc or mask declares for its script. */
  readonly inputs: readonly DeclaredInput[]
  readonly fields: readonly FormField[]
  readonly unfinished: string | null
  readonly pointOfNoReturn: boolean
  /** Only a sentence of the prose says it: no page is one to walk for that alone. */
  readonly inProse: boolean
  /** Words near it that may name an environment, the nearest first. */
  readonly near: readonly string[]
  /** True for entries of the palette only: they are in no flow. */
  readonly aside: boolean
  /** A closing confirmation, or the gate of a whole section: last in it. */
  readonly closing: boolean
  /** A wait that stands before the closing confirmation. */
  readonly beforeClosing: boolean
  /** Steps below it that answer it: they come first. */
  readonly below: readonly DraftNode[]
  readonly options: readonly OptionDraft[] | null
  /** For a choice between sub-sections: which of them, by index, in the order of the options. */
  readonly optionSections: readonly number[] | null
  /** What the author fixed by markers or attributes. */
  readonly fixed: Fixed
  /** The words of markers that were followed here. */
  readonly markers: readonly Directive[]
}

export interface Fixed {
  readonly id: string | null
  readonly risk: Risk | null
  readonly environment: string | null
  /** The folder in which its script starts, as written. */
  readonly cwd: string | null
  /** Who decides a gate, beside those that the text names. */
  readonly approvers: readonly string[]
}

export interface OptionDraft {
  readonly name: string
  /** What stands beside the option to help choosing. */
  readonly note: string | null
  readonly nodes: readonly DraftNode[]
}

/** An item that only groups others: it takes a position and is no step. */
export interface DraftGroup {
  readonly node: 'group'
  readonly nodes: readonly DraftNode[]
}

export type DraftNode = Draft | DraftGroup

/** Steps that a label or a lead-in inside a section sets apart from it: they are in no main flow (rules R5 and R6). */
export interface ApartDraft {
  readonly role: ApartRole
  readonly title: string
  readonly line: number
  readonly nodes: readonly DraftNode[]
  /** First line of the item that it is indented under: it leads back from that step only; null for its whole section. */
  readonly underLine?: number | null
  /** What a marker says that it leads back from. */
  readonly markedFor?: string | null
}

/** A way back, cleaning up, commands for reference; `conditional` is troubleshooting, offered when a step fails. */
export type ApartRole = Extract<Role, 'recovery' | 'cleanup' | 'reference' | 'conditional'>

/** What a rule made of the blocks at one place. */
export interface Reading {
  readonly nodes: readonly DraftNode[]
  readonly apart: readonly ApartDraft[]
  readonly findings: readonly Diagnostic[]
  /** Output that the step before these is to show (rule R10b). */
  readonly expect: Step['expect']
  /** How many blocks it has read; at least 1. */
  readonly used: number
  /** Set where the nodes are another option beside what stands before them: its name (rule R7). */
  readonly orLabel?: string
}

/** Facts of the whole page that a rule may need. */
export interface Page {
  readonly source: Source
  readonly title: string
  /** Its headings, by `headingKey`. */
  readonly headings: ReadonlySet<string>
  /** Names of variables that some script or prose of the page reads. */
  readonly read: ReadonlySet<string>
  /** Values that the page declares and that a bold prefix may name as a condition, in lower case. */
  readonly declared: ReadonlySet<string>
  /** True where containers of another tool (macros of Confluence) stand around blocks: nobody can say what these are for. */
  readonly foreign: boolean
  /** Commands that the project's configuration names for blocks of other languages, by tag. */
  readonly interpreters: Readonly<Record<string, readonly string[]>>
  /** True for the sections below one that opened a session elsewhere and did not leave it (rule R15). */
  readonly inSession?: boolean
  /** Markers that left a block out, or were refused. Grows while the page is read. */
  readonly skips: Set<Directive>
}

/** Where a rule reads. */
export interface At {
  readonly page: Page
  readonly section: SectionDraft
  readonly blocks: readonly Block[]
  readonly index: number
  readonly block: Block
  /** The label that the block stands under; null where there is none. */
  readonly label: LabelBlock | null
  /** The label, paragraph or list right before the block. */
  readonly before: Block | null
  /** Title of the item that the block is indented under. */
  readonly item: {
    readonly title: string
    readonly printed: number | null
    /** It is an example of the item above it: nothing in it is to be run. */
    readonly example: boolean
  } | null
  /** Reads blocks by all rules, in the same section. */
  readonly readAll: (blocks: readonly Block[], inside?: Partial<Pick<At, 'label' | 'item' | 'section'>>) => Reading
}

/** One construct of a runbook. The table in `rules.ts` asks them in order; the first that answers has read the block. */
export interface Rule {
  readonly rule: string
  readonly name: string
  readonly read: (at: At) => Reading | null
}

const EMPTY: Omit<Draft, 'kind' | 'title' | 'rule' | 'line' | 'endLine'> = {
  node: 'step',
  printed: null,
  script: null,
  program: null,
  language: null,
  original: null,
  offer: null,
  interaction: 'none',
  blockRisk: null,
  when: null,
  detail: [],
  approvers: null,
  evidence: null,
  expect: null,
  durationMs: null,
  timeoutMs: null,
  everyMs: null,
  inputs: [],
  fields: [],
  unfinished: null,
  pointOfNoReturn: false,
  inProse: false,
  near: [],
  aside: false,
  closing: false,
  beforeClosing: false,
  below: [],
  options: null,
  optionSections: null,
  fixed: { id: null, risk: null, environment: null, cwd: null, approvers: [] },
  markers: [],
}

/** A draft with everything that was not said left empty. */
export function draft(
  said: Pick<Draft, 'kind' | 'title' | 'rule' | 'line' | 'endLine'> & Partial<Omit<Draft, 'node'>>,
): Draft {
  return { ...EMPTY, ...said }
}

export function reading(nodes: readonly DraftNode[], more: Partial<Omit<Reading, 'nodes'>> = {}): Reading {
  return { nodes, apart: [], findings: [], expect: null, used: 1, ...more }
}

/** All steps of some nodes, as the file has them: those below a step before it, options behind their choice. */
export function draftsOf(nodes: readonly DraftNode[]): Draft[] {
  return nodes.flatMap(node =>
    node.node === 'group'
      ? draftsOf(node.nodes)
      : [...draftsOf(node.below), node, ...(node.options ?? []).flatMap(option => draftsOf(option.nodes))],
  )
}

/** What a reading made, under one more condition (rule R8). */
export function underCondition(made: Reading, when: string | null | undefined): Reading {
  if (when === null || when === undefined) return made
  const conditional = (step: Draft): Draft => ({
    ...step,
    when: step.when === null ? when : `${when} and ${step.when}`,
  })
  return {
    ...made,
    nodes: mapDrafts(made.nodes, conditional),
    apart: made.apart.map(one => ({ ...one, nodes: mapDrafts(one.nodes, conditional) })),
  }
}

/** Words of markers that put a condition on their steps. */
const ASKS: ReadonlySet<string> = new Set(['if', 'optional', 'pick'])

/** The same steps under a condition of what stands around them: their own words count instead, but a marker only adds to it. */
export function conditionAround(nodes: readonly DraftNode[], when: string): DraftNode[] {
  return mapDrafts(nodes, step => {
    const isMarked = step.markers.some(one => ASKS.has(one.word))
    if (step.when === null || !isMarked || step.when === when) return { ...step, when: step.when ?? when }
    return { ...step, when: `${step.when} and ${when}` }
  })
}

/** The same nodes with each step changed. */
export function mapDrafts(nodes: readonly DraftNode[], change: (step: Draft) => Draft): DraftNode[] {
  return nodes.map(node =>
    node.node === 'group'
      ? { ...node, nodes: mapDrafts(node.nodes, change) }
      : change({
          ...node,
          below: mapDrafts(node.below, change),
          options: node.options?.map(option => ({ ...option, nodes: mapDrafts(option.nodes, change) })) ?? null,
        }),
  )
}
