import { type Diagnostic, diagnostic, expectationProblem } from '../../model/index.ts'
import type { FenceBlock } from '../blocks.ts'
import { type At, mapDrafts, type Reading } from '../draft.ts'
import { type Directive, directive } from '../markers/directives.ts'
import { fenceKind } from './fence-kind.ts'
import { placeOf } from './text.ts'

/** A comment of a script that says what is to be seen. */
export const EXPECTS = /^[ \t]*#[ \t]*expect(?:ed|s|ing)?\b/im

/** How a marker says that output is compared; only the four that it may name decide. */
export function expectKind(marked: string | null): 'similar' | 'contains' | 'exact' | 'regex' | 'json' {
  return marked === 'contains' || marked === 'exact' || marked === 'regex' || marked === 'json' ? marked : 'similar'
}

/** Rule R3: before a script, `expect=contains` makes its `# Expected: …` comments decide; without it they are only shown. */
export function withDecidingComments(directives: readonly Directive[], made: Reading): Reading {
  const marker = directives.find(one => one.word === 'expect')
  if (marker === undefined) return made
  const kind = expectKind(directive(directives, 'expect'))
  return {
    ...made,
    nodes: mapDrafts(made.nodes, step =>
      step.expect?.kind !== 'shown' || step.script === null
        ? step
        : { ...step, expect: { kind, text: saidOnly(step.expect.text) }, markers: [...step.markers, marker] },
    ),
  }
}

/** `Expected output: 5/5 ready` without its first words. */
function saidOnly(text: string): string {
  return text.replace(
    /^\s*expect(?:ed|s|ing)?\b(?:\s+(?:output|result|response))?(?:\s+(?:to be|is|are))?\s*:?\s*/i,
    '',
  )
}

/** An output that a marker names and that cannot be compared, or a block that reads like a script and not like output. */
export function wrongExpectation(at: At, block: FenceBlock, text: string): Diagnostic[] {
  const marker = block.directives.find(one => one.word === 'expect')
  if (marker?.place === undefined) return []
  if (marker.foreign !== true && fenceKind(block.language) === 'shell')
    return [
      diagnostic(
        'SO032',
        marker.place,
        `"expect=${marker.value}" makes a \`${block.language}\` block the output of the step before: it is not run`,
        'tag it `text` if it is output; else put the marker before the output',
      ),
    ]
  const broken = expectationProblem({ kind: expectKind(marker.value), text })
  if (broken === null) return []
  const message = `this cannot be compared as ${marker.value}: ${broken}`
  return [diagnostic('SO032', placeOf(at, block), message, 'mend it: as it is, no output would pass')]
}
