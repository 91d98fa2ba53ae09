import { shellOf } from '../../model/index.ts'
import { placeInScript } from '../constructs/text.ts'
import type { PlacedFlows } from '../flows.ts'
import type { FrontMatter } from '../front-matter/front-matter-schema.ts'
import { type PlacedSection, type PlacedStep, placedStepsOf } from '../place-steps.ts'
import { exportsVariable, firstSets } from '../shell/index.ts'

/**
 * Which session a step runs in, as far as a text can tell: the main flow, a way back, or a section of a catalog, which is walked alone.
 * What is in no flow may be called up at any time, from the session that is there.
 */
type Session = { readonly kind: 'main' | 'apart' } | { readonly kind: 'recovery' | 'section'; readonly key: string }

/** A script that gives a variable its value. */
interface Setter {
  readonly step: PlacedStep
  readonly session: Session
  readonly line: number
  readonly exported: boolean
  /** False where its shell hands nothing on to the next block (rule R14). */
  readonly handsOn: boolean
}

/** Rule R13: the variables that scripts find set, step by step in the order of the file. */
export interface SetVariables {
  /** Whether a step before this one, in what is walked with it, sets the variable. */
  has(name: string, step: PlacedStep): boolean
  /** Why it is not, as the rest of a sentence, once all steps were added. */
  whyNot(name: string, step: PlacedStep): string
  add(step: PlacedStep): void
}

export function setVariables(
  phases: readonly PlacedSection[],
  flows: PlacedFlows,
  mode: 'linear' | 'catalog' | 'reference',
  frontMatter: FrontMatter,
): SetVariables {
  const sessions = sessionsOf(phases, flows, mode)
  const required = requiredSections(phases)
  const steps = new Map(phases.flatMap(placedStepsOf).map(step => [step.id, step]))
  const sessionOf = (step: PlacedStep): Session => sessions.get(step.id) ?? { kind: 'apart' }
  const first = new Map<string, Setter>()
  // By where they count and the variable, and in that by option: a long runbook may set one variable in each of its steps.
  const setters = new Map<string, Map<string, Setter>>()
  const keep = (where: string, name: string, setter: Setter): void => {
    const key = `${where} ${name}`
    const { choice } = setter.step
    const kept = setters.get(key) ?? new Map<string, Setter>()
    const option = choice === null ? '' : `${choice.group} ${choice.option}`
    if (!kept.has(option)) kept.set(option, setter)
    setters.set(key, kept)
  }
  return {
    has(name, step) {
      const session = sessionOf(step)
      if (session.kind === 'apart') return first.get(name)?.handsOn === true
      const around = optionsAround(step, steps)
      for (const where of placesSeenFrom(session, required))
        for (const setter of setters.get(`${where} ${name}`)?.values() ?? [])
          if (!excludes(optionsAround(setter.step, steps), around)) return true
      return false
    },
    whyNot(name, step) {
      const setter = first.get(name)
      if (setter === undefined) return 'is read and never set in this file'
      const { line, session, exported, handsOn } = setter
      if (!handsOn) return `is set in line ${line} by a block whose shell hands nothing on to the next one`
      if (sessionOf(step).kind === 'recovery' && session.kind !== 'recovery' && !exported)
        return `is set in line ${line} without export, and a way back takes over only what was exported`
      return `is set in line ${line}, which is not walked before it`
    },
    add(step) {
      const { script, language } = step.draft
      if (script === null) return
      const isExported = exportsVariable(script.text)
      const named = language === 'bash' ? {} : { shell: frontMatter.shell ?? 'bash' }
      const handsOn = shellOf({ language }, named) === 'bash'
      const session = sessionOf(step)
      for (const [name, start] of firstSets(script.text)) {
        const { line } = placeInScript(script, start)
        const setter = { step, session, line, exported: isExported(name), handsOn }
        if (first.get(name)?.handsOn !== true) first.set(name, setter)
        if (!handsOn) continue
        keep(placeOf(session), name, setter)
        if (setter.exported && (session.kind === 'main' || session.kind === 'section')) keep(EXPORTED, name, setter)
      }
    },
  }
}

/** What the main flow, or any section of a catalog, has exported. */
const EXPORTED = 'exported'

function placeOf(session: Session): string {
  return 'key' in session ? `${session.kind} ${session.key}` : session.kind
}

function placesSeenFrom(session: Session, required: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const own = placeOf(session)
  if (session.kind === 'recovery') return [own, EXPORTED]
  if (session.kind !== 'section') return [own]
  return [own, ...[...(required.get(session.key) ?? [])].map(key => placeOf({ kind: 'section', key }))]
}

function sessionsOf(phases: readonly PlacedSection[], flows: PlacedFlows, mode: string): Map<string, Session> {
  const sessions = new Map<string, Session>()
  if (mode === 'catalog')
    for (const phase of phases)
      for (const step of placedStepsOf(phase)) sessions.set(step.id, { kind: 'section', key: phase.id })
  if (mode === 'linear') for (const step of flows.main) sessions.set(step.id, { kind: 'main' })
  for (const flow of flows.recovery)
    for (const step of flow.steps) sessions.set(step.id, { kind: 'recovery', key: flow.for ?? '' })
  return sessions
}

/** By phase of a file of tasks: the phases that its tasks require, and those that these require. */
function requiredSections(phases: readonly PlacedSection[]): Map<string, ReadonlySet<string>> {
  const tasksOf = (section: PlacedSection): PlacedSection[] => [
    ...(section.draft.task === null ? [] : [section]),
    ...section.sections.flatMap(tasksOf),
  ]
  const phaseOf = new Map(
    phases.flatMap(phase => tasksOf(phase).map(one => [one.title.trim().toLowerCase(), phase] as const)),
  )
  const directly = (phase: PlacedSection): PlacedSection[] =>
    tasksOf(phase).flatMap(({ draft }) =>
      (draft.task?.requires ?? []).flatMap(({ name }) => phaseOf.get(name.trim().toLowerCase()) ?? []),
    )
  return new Map(
    phases.map(phase => {
      const found = new Set<PlacedSection>()
      // A set may grow while it is walked: what is added is visited too, each once.
      for (const one of directly(phase)) found.add(one)
      for (const one of found) for (const next of directly(one)) found.add(next)
      return [phase.id, new Set([...found].map(({ id }) => id))]
    }),
  )
}

/** The options that a step lies in, from the innermost out. */
function optionsAround(step: PlacedStep, steps: ReadonlyMap<string, PlacedStep>): NonNullable<PlacedStep['choice']>[] {
  const around: NonNullable<PlacedStep['choice']>[] = []
  for (let { choice } = step; choice !== null; choice = steps.get(choice.group)?.choice ?? null) around.push(choice)
  return around
}

/** Two options of one choice: only one of them is ever walked. */
function excludes(
  a: readonly NonNullable<PlacedStep['choice']>[],
  b: readonly NonNullable<PlacedStep['choice']>[],
): boolean {
  return a.some(one => b.some(other => other.group === one.group && other.option !== one.option))
}
