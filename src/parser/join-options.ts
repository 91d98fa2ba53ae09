import type { Block } from './blocks.ts'
import { writtenText } from './constructs/text.ts'
import { textStep } from './constructs/text-step.ts'
import { conditionAround, type Draft, type DraftNode, draft, type OptionDraft, type Page } from './draft.ts'

/** What stands right before an "Alternatively". */
export interface Before {
  readonly block: Block | null
  /** The nodes that it became; none for a text. */
  readonly nodes: readonly DraftNode[]
}

/**
 * Rule R7: what stands before an "Alternatively", and what follows it, as a choice of two. A choice that was begun the same
 * way takes one option more. Null where nothing stands before it that a person could do instead.
 */
export function joinOptions(before: Before, label: string, nodes: readonly DraftNode[], page: Page): Draft | null {
  const open = before.nodes.length === 1 ? before.nodes[0] : undefined
  if (open?.node === 'step' && open.kind === 'choice' && open.options !== null && open.rule === 'R7')
    return {
      ...open,
      endLine: endOf(nodes, open.endLine),
      options: [...open.options, optionOf(label, nodes, open.when)],
    }
  const first = before.nodes.length > 0 ? before.nodes : asStep(before.block, page)
  const head = first.find(node => node.node === 'step')
  if (head === undefined) return null
  return draft({
    kind: 'choice',
    title: `${head.title} or ${label}`,
    rule: 'R7',
    line: head.line,
    endLine: endOf(nodes, head.endLine),
    when: head.when,
    options: [{ name: head.title, note: null, nodes: first }, optionOf(label, nodes, head.when)],
  })
}

/** The condition of the first option is that of the choice: it holds for the others too. */
function optionOf(name: string, nodes: readonly DraftNode[], when: string | null): OptionDraft {
  return { name, note: null, nodes: when === null ? nodes : conditionAround(nodes, when) }
}

/** A text that was no step by itself is one that a person does. */
function asStep(block: Block | null, page: Page): readonly DraftNode[] {
  if (block?.kind !== 'paragraph') return []
  const { line, endLine } = block
  return [textStep({ text: block.text, rule: 'R7', line, endLine, original: writtenText(page.source, block) })]
}

function endOf(nodes: readonly DraftNode[], otherwise: number): number {
  return Math.max(otherwise, ...nodes.map(node => (node.node === 'step' ? node.endLine : otherwise)))
}
