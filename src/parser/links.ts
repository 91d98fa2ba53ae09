import type { PlacedSection } from './place-steps.ts'

/** Rule R20: `See Application Rollback` in a step names a heading of the page; the link says where it stands. */
export function linkResolver(phases: readonly PlacedSection[]): (text: string) => string | null {
  const headings = phases.flatMap(sectionsIn).filter(section => section.title.length >= 4)
  return text => {
    const said = /\bsee\s+(?:also\s+)?(?:the\s+)?(?:section\s+)?["“`*]*(.+)$/i.exec(text)?.[1]?.toLowerCase()
    if (said === undefined) return null
    const found = headings
      .filter(section => said.startsWith(section.title.toLowerCase()))
      .sort((a, b) => b.title.length - a.title.length)[0]
    return found === undefined ? null : `See ${found.position} ${found.title} (line ${found.line})`
  }
}

function sectionsIn(section: PlacedSection): PlacedSection[] {
  return [section, ...section.sections.flatMap(sectionsIn)]
}
