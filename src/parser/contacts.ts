import type { ShownText } from '../model/index.ts'
import type { Block } from './blocks.ts'
import { textOf } from './constructs/text.ts'
import type { SectionDraft } from './sections.ts'

/** Rule R20: contacts, escalation and dependencies are shown when a step fails; so are sections on known trouble. */
export function findContacts(phases: readonly SectionDraft[]): ShownText[] {
  return phases.flatMap(section => {
    const own = isShown(section) ? linesOf(section.blocks) : []
    const shown = own.length === 0 ? [] : [{ title: section.title, line: section.line, lines: own }]
    return [...shown, ...findContacts(section.children)]
  })
}

function isShown(section: SectionDraft): boolean {
  return /\b(?:contacts?|escalations?|dependenc(?:y|ies)|on-?call (?:roster|rotation|schedule))\b/i.test(section.title)
}

function linesOf(blocks: readonly Block[]): string[] {
  return textOf(blocks.filter(block => block.kind === 'table' || block.kind === 'list'))
}
