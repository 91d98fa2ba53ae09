import type { Nodes, Root } from 'mdast'
import { type Diagnostic, diagnostic } from '../model/index.ts'
import { isUnclosed } from './blocks.ts'
import { nodesOf } from './text/nodes.ts'
import type { Source } from './text/source.ts'

const OPENS =
  /\{\{[-~]?\s*(?:#(\w+)|(?:if|range|with|block)\b)|\{%-?\s*(if|for|unless|case|raw)\b|<%-?\s*(?:if|unless|case|for|while)\b/g
const CLOSES = /\{\{[-~]?\s*(?:\/\w+|end)\s*[-~]?\}\}|\{%-?\s*end(?:if|for|unless|case|raw)\b|<%-?\s*end\b/g

/**
 * Rule R1: nothing behind a fence that is never closed is a step. In an item or a quote such a fence ends with that, and what
 * follows would be read as if the author had closed it there.
 */
export function untilUnclosed(root: Root, source: Source): Root {
  for (const node of nodesOf(root))
    if (node.type === 'code' && isUnclosed(node, source)) return until(root, node.position?.start.offset ?? 0)
  return root
}

/** The tree without the nodes that begin behind an offset. */
function until<T extends Nodes>(node: T, offset: number): T {
  if (!('children' in node)) return node
  const children = node.children.filter(child => (child.position?.start.offset ?? 0) <= offset)
  return { ...node, children: children.map(child => until(child, offset)) }
}

/** Rule R1: template conditionals in the prose must balance, else nobody can say what belongs to the page. */
export function checkTemplates(root: Root): Diagnostic[] {
  let open = 0
  let first: { readonly line: number; readonly column: number } | null = null
  for (const node of nodesOf(root)) {
    if (node.type !== 'text') continue
    const opened = node.value.match(OPENS)?.length ?? 0
    const closed = node.value.match(CLOSES)?.length ?? 0
    if (opened > 0 && first === null && node.position !== undefined) first = node.position.start
    open += opened - closed
    // One that ends before it begins is not mended by another that begins and never ends.
    if (open < 0) {
      first = node.position?.start ?? first
      break
    }
  }
  if (open === 0) return []
  return [
    diagnostic(
      'SO005',
      first ?? { line: 1, column: 1 },
      open > 0 ? 'a template conditional has no end' : 'a template conditional ends that was never begun',
      'close each `{% if %}` with `{% endif %}`, each `{{#if}}` with `{{/if}}`, each `<% if %>` with `<% end %>`',
    ),
  ]
}
