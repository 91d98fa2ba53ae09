import type { Runbook, Section, Step } from '../../model/index.ts'
import { stepsIn } from '../checks/steps-in.ts'
import type { Unpinned } from './annotate.ts'
import type { MarkerPlace } from './marker-place.ts'

/** One word for one place: `id=migrate`, `manual`, `gate approvers="QA Lead"`. */
export interface MarkerWord {
  readonly place: MarkerPlace
  /** As it stands in the marker; two words where the second explains the first. */
  readonly text: string
}

/**
 * The words that would say what today's rules read: for a heading the role and environment of its section, for a block the
 * steps that it became. What a marker before the place says already is left out; so is a risk of `view` or `safe`, since a
 * marker is a floor and these say nothing.
 */
export function markerWords(runbook: Runbook, places: readonly MarkerPlace[]): MarkerWord[] {
  const sections = runbook.phases.flatMap(sectionsIn)
  const steps = runbook.phases.flatMap(stepsIn)
  const parents = new Map(sections.flatMap(one => one.sections.map(child => [child, one] as const)))
  const inFences = new Set(places.flatMap(place => (place.kind === 'fence' ? stepsOfFence(place, steps) : [])))
  return places.flatMap(place => {
    const words =
      place.kind === 'heading'
        ? headingWords(
            sections.find(one => one.line === place.line),
            parents,
          )
        : place.kind === 'fence'
          ? stepWords(stepsOfFence(place, steps), sections)
          : blockWords(stepsAt(place, steps, inFences), inFences, sections)
    return words.filter(text => !place.said.has(/^[a-z]+/.exec(text)?.[0] ?? '')).map(text => ({ place, text }))
  })
}

/** What the heading above says already is not said again. */
function headingWords(section: Section | undefined, parents: ReadonlyMap<Section, Section>): string[] {
  if (section === undefined) return []
  const above = parents.get(section)
  const environment = environmentIn(section)
  return [
    ...(section.role === (above?.role ?? 'main') ? [] : [`role=${section.role}`]),
    ...(section.role === 'recovery' && section.for !== null && above?.role !== 'recovery'
      ? [`for=${section.for}`]
      : []),
    ...(environment === null || (above !== undefined && environmentIn(above) === environment)
      ? []
      : [pair('environment', environment)]),
  ]
}

/** The environment of all steps of a section, if it is one that a heading can name; null where they differ. */
function environmentIn(section: Section): string | null {
  const environment = shared(stepsIn(section).map(step => step.environment))
  return environment === 'production' || environment === 'staging' ? environment : null
}

/**
 * A list or paragraph is marked as a whole, so only one that became a single step: no choice, whose options it holds, and no
 * label of a way back, whose steps lie behind it.
 */
function blockWords(steps: readonly Step[], inFences: ReadonlySet<Step>, sections: readonly Section[]): string[] {
  const [only] = steps
  if (only === undefined || steps.length > 1 || inFences.has(only) || only.kind === 'choice') return []
  const section = sections.find(one => one.steps.includes(only))
  if (section?.role === 'recovery' && section.line === only.line) return []
  // A wait out of the `**Duration**` of its section comes from metadata, which no marker reaches.
  return only.kind === 'wait' && only.original === section?.duration?.text ? [] : stepWords(steps, sections)
}

