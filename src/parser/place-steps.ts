import { type Diagnostic, diagnostic, type Role } from '../model/index.ts'
import type { Draft, DraftNode } from './draft.ts'
import type { SectionReading } from './read-section.ts'
import type { SectionDraft } from './sections.ts'
import { slug, UniqueNames } from './slug.ts'

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
  /** True for a way back that a label inside a section leads to. */
  readonly byLabel: boolean
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
    if (position !== wanted)
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
    const option = draft.options?.[letter]
    if (option !== undefined)
      return { position: `${position}${letterOf(letter)}`, choice: { group: id, option: option.name } }
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
  const id = names.ids.take(slug(section.title, 60, 'section'))
  const steps: PlacedStep[] = []
  placeNodes(one.nodes, position, choice, section.title, steps, names)
  const recovery = one.recovery.map((back, index): PlacedSection => {
    const at = names.positions.take(`${position}r${index === 0 ? '' : index + 1}`)
    const backSteps: PlacedStep[] = []
    const backId = names.ids.take(slug(`${section.title} ${back.title}`, 70, 'recovery'))
    placeNodes(back.nodes, at, null, `${section.title} ${back.title}`, backSteps, names)
    return {
      id: backId,
      position: at,
      title: back.title,
      role: 'recovery',
      line: back.line,
      draft: section,
      byLabel: true,
      forStep: stepAt(steps, back.underLine ?? null),
      steps: backSteps,
      sections: [],
    }
  })
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
    forStep: null,
    steps: steps.map(step => withSections(step, children)),
    sections: [...recovery, ...children],
  }
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
    const position = `${prefix}.${index + 1}`
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
    const options = node.options.map((option, letter) => ({
      name: option.name,
      steps: placeNodes(
        option.nodes,
        `${position}${letterOf(letter)}`,
        { group: id, option: option.name },
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
  return `${slug(heading, 34, 'section')}-${slug(title, 40, 'step')}`
}

/** `a`, `b`, …, `z`, `aa`: options of one choice. */
function letterOf(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26))
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter
}

/** All steps of a section and below, in order. */
export function placedStepsOf(section: PlacedSection): PlacedStep[] {
  return [...section.steps, ...section.sections.flatMap(placedStepsOf)]
}
