import type { Section } from '../../model/index.ts'
import type { Parsed } from '../parse-runbook.ts'

/**
 * What the rules read out of a text, without its lines: two texts with the same reading are walked alike. The text that a
 * step was made from is left out, since a marker inside an item is part of it.
 */
export function readingOf({ runbook, diagnostics }: Parsed): string {
  const { title, mode, metadata, phases, flows, parameters, details } = runbook
  return JSON.stringify({
    title,
    mode,
    metadata,
    flows,
    phases: phases.map(withoutLines),
    parameters: parameters.map(({ uses, proposals, ...rest }) => ({
      ...rest,
      uses: uses.length,
      proposals: proposals?.map(({ line: _, ...proposal }) => proposal),
    })),
    details: [...details].map(([id, { scriptLine: _, detail, ...rest }]) => [id, { ...rest, detail: detail.length }]),
    findings: diagnostics.map(({ code, level }) => [code, level]),
  })
}

function withoutLines({ line: _, steps, sections, ...section }: Section): object {
  return {
    ...section,
    steps: steps.map(({ line: _from, endLine: _to, original: _text, ...step }) => step),
    sections: sections.map(withoutLines),
  }
}
