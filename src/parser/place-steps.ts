import { type Diagnostic, diagnostic, type Role } from '../model/index.ts'
import { asSection } from './constructs/apart-section.ts'
import type { ApartDraft, ApartRole, Draft, DraftNode } from './draft.ts'
import { directive } from './markers/directives.ts'
import { optionNames } from './option-names.ts'
import type { SectionReading } from './read-section.ts'
import type { SectionDraft } from './sections.ts'
import { slug, stableSlug, UniqueNames } from './text/slug.ts'

/** A step with its position, its id and its place among the others. */
export interface PlacedStep {
  readonly id: string
  readonly position: string
  /** With the number that the author printed, where it differs from the ordinal. */
  readonly title: string
  readonly draft: Draft
  readonly choice: { readonly group: string; readonly option: string } | null
  readonly options: readonly { readonly name: string; readonly steps: readonly string[] }[] | null
}

export interface PlacedSection {
  readonly id: string
  readonly position: string
  readonly title: string
  readonly role: Role
  readonly line: number
  readonly draft: SectionDraft
  /** True for what a label or a lead-in inside a section sets apart. */
  readonly byLabel: boolean
  /** What a marker says that it leads back from: a position, an id or a title. */
  readonly markedFor: string | null
  /** For a way back that is indented under an item: the id of that step. */
  readonly forStep: string | null
  readonly steps: readonly PlacedStep[]
  readonly sections: readonly PlacedSection[]
}

/** Gives every section and step its position and its id (section 1 of the rules). */
export function placeSteps(phases: readonly SectionReading[]): {
  readonly phases: readonly PlacedSection[]
  readonly diagnostics: readonly Diagnostic[]
} {
  const names: Names = {
    ids: new UniqueNames(['document', 'main']),
    positions: new UniqueNames(),
    diagnostics: [],
  }
  const placed = placeSiblings(phases, null, 0, names, [], null)
  return { phases: placed, diagnostics: names.diagnostics }
}

interface Names {
  readonly ids: UniqueNames
  readonly positions: UniqueNames
  readonly diagnostics: Diagnostic[]
}

function placeSiblings(
  siblings: readonly SectionReading[],
  parent: string | null,
  stepsBefore: number,
  names: Names,
  choices: readonly PlacedStep[],
  choice: PlacedStep['choice'],
): PlacedSection[] {
  const numbered = siblings.some(one => one.section.number !== null)
  names.diagnostics.push(...missingNumbers(siblings))
  return siblings.map((one, index) => {
    const option = optionOf(choices, index)
    const wanted = option?.position ?? positionOf(one.section, parent, numbered, stepsBefore + index + 1)
    const position = names.positions.take(wanted)
    if (position !== wanted && one.section.number !== null)
      names.diagnostics.push(
        diagnostic(
          'SO006',
          { line: one.section.line, column: 1 },
          `"${one.section.title}" bears the number ${wanted}, which is taken: it is ${position} here`,
          'number the headings anew',
        ),
      )
    return placeSection(one, position, names, option?.choice ?? choice)
  })
}

/** A number that is left out between two headings: somebody may have taken a step out, or forgotten one. */
function missingNumbers(siblings: readonly SectionReading[]): Diagnostic[] {
  const numbered = siblings.flatMap(({ section }) => {
    const last = /(?:^|\.)(\d{1,3})$/.exec(section.number ?? '')?.[1]
    return last === undefined
      ? []
      : [{ section, number: Number(last), above: (section.number ?? '').replace(/\d+$/, '') }]
  })
  return numbered.flatMap(({ section, number, above }, index) => {
    const before = numbered[index - 1]
    if (before === undefined || before.above !== above || number <= before.number + 1) return []
    const message = `"${section.title}" bears the number ${section.number}, and ${above}${before.number + 1} is missing`
    return [diagnostic('SO006', { line: section.line, column: 1 }, message, 'number the headings anew')]
  })
}

/** Where a sub-section is an option of a choice: `2.1a`, and what its steps carry. */
function optionOf(
  choices: readonly PlacedStep[],
  index: number,
): { readonly position: string; readonly choice: PlacedStep['choice'] } | null {
  for (const { id, position, draft } of choices) {
    const letter = draft.optionSections?.indexOf(index) ?? -1
    const option = optionNames(draft.options ?? [])[letter]
    if (option !== undefined) return { position: `${position}${letterOf(letter)}`, choice: { group: id, option } }
  }
  return null
}

function positionOf(section: SectionDraft, parent: string | null, numbered: boolean, ordinal: number): string {
  const { number } = section
  if (number !== null) {
    const below = parent !== null && /^\d/.test(parent) && !number.includes('.')
    return below ? `${parent}.${number}` : number
  }
  if (numbered)
    return parent === null ? slug(section.title, 40, 'section') : `${parent}.${slug(section.title, 40, 'section')}`
  return parent === null ? String(ordinal) : `${parent}.${ordinal}`
}

