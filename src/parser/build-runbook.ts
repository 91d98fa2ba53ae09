import type { Evidence, FormField, Risk, Runbook, Section, Shell, Step, StepDetail } from '../model/index.ts'
import type { Draft } from './draft.ts'
import { environmentOf, markedEnvironment } from './environment.ts'
import { type PlacedFlows, WHOLE_DOCUMENT } from './flows.ts'
import { isFolder } from './front-matter/folder.ts'
import type { Links } from './links.ts'
import { toApprovers } from './owners.ts'
import type { PlacedSection, PlacedStep } from './place-steps.ts'
import { placedStepsOf } from './place-steps.ts'
import { environmentOf as environmentOfScript, interactionOf, riskOf, strongest } from './shell/index.ts'
import type { Task } from './task-files/task.ts'
import { type FormSources, fillFields, formSources } from './values/form-sources.ts'
import type { FoundParameters } from './values/parameters.ts'

/** Everything the stages before have found, to be put together. */
export interface Parts {
  readonly phases: readonly PlacedSection[]
  readonly flows: PlacedFlows
  readonly parameters: FoundParameters
  /** Lines from which on the next task or offer is asked at the highest level. */
  readonly pointsOfNoReturn: readonly number[]
  /** What steps say about other places of the page. */
  readonly links: Links
  /** An environment that the front matter names. */
  readonly environment: string | null
  /** The shell of blocks whose tag names none; null where the front matter says nothing. */
  readonly shell: Shell | null
  /** Time limit of scripts that the front matter names. */
  readonly timeoutMs: number | null
}

/** Phases, steps and their details, in the shape of the model. */
export function buildPhases(parts: Parts): Pick<Runbook, 'phases' | 'details'> {
  const all = parts.phases.flatMap(placedStepsOf)
  const mainIds = new Set(parts.flows.main.map(step => step.id))
  const context: Context = {
    ...parts,
    near: nearOfRecovery(parts),
    criteria: criteriaOf(parts.phases),
    sources: formSources(
      parts.parameters.parameters.map(one => one.name),
      all.filter(step => hasNumber(step.draft.evidence) && mainIds.has(step.id)),
      all.flatMap(step => [step.title, ...step.draft.detail]),
    ),
    afterNoReturn: afterNoReturn(all, parts.pointsOfNoReturn),
    mainIds,
    tasks: new Map(parts.phases.flatMap(tasksByName)),
  }
  const details = new Map<string, StepDetail>()
  const phases = parts.phases.map(phase => buildSection(phase, phase, context, details))
  return { phases, details }
}

interface Context extends Parts {
  /** By section id: what may name the environment of a way back, beside its own words. */
  readonly near: ReadonlyMap<string, readonly string[]>
  readonly criteria: ReadonlyMap<string, readonly string[]>
  readonly sources: FormSources
  readonly afterNoReturn: ReadonlySet<string>
  readonly mainIds: ReadonlySet<string>
  /** Ids of sections that are tasks of xc or mask, by name. */
  readonly tasks: ReadonlyMap<string, string>
}

function buildSection(
  section: PlacedSection,
  phase: PlacedSection,
  context: Context,
  details: Map<string, StepDetail>,
): Section {
  const steps = section.steps.map(placed => {
    const step = buildStep(placed, section, context)
    details.set(step.id, buildDetail(placed, step, section, phase, context))
    return step
  })
  const { draft } = section
  const requires = section.byLabel ? [] : requiredBy(draft.task, context)
  const closing = section.steps.filter(step => step.draft.closing && step.draft.kind !== 'gate').map(step => step.title)
  return {
    id: section.id,
    position: section.position,
    title: section.title,
    role: section.role,
    line: section.line,
    owners: [...draft.owners],
    duration: section.byLabel ? null : draft.duration,
    for: context.flows.forOf.get(section.id) ?? null,
    successCriteria: section.byLabel || closing.length === 0 ? null : closing.join('; '),
    steps,
    ...(requires.length === 0 ? {} : { requires }),
    ...(section.byLabel || draft.metadata.length === 0 ? {} : { metadata: [...draft.metadata] }),
    sections: section.sections.map(child => buildSection(child, phase, context, details)),
  }
}