function stepWords(steps: readonly Step[], sections: readonly Section[]): string[] {
  const [first] = steps
  if (first === undefined) return []
  const section = sections.find(one => one.steps.includes(first))
  const risk = shared(steps.map(step => step.risk))
  const environment = shared(steps.map(step => step.environment))
  const when = shared(steps.map(step => step.when))
  const interaction = shared(steps.map(step => step.interaction))
  const timeoutMs = steps.every(step => step.kind === 'task') ? shared(steps.map(step => step.timeoutMs)) : null
  return [
    ...(steps.length === 1 ? [`id=${first.id}`] : []),
    ...kindWords(steps),
    ...(interaction === 'terminal' || interaction === 'endless' ? [interaction] : []),
    ...(when === null || /["<>]|--/.test(when) ? [] : [pair('if', when)]),
    ...(timeoutMs === null ? [] : [pair('timeout', span(timeoutMs, timeoutMs))]),
    ...(environment === null || (section !== undefined && environmentIn(section) === environment)
      ? []
      : [pair('environment', environment)]),
    ...(risk === 'change' || risk === 'danger' ? [`risk=${risk}`] : []),
  ]
}

function kindWords(steps: readonly Step[]): string[] {
  const [first] = steps
  switch (first === undefined ? null : shared(steps.map(step => step.kind))) {
    case 'manual':
      return ['manual']
    case 'confirmation':
      return ['confirm']
    case 'wait':
      return first?.durationMs == null
        ? []
        : [pair('wait', span(first.durationMs, first.timeoutMs ?? first.durationMs))]
    case 'gate': {
      const approvers = (first?.approvers ?? []).map(one => one.role ?? one.principal ?? '').join(' + ')
      return approvers === '' || /["<>]|--/.test(approvers) ? ['gate'] : [`gate approvers="${approvers}"`]
    }
    default:
      return []
  }
}

function stepsOfFence(place: MarkerPlace, steps: readonly Step[]): Step[] {
  return steps.filter(step => step.line <= place.endLine && step.endLine >= place.line && step.original === place.text)
}

/** The steps of a block, or the one that an item itself is: those below it have places of their own. */
function stepsAt(place: MarkerPlace, steps: readonly Step[], inFences: ReadonlySet<Step>): Step[] {
  if (place.kind === 'item') return steps.filter(step => step.line === place.line && !inFences.has(step))
  return steps.filter(step => step.line >= place.line && step.line <= place.endLine)
}

/** Steps that no marker names, and why. */
export function withoutMarker(runbook: Runbook, places: readonly MarkerPlace[]): Unpinned[] {
  const steps = runbook.phases.flatMap(stepsIn)
  const inFences = new Set(places.flatMap(place => (place.kind === 'fence' ? stepsOfFence(place, steps) : [])))
  const named = new Set<Step>()
  const shared = new Set<Step>()
  const reached = new Set<Step>()
  for (const place of places) {
    if (place.kind === 'heading') continue
    const here = place.kind === 'fence' ? stepsOfFence(place, steps) : stepsAt(place, steps, inFences)
    const [only] = here
    if (here.length > 1 && place.kind === 'fence') for (const step of here) shared.add(step)
    else if (here.length === 1 && only !== undefined) (place.said.has('id') ? named : reached).add(only)
  }
  return steps.flatMap(step => {
    if (named.has(step)) return []
    const { line, position, title } = step
    const why =
      step.kind === 'choice'
        ? 'a choice is named by its options'
        : reached.has(step)
          ? 'with a marker the text would be read otherwise'
          : shared.has(step)
            ? 'it shares its block with other steps'
            : 'no line before it would be its own'
    return [{ line, position, title, why }]
  })
}

/** What all of them have; null where they differ. */
function shared<T>(values: readonly (T | null)[]): T | null {
  const [first] = values
  return first !== undefined && values.every(value => value === first) ? first : null
}

function pair(word: string, value: string): string {
  return /^[\w.-]+$/.test(value) ? `${word}=${value}` : `${word}="${value}"`
}

/** `2-4 hours`, `1 minute`: in the largest unit that divides both. */
function span(minMs: number, maxMs: number): string {
  const units = [
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ] as const
  const [name, ms] = units.find(unit => minMs % unit[1] === 0 && maxMs % unit[1] === 0) ?? units[2]
  const number = minMs === maxMs ? `${minMs / ms}` : `${minMs / ms}-${maxMs / ms}`
  return `${number} ${name}${number === '1' ? '' : 's'}`
}

function sectionsIn(section: Section): Section[] {
  return [section, ...section.sections.flatMap(sectionsIn)]
}