function placeSection(
  one: SectionReading,
  position: string,
  names: Names,
  choice: PlacedStep['choice'],
): PlacedSection {
  const { section } = one
  const id = names.ids.take(stableSlug(section.title, 60, 'section'))
  const steps: PlacedStep[] = []
  placeNodes(one.nodes, ownPrefix(one, position), choice, section.title, steps, names)
  const apart = one.apart.map(aside => placeApart(aside, section, position, steps, names))
  const choices = steps.filter(step => step.draft.optionSections !== null)
  const children = placeSiblings(one.children, position, one.nodes.length, names, choices, choice)
  return {
    id,
    position,
    title: section.title,
    role: section.role,
    line: section.line,
    draft: section,
    byLabel: false,
    markedFor: directive(section.directives, 'for'),
    forStep: null,
    steps: steps.map(step => withSections(step, children)),
    sections: [...apart, ...children],
  }
}

const LETTER_OF_ROLE: Readonly<Record<ApartRole, string>> = {
  recovery: 'r',
  cleanup: 'c',
  reference: 'x',
  conditional: 't',
}

/** What a label or lead-in set apart, as a section of its own: `3.3r`, a second one `3.3r2`. */
function placeApart(
  aside: ApartDraft,
  section: SectionDraft,
  position: string,
  steps: readonly PlacedStep[],
  names: Names,
): PlacedSection {
  const { role, title, line, nodes } = aside
  const letter = LETTER_OF_ROLE[role]
  let at = `${position}${letter}`
  for (let count = 2; names.positions.has(at); count++) at = `${position}${letter}${count}`
  names.positions.take(at)
  const id = names.ids.take(stableSlug(`${section.title} ${title}`, 70, role))
  const placed: PlacedStep[] = []
  placeNodes(nodes, at, null, `${section.title} ${title}`, placed, names)
  return {
    id,
    position: at,
    title,
    role,
    line,
    draft: asSection(section, role),
    byLabel: true,
    markedFor: aside.markedFor ?? null,
    forStep: stepAt(steps, aside.underLine ?? null),
    steps: placed,
    sections: [],
  }
}

/**
 * Steps that stand before sub-sections of printed numbers: `1.1` is the first of these, so the steps count in a section 0
 * of their own. A choice between the sub-sections names these itself.
 */
function ownPrefix(one: SectionReading, position: string): string {
  const taken = one.children.some(
    ({ section }) => section.number !== null && positionOf(section, position, true, 0).startsWith(`${position}.`),
  )
  const isChoice = one.nodes.some(node => node.node === 'step' && node.optionSections !== null)
  return taken && one.nodes.length > 0 && !isChoice ? `${position}.0` : position
}

/** The last step of an item, which what stands below it leads back from. */
function stepAt(steps: readonly PlacedStep[], line: number | null): string | null {
  if (line === null) return null
  return steps.findLast(step => step.draft.line <= line && step.draft.endLine >= line)?.id ?? null
}

/** A choice between sub-sections lists the steps of each that carry it. */
function withSections(step: PlacedStep, children: readonly PlacedSection[]): PlacedStep {
  const { optionSections } = step.draft
  if (optionSections === null || step.options === null) return step
  const options = step.options.map((option, index) => {
    const section = children[optionSections[index] ?? -1]
    const members = section === undefined ? [] : placedStepsOf(section).filter(one => one.choice?.group === step.id)
    return { name: option.name, steps: members.map(one => one.id) }
  })
  return { ...step, options }
}

/** Places some nodes and all below them, in the order a person meets them. Returns the ids of the outermost steps. */
function placeNodes(
  nodes: readonly DraftNode[],
  prefix: string,
  choice: PlacedStep['choice'],
  heading: string,
  into: PlacedStep[],
  names: Names,
): string[] {
  const outermost: string[] = []
  for (const [index, node] of nodes.entries()) {
    const wanted = `${prefix}.${index + 1}`
    const position = node.node === 'group' ? wanted : names.positions.take(wanted)
    if (node.node === 'group') {
      outermost.push(...placeNodes(node.nodes, position, choice, heading, into, names))
      continue
    }
    outermost.push(...placeNodes(node.below, position, choice, heading, into, names))
    const id = names.ids.take(node.fixed.id === null ? idOf(heading, node.title) : slug(node.fixed.id, 76, 'step'))
    const at = into.length
    const step: PlacedStep = {
      id,
      position,
      title: node.printed === null || node.printed === index + 1 ? node.title : `${node.printed}. ${node.title}`,
      draft: node,
      choice,
      options: null,
    }
    into.push(step)
    outermost.push(id)
    if (node.options === null) continue
    const named = optionNames(node.options)
    const options = node.options.map((option, letter) => ({
      name: named[letter] ?? option.name,
      steps: placeNodes(
        option.nodes,
        `${position}${letterOf(letter)}`,
        { group: id, option: named[letter] ?? option.name },
        heading,
        into,
        names,
      ),
    }))
    into[at] = { ...step, options }
  }
  return outermost
}

/** The slug of the heading, the slug of the title. Nothing of the position, so that edits elsewhere leave it alone. */
function idOf(heading: string, title: string): string {
  return `${stableSlug(heading, 34, 'section')}-${stableSlug(title, 40, 'step')}`
}

/** `a`, `b`, …, `z`, `aa`: options of one choice. */
function letterOf(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26))
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter
}

/** A section and all below it, in order. */
export function sectionsOf(section: PlacedSection): PlacedSection[] {
  return [section, ...section.sections.flatMap(sectionsOf)]
}

/** All steps of a section and below, in order. */
export function placedStepsOf(section: PlacedSection): PlacedStep[] {
  return [...section.steps, ...section.sections.flatMap(placedStepsOf)]
}
