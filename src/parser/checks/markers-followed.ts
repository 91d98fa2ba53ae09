import { type Diagnostic, diagnostic, type Risk, type Runbook, type Section, type Step } from '../../model/index.ts'
import { markedEnvironment } from '../environment.ts'
import type { Marker } from '../markers/attach-markers.ts'
import { type Directive, directive } from '../markers/directives.ts'
import { takesSeveral } from '../markers/marker-choices.ts'
import { type PlacedSection, type PlacedStep, placedStepsOf } from '../place-steps.ts'
import { markedRole, type SectionDraft } from '../sections.ts'
import { strongest } from '../shell/index.ts'
import { slug } from '../text/slug.ts'
import { wrongWords } from './marker-words.ts'
import { stepsIn } from './steps-in.ts'

/** What became of the sections that headings made, and of the steps in them. */
export interface Reached {
  readonly runbook: Runbook
  readonly phases: readonly PlacedSection[]
  /** All sections that headings made, also those that became no phase. */
  readonly drafts: readonly SectionDraft[]
  /** Markers that left a block out, or were refused where they stand. */
  readonly skips: ReadonlySet<Directive>
}

/**
 * Rule R3: markers that are not understood, that would loosen, that name what is not there, or that nothing follows. What such
 * a one asks for was not done; and since these are errors, nothing is run.
 */
export function checkMarkers(markers: readonly Marker[], reached: Reached): Diagnostic[] {
  if (markers.length === 0) return []
  const world = worldOf(reached)
  const ids = new Set<string>()
  const several = new Set(
    markers.flatMap(({ words }) => (takesSeveral(words) ? (directive(words, 'choice') ?? []) : [])),
  )
  return markers.flatMap(marker => {
    const wrong = unreadable(marker) ?? [...wrongWords(marker, ids), ...pickedTwoWays(marker, several)]
    for (const { word, value } of marker.words) if (word === 'id' && value !== null) ids.add(value)
    return wrong.length > 0 ? [...wrong, ...loosening(marker, world)] : notFollowed(marker, world)
  })
}

/** Of the options of one choice either one is taken, or several: all of them say so. */
function pickedTwoWays({ place, words }: Marker, several: ReadonlySet<string>): Diagnostic[] {
  const group = directive(words, 'choice')
  if (group === null || takesSeveral(words) || !several.has(group)) return []
  const message = `another option of "${group}" may be taken beside others, and this one not`
  return [diagnostic('SO032', place, message, 'say pick=any with each of its options, or with none')]
}

interface World {
  readonly reached: Reached
  readonly placed: readonly PlacedStep[]
  readonly steps: ReadonlyMap<string, Step>
  readonly sections: readonly Section[]
  /** Words that were followed, and by which steps. */
  readonly followed: ReadonlyMap<Directive, readonly PlacedStep[]>
}

function worldOf(reached: Reached): World {
  const placed = reached.phases.flatMap(placedStepsOf)
  const followed = new Map<Directive, PlacedStep[]>()
  for (const step of placed)
    for (const word of step.draft.markers) followed.set(word, [...(followed.get(word) ?? []), step])
  for (const draft of reached.drafts) for (const word of draft.directives) followed.set(word, followed.get(word) ?? [])
  const { phases } = reached.runbook
  return {
    reached,
    placed,
    followed,
    steps: new Map(phases.flatMap(stepsIn).map(step => [step.id, step])),
    sections: phases.flatMap(sectionsIn),
  }
}

function unreadable({ place, words, target }: Marker): Diagnostic[] | null {
  if (words.length === 0)
    return [
      diagnostic(
        'SO032',
        place,
        'this marker cannot be read: it is empty, never closed, or stands beside other HTML or text in one block',
        'put it on a line of its own, or behind the text that it is for',
      ),
    ]
  if (target !== null) return null
  return [
    diagnostic(
      'SO032',
      place,
      'nothing follows this marker: it has no effect',
      'put it before its block, or on the line of its item',
    ),
  ]
}

function notFollowed(marker: Marker, world: World): Diagnostic[] {
  const { place, words } = marker
  const idle = words.filter(one => !world.followed.has(one) && !world.reached.skips.has(one))
  // What a rule says of its own block need not be said twice.
  const isSaid = ({ word }: Directive): boolean => word === 'task' && marker.target?.type === 'code'
  const silent = idle
    .filter(one => one.foreign !== true && !isSaid(one))
    .map(({ word, value }) => {
      const said = value === null ? word : `${word}=${value}`
      return diagnostic(
        'SO032',
        place,
        `"${said}" has no effect here: ${whyIdle(word, marker)}`,
        'take it out, or put it where it has',
      )
    })
  return [...silent, ...loosening(marker, world), ...misnamed(marker, world)]
}