/** Ids of the sections that a task of the file requires. */
function requiredBy(task: Task | null, context: Context): string[] {
  return (task?.requires ?? []).flatMap(({ name }) => context.tasks.get(name.trim().toLowerCase()) ?? [])
}

function tasksByName(section: PlacedSection): (readonly [string, string])[] {
  const own =
    section.draft.task === null || section.byLabel ? [] : [[section.title.trim().toLowerCase(), section.id] as const]
  return [...own, ...section.sections.flatMap(tasksByName)]
}

function buildStep(placed: PlacedStep, section: PlacedSection, context: Context): Step {
  const { draft } = placed
  const command = draft.script?.text ?? draft.offer?.text ?? null
  const near = [
    ...draft.near,
    ...section.draft.near,
    ...(context.near.get(section.id) ?? []),
    ...(context.environment === null ? [] : [context.environment]),
  ]
  const found = environmentOf(draft.title, near, command === null ? null : environmentOfScript(command))
  // A marker may name an environment, but not take production away.
  const environment =
    found === 'production' ? found : (markedEnvironment(draft.fixed.environment, section.draft.environment) ?? found)
  const criteria = context.criteria.get(placed.id)
  return {
    id: placed.id,
    position: placed.position,
    kind: draft.kind,
    title: placed.title,
    line: draft.line,
    endLine: Math.max(draft.line, draft.endLine),
    rule: draft.rule,
    script: draft.script?.text ?? programOf(draft)?.text ?? null,
    language: draft.language,
    original: draft.original,
    risk: riskOfStep(placed),
    environment,
    interaction: draft.interaction,
    needs: [...(context.parameters.needs.get(placed.id) ?? [])],
    when: whenOf(section.draft.when, draft.when),
    choice: placed.choice,
    options: placed.options?.map(option => ({ name: option.name, steps: [...option.steps] })) ?? null,
    offer: draft.offer?.text ?? null,
    expect: draft.expect,
    approvers: draft.kind === 'gate' ? toApprovers(approversOf(placed, section)) : null,
    required: isRequired(section) && !draft.aside,
    durationMs: draft.durationMs,
    timeoutMs: draft.timeoutMs ?? (draft.kind === 'task' && draft.interaction !== 'endless' ? context.timeoutMs : null),
    evidence: draft.evidence,
    criteria: criteria === undefined || criteria.length === 0 ? null : [...criteria],
    probe: probeOf(draft),
    owners: [...section.draft.owners],
    recovery: context.flows.recoveryOf.get(placed.id) ?? null,
  }
}

/**
 * Rule R19: the offer of a step that says how often to look. What changes something, asks, or never ends is offered, and
 * never repeated by itself.
 */
function probeOf({ offer, everyMs }: Draft): Step['probe'] {
  if (offer === null || everyMs === null || interactionOf(offer.text) !== 'none') return null
  const risk = riskOf(offer.text)
  return risk === 'view' || risk === 'safe' ? { script: offer.text, everyMs } : null
}

function buildDetail(
  placed: PlacedStep,
  step: Step,
  section: PlacedSection,
  phase: PlacedSection,
  context: Context,
): StepDetail {
  const { draft } = placed
  const slots = context.parameters.slots.get(placed.id)
  const notes = (draft.options ?? []).flatMap(option =>
    option.note === null ? [] : [`${option.name}: ${option.note}`],
  )
  const runs = draft.script !== null || draft.offer !== null || programOf(draft) !== null
  const said = runs ? draft.fixed.cwd : null
  const cwd = said !== null && isFolder(said) ? said : null
  const links = draft.kind === 'choice' ? [] : linksOf(draft, section, context.links)
  return {
    detail: [...draft.detail, ...notes, ...links, ...(cwd === null ? [] : [`starts in the folder ${cwd}`])],
    slots: slots?.script ?? [],
    offerSlots: slots?.offer ?? [],
    offerRisk: draft.offer === null ? null : riskOf(draft.offer.text),
    scriptLine: draft.script?.places[0]?.line ?? programOf(draft)?.line ?? null,
    phase: phase.id,
    section: section.id,
    fields: fields(draft.fields, context),
    unfinished: draft.unfinished,
    pointOfNoReturn: context.afterNoReturn.has(step.id),
    ...(cwd === null ? {} : { cwd }),
    ...(runs && context.shell !== null && !NAMES_SHELL.test(draft.language ?? '') ? { shell: context.shell } : {}),
    ...(draft.kind === 'wait' ? { countsFrom: draft.beforeClosing ? ('section' as const) : ('step' as const) } : {}),
  }
}

