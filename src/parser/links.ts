import { type PlacedSection, type PlacedStep, sectionsOf } from './place-steps.ts'
import { type Jump, jumpIn, sentencesOf } from './text/jump.ts'
import type { Source } from './text/source.ts'

/** What the words of a step say about other places of the page (rule R20). */
export interface Links {
  /** `See 4.2 Application Rollback (line 12)` for a text that says to see that heading; null for any other. */
  readonly seen: (text: string) => string | null
  /** The jumps of a text, each once: `Go to 4 Rollback (line 33)`; `pointer` is null where the page has no such place. */
  readonly jumps: (text: string, from: PlacedSection) => readonly Pointed[]
}

export interface Pointed {
  readonly sentence: string
  readonly pointer: string | null
}

interface Target {
  readonly position: string
  readonly title: string
  readonly line: number
  readonly leadsBack: boolean
}

export function linksIn(phases: readonly PlacedSection[], source: Source): Links {
  const headings = new Map<string, PlacedSection>()
  const parents = new Map<PlacedSection, PlacedSection>()
  const positions = new Map<string, Target>()
  for (const section of phases.flatMap(sectionsOf)) {
    const title = section.title.toLowerCase()
    if (!headings.has(title)) headings.set(title, section)
    positions.set(section.position.toLowerCase(), toTarget(section))
    for (const child of section.sections) parents.set(child, section)
    for (const step of section.steps) positions.set(step.position.toLowerCase(), toTarget(section, step))
  }
  let longest = 0
  for (const title of headings.keys()) longest = Math.max(longest, title.length)

  function seen(text: string): string | null {
    const said = /\bsee\s+(?:also\s+)?(?:the\s+)?(?:section\s+)?["“`*]*(.+)$/i.exec(text)?.[1]?.toLowerCase()
    if (said === undefined) return null
    let found: PlacedSection | undefined
    for (let length = Math.min(said.length, longest); length >= 4 && found === undefined; length--)
      found = headings.get(said.slice(0, length))
    return found === undefined ? null : `See ${found.position} ${found.title} (line ${found.line})`
  }

  function jumps(text: string, from: PlacedSection): Pointed[] {
    const found = sentencesOf(text).flatMap(sentence => {
      const jump = jumpIn(sentence, words => headings.has(words))
      if (jump === null || jump.to === 'another page') return []
      const target = targetOf(jump, from)
      return [{ sentence, pointer: target === null ? null : toPointer(target) }]
    })
    return found.filter((one, index) => found.findIndex(other => other.pointer === one.pointer) === index)
  }

  function targetOf(jump: Exclude<Jump, { to: 'another page' }>, from: PlacedSection): Target | null {
    if (jump.to === 'heading') {
      const section = headings.get(jump.words)
      return section === undefined ? null : toTarget(section)
    }
    const number = jump.number.toLowerCase()
    const target = positions.get(number) ?? null
    if (!jump.word.startsWith('step')) return target
    // Of headings only those that say it are steps: "## Step 2: Deploy".
    const isStep = number.includes('.') || /^[#\s*_]*step\b/i.test(source.lines[(target?.line ?? 0) - 1] ?? '')
    return numberedIn(from, number) ?? (isStep ? target : null)
  }

  /** "Step 3" is what bears that number in this section, or in the nearest one around it. */
  function numberedIn(from: PlacedSection | undefined, number: string): Target | null {
    for (let section = from; section !== undefined; section = parents.get(section)) {
      const step = section.steps.find(one => bears(one.draft, number))
      if (step !== undefined) return toTarget(section, step)
    }
    return null
  }

  return { seen, jumps }
}

function bears({ printed, title }: PlacedStep['draft'], number: string): boolean {
  return String(printed) === number || /^step\s+([\d.]+)\b/i.exec(title)?.[1] === number
}

function toTarget(section: PlacedSection, step?: PlacedStep): Target {
  const leadsBack = section.role === 'recovery'
  if (step === undefined) return { position: section.position, title: section.title, line: section.line, leadsBack }
  return { position: step.position, title: step.title, line: step.draft.line, leadsBack }
}

function toPointer({ position, title, line, leadsBack }: Target): string {
  return `Go to ${position} ${title} (line ${line}${leadsBack ? ', a way back' : ''})`
}
