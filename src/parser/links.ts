import type { PlacedSection } from './place-steps.ts'

/** Rule R20: `See Application Rollback` in a step names a heading of the page; the link says where it stands. */
export function linkResolver(phases: readonly PlacedSection[]): (text: string) => string | null {
  const headings = new Map<string, PlacedSection>()
  for (const section of phases.flatMap(sectionsIn)) {
    const title = section.title.toLowerCase()
    if (title.length >= 4 && !headings.has(title)) headings.set(title, section)
  }
  let longest = 0
  for (const title of headings.keys()) longest = Math.max(longest, title.length)
  return text => {
    const said = /\bsee\s+(?:also\s+)?(?:the\s+)?(?:section\s+)?["“`*]*(.+)$/i.exec(text)?.[1]?.toLowerCase()
    if (said === undefined) return null
    let found: PlacedSection | undefined
    for (let length = Math.min(said.length, longest); length >= 4 && found === undefined; length--)
      found = headings.get(said.slice(0, length))
    return found === undefined ? null : `See ${found.position} ${found.title} (line ${found.line})`
  }
}

function sectionsIn(section: PlacedSection): PlacedSection[] {
  return [section, ...section.sections.flatMap(sectionsIn)]
}
