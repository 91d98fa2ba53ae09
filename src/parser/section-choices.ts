import type { Diagnostic, Role } from '../model/index.ts'
import { backInPart } from './constructs/back-in-part.ts'
import { type Draft, draft } from './draft.ts'
import type { SectionReading } from './read-section.ts'
import { optionMarkOf, plainLabel } from './shell/index.ts'

/** Sibling headings that exclude each other, and the same sections with a step each. */
export interface SectionChoices {
  readonly choices: readonly Draft[]
  readonly children: readonly SectionReading[]
  readonly findings: readonly Diagnostic[]
}

/** Rule R7 for headings: Option A and Option B, Manual and Automatic, side by side, are a choice. */
export function choicesBetween(children: readonly SectionReading[], page: { readonly title: string }): SectionChoices {
  const runs = runsOf(children)
  const optional = new Set(runs.flat())
  const mixed = runs.filter(run => isMixed(run.map(index => children[index]?.section.role)))
  const asked = new Set(mixed.flat())
  const choices = runs.map(run => toChoice(run, children))
  return {
    choices,
    children: children.map((child, index) => {
      if (!optional.has(index)) return child
      return withStep(answered(asked.has(index) ? inMain(child) : child))
    }),
    findings: choices.flatMap((choice, index) =>
      mixed.includes(runs[index] ?? []) ? backInPart(page, choice.options ?? [], { line: choice.line, column: 1 }) : [],
    ),
  }
}

/** One way leads back, and another does not: see `backInPart`. */
function isMixed(roles: readonly (Role | undefined)[]): boolean {
  return roles.includes('recovery') && !roles.every(role => role === 'recovery')
}

function inMain(one: SectionReading): SectionReading {
  const { section } = one
  const role = section.role === 'recovery' ? 'main' : section.role
  return { ...one, section: { ...section, role }, children: one.children.map(inMain) }
}

function toChoice(run: readonly number[], children: readonly SectionReading[]): Draft {
  const sections = run.flatMap(index => children[index]?.section ?? [])
  const first = sections[0]
  const options = sections.map(section => ({
    name: nameOf(section.title),
    note: noteOf(section.title) ?? section.condition,
    nodes: [],
  }))
  return draft({
    kind: 'choice',
    title: options.map(option => option.name).join(' or '),
    rule: 'R7',
    line: first?.line ?? 1,
    endLine: first?.line ?? 1,
    options,
    optionSections: run,
  })
}

/** Indices of neighbours that bear marks of one kind, two or more. */
function runsOf(children: readonly SectionReading[]): number[][] {
  const runs: { kind: string; indices: number[] }[] = []
  for (const [index, { section }] of children.entries()) {
    const kind = section.role === 'reference' ? null : (optionMarkOf(withoutBrackets(section.title))?.kind ?? null)
    const last = runs.at(-1)
    if (
      kind !== null &&
      last !== undefined &&
      last.indices.at(-1) === index - 1 &&
      (last.kind === kind || kind === 'or')
    )
      last.indices.push(index)
    else if (kind !== null) runs.push({ kind, indices: [index] })
  }
  return runs.map(run => run.indices).filter(indices => indices.length > 1)
}

/** Who took an option has answered the condition in its heading: `Option A: Restart (if downtime is fine)`. */
function answered(option: SectionReading): SectionReading {
  const { when, condition } = option.section
  if (when === null || condition === null) return option
  const above = when === condition ? null : when.slice(0, -` and ${condition}`.length)
  const without = (one: SectionReading): SectionReading => {
    const own = one.section.when
    const rest = own === null || own === when ? null : own.slice(`${when} and `.length)
    const both = [above, rest].filter(said => said !== null).join(' and ')
    return {
      ...one,
      section: { ...one.section, when: both === '' ? null : both },
      children: one.children.map(without),
    }
  }
  return without(option)
}

/** An option without a step is taken by a person who reads it. */
function withStep(child: SectionReading): SectionReading {
  if (child.nodes.length > 0 || child.children.some(one => one.nodes.length > 0)) return child
  const { title, line } = child.section
  return { ...child, nodes: [draft({ kind: 'manual', title: nameOf(title), rule: 'R7', line, endLine: line })] }
}

function nameOf(title: string): string {
  const plain = withoutBrackets(title)
  const mark = optionMarkOf(plain)
  return mark === null || mark.kind.startsWith('pair') ? plain : plainLabel(mark.label)
}

function noteOf(title: string): string | null {
  return /\(([^()]+)\)/.exec(title)?.[1] ?? null
}

function withoutBrackets(title: string): string {
  return title.replace(/\s*\([^()]*\)/g, '').trim()
}