function whyIdle(word: string, { target }: Marker): string {
  if (target?.type === 'blockquote') return 'a quote of several blocks is no step; put it into the quote'
  switch (word) {
    case 'timeout':
    case 'terminal':
    case 'endless':
    case 'task':
      return 'nothing here is run as a script that it could hold for'
    case 'cwd':
      return 'nothing here is run'
    case 'expect':
      return 'no script stands before it whose output it could be'
    case 'skip':
      return 'it belongs to what stands before it'
    case 'wait':
      return 'a box is ticked by a person, and a wait is not made shorter'
    case 'manual':
    case 'confirm':
    case 'gate':
    case 'approvers':
      return 'what stands here stays what it is'
    case 'choice':
    case 'option':
    case 'role':
    case 'for':
      return 'no step stands here, or what stands here holds a gate or an option of the same choice'
    default:
      return 'no step was made of what stands here'
  }
}

function loosening(marker: Marker, world: World): Diagnostic[] {
  const { place, words } = marker
  const add = (message: string, help: string): Diagnostic[] => [diagnostic('SO032', place, message, help)]
  const section = world.reached.drafts.find(one => words.some(word => one.directives.includes(word)))
  const stepsBy = (word: string): Step[] =>
    words
      .filter(one => one.word === word)
      .flatMap(one => world.followed.get(one) ?? [])
      .flatMap(({ id }) => world.steps.get(id) ?? [])
  const risk = directive(words, 'risk')
  const lowered = stepsBy('risk').find(step => isAbove(step.risk, risk))
  const environment = directive(words, 'environment')
  const reaches = section === undefined ? stepsBy('environment') : stepsOfSection(section, world)
  const live =
    environment === null || markedEnvironment(environment) === 'production'
      ? undefined
      : reaches.find(step => step.environment === 'production')
  return [
    ...(lowered === undefined || (risk === 'view' && lowered.script === null)
      ? []
      : add(
          `"risk=${risk}" would lower the risk of "${lowered.title}", which stays ${lowered.risk}`,
          'take it out: markers only raise a risk',
        )),
    ...(live === undefined
      ? []
      : add(
          `"environment=${environment}" would take "${live.title}" out of production, where it stays`,
          'take it out',
        )),
    ...(section === undefined ? [] : ofSection(section, place, world)),
  ]
}

function isAbove(found: Risk, said: string | null): boolean {
  if (said !== 'view' && said !== 'safe' && said !== 'change') return false
  return found !== said && strongest([found, said]) === found
}

/** A section that a marker would take out of the flow together with a gate, or that keeps the role of its heading. */
function ofSection(section: SectionDraft, place: Marker['place'], world: World): Diagnostic[] {
  const role = markedRole(section.directives)
  if (role === null) return []
  if (section.role !== role)
    return [
      diagnostic(
        'SO032',
        place,
        `"${section.title}" stays ${section.role}: a marker does not make it ${role}`,
        'take it out: markers bring nothing into the main flow',
      ),
    ]
  if (role === 'conditional' && section.when === null)
    return [
      diagnostic('SO032', place, '"role=conditional" names no condition', 'add if="…": it is asked before the section'),
    ]
  const gate = role === 'recovery' ? undefined : stepsOfSection(section, world).find(step => step.kind === 'gate')
  if (gate === undefined || (role !== 'reference' && role !== 'cleanup')) return []
  const message = `the marker would take the gate "${gate.title}" out of the flow`
  return [diagnostic('SO032', place, message, 'take it out: markers take no gate away')]
}

function stepsOfSection({ line, endLine }: SectionDraft, { steps }: World): Step[] {
  return [...steps.values()].filter(step => step.line >= line && step.line <= endLine)
}

/** Targets that are not there, and ids that others have. */
function misnamed({ place, words }: Marker, { sections, steps, placed, followed }: World): Diagnostic[] {
  const target = directive(words, 'for')
  const known = [...sections, ...steps.values()].some(
    one => one.position === target || one.id === target || one.title === target,
  )
  const id = words.find(one => one.word === 'id')
  const wanted = id?.value == null ? null : slug(id.value, 76, 'step')
  const isTaken =
    id !== undefined && followed.has(id) && !placed.some(one => one.id === wanted && one.draft.markers.includes(id))
  return [
    ...(target === null || known
      ? []
      : [diagnostic('SO032', place, `"for=${target}" names no section and no step`, 'name a position, such as "3.3"')]),
    ...(id !== undefined && (followed.get(id) ?? []).length > 1
      ? [
          diagnostic(
            'SO032',
            place,
            `"id=${id.value}" names one step, and ${followed.get(id)?.length} stand here`,
            'put it on the line of its item, or before a block of one step',
          ),
        ]
      : []),
    ...(isTaken ? [diagnostic('SO032', place, `the id "${wanted}" belongs to another step`, 'give each its own')] : []),
  ]
}

function sectionsIn(section: Section): Section[] {
  return [section, ...section.sections.flatMap(sectionsIn)]
}
