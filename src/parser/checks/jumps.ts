import { type Diagnostic, diagnostic } from '../../model/index.ts'
import type { Links } from '../links.ts'
import { type PlacedSection, type PlacedStep, sectionsOf } from '../place-steps.ts'
import { SEE } from './named-sections.ts'

/**
 * SO038: a step, or text that is shown with it, sends people to another place of the page, and nothing goes there by itself.
 * SO033 where the page has no such place.
 */
export function checkJumps(phases: readonly PlacedSection[], links: Links): Diagnostic[] {
  return phases
    .flatMap(sectionsOf)
    .flatMap(section => section.steps.flatMap(step => [...asked(step, section, links), ...shown(step, section, links)]))
}

/** The step itself says it: a person decides. */
function asked(step: PlacedStep, section: PlacedSection, links: Links): Diagnostic[] {
  return links
    .jumps(step.draft.title, section)
    .filter(({ sentence, pointer }) => pointer !== null || !SEE.test(sentence))
    .map(({ sentence, pointer }) =>
      pointer === null
        ? nowhere(step, sentence)
        : found(step, `"${sentence}": ${pointer}. A person goes there, nothing does by itself`, '', 'info'),
    )
}

/** Only the text beside it says it: whoever does not read that goes on. */
function shown(step: PlacedStep, section: PlacedSection, links: Links): Diagnostic[] {
  const said = new Set(links.jumps(step.draft.title, section).map(one => one.pointer))
  return step.draft.detail
    .flatMap(text => links.jumps(text, section))
    .filter(one => !said.has(one.pointer))
    .map(({ sentence, pointer }) =>
      pointer === null
        ? nowhere(step, sentence)
        : found(
            step,
            `"${sentence}": ${pointer}. It is shown with "${step.title}", and asked of nobody`,
            'make it an item of its own',
            'warning',
          ),
    )
}

function nowhere({ draft }: PlacedStep, sentence: string): Diagnostic {
  const message = `"${sentence}" sends people to a place that this page does not have`
  return diagnostic('SO033', { line: draft.line, column: 1 }, message, 'name the heading or step as it is now')
}

function found({ draft }: PlacedStep, message: string, help: string, level: 'info' | 'warning'): Diagnostic {
  return diagnostic('SO038', { line: draft.line, column: 1 }, message, help, level)
}