/** Where the words of a step, and the text that is shown with it, point to on the page. */
function linksOf({ title, detail }: Draft, section: PlacedSection, links: Links): string[] {
  const seen = links.seen(title)
  const jumps = [title, ...detail].flatMap(text => links.jumps(text, section)).flatMap(({ pointer }) => pointer ?? [])
  return [...(seen === null ? [] : [seen]), ...new Set(jumps)]
}

/** Tags that say by which shell a block runs; `sh` says no more than that it is shell. */
const NAMES_SHELL = /^(?:bash|zsh)$/

/** The text for an interpreter, unless a marker has made something else of its step. */
function programOf({ kind, program }: PlacedStep['draft']): PlacedStep['draft']['program'] {
  return kind === 'task' ? program : null
}

function fields(drafted: readonly FormField[], context: Context): readonly FormField[] {
  return drafted.length === 0 ? drafted : fillFields(drafted, context.sources)
}

/** Rule R16: the strongest command; without a script the risk of the block it came from or of its offer. */
function riskOfStep(placed: PlacedStep): Risk {
  const { draft } = placed
  const found =
    draft.script !== null
      ? riskOf(draft.script.text)
      : (draft.blockRisk ?? (draft.offer === null ? 'view' : riskOf(draft.offer.text)))
  // A marker may raise a risk, never lower it.
  return draft.fixed.risk === null ? found : strongest([found, draft.fixed.risk])
}

function approversOf(placed: PlacedStep, section: PlacedSection): readonly string[] {
  const { approvers, fixed } = placed.draft
  // A marker names those of a gate that it made, and adds to those of any other.
  if (placed.draft.rule === 'R3' && fixed.approvers.length > 0) return fixed.approvers
  const named = approvers ?? (section.draft.approvers.length > 0 ? section.draft.approvers : section.draft.owners)
  return [...new Set([...named, ...fixed.approvers])]
}

function isRequired(section: PlacedSection): boolean {
  return section.role !== 'optional' && section.role !== 'cleanup' && section.role !== 'reference'
}

/** A step asks the question of its section, and its own. */
function whenOf(section: string | null, own: string | null): string | null {
  if (section === null || own === null || section === own) return own ?? section
  return `${section} and ${own}`
}

/** The boxes before a gate are its criteria. */
function criteriaOf(phases: readonly PlacedSection[]): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  const visit = (section: PlacedSection): void => {
    const boxes: string[] = []
    for (const step of section.steps) {
      if (step.draft.kind === 'confirmation' && !step.draft.closing) boxes.push(step.id)
      if (step.draft.kind === 'gate') found.set(step.id, [...boxes])
    }
    section.sections.forEach(visit)
  }
  phases.forEach(visit)
  return found
}

/** A way back has the environment of what it leads back from. */
function nearOfRecovery(parts: Parts): Map<string, readonly string[]> {
  const near = new Map<string, readonly string[]>()
  const all = parts.phases.flatMap(sectionsIn)
  for (const [id, target] of parts.flows.forOf) {
    if (target === null || target === WHOLE_DOCUMENT) continue
    near.set(id, all.find(section => section.id === target)?.draft.near ?? [])
  }
  return near
}

function sectionsIn(section: PlacedSection): PlacedSection[] {
  return [section, ...section.sections.flatMap(sectionsIn)]
}

function afterNoReturn(steps: readonly PlacedStep[], lines: readonly number[]): Set<string> {
  const found = new Set<string>()
  for (const line of lines) {
    const behind = steps.filter(
      step => step.draft.endLine >= line && (step.draft.script !== null || step.draft.offer !== null),
    )
    // One that a condition or a choice may leave out, or that changes nothing, passes the question on to the next.
    for (const step of behind) {
      found.add(step.id)
      const risk = riskOf(step.draft.script?.text ?? step.draft.offer?.text ?? '')
      if (step.draft.when === null && step.choice === null && risk !== 'view' && risk !== 'safe') break
    }
  }
  return found
}

function hasNumber(evidence: Evidence | null): boolean {
  return evidence !== null && evidence.op !== 'text'
}
