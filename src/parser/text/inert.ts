import type { Nodes, Root } from 'mdast'
import { type Diagnostic, diagnostic } from '../../model/index.ts'
import { nodesOf } from './nodes.ts'

const BOX = /(?:^|[\s(<"'!-])(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s/
const FENCE = /^[ \t]*(?:`{3,}|~{3,})/m

/** Rule R2: one finding for each comment, `[//]: #` line or front matter that hides boxes or fences. */
export function checkInert(root: Root): Diagnostic[] {
  const found: Diagnostic[] = []
  for (const node of nodesOf(root)) {
    const text = hiddenIn(node)
    if (text !== null && (BOX.test(text) || FENCE.test(text)))
      found.push(
        diagnostic(
          'SO010',
          node.position?.start ?? { line: 1, column: 1 },
          `boxes and blocks ${WHERE[node.type]} make no step`,
        ),
      )
  }
  return found
}

const WHERE: Readonly<Record<string, string>> = {
  html: 'inside HTML',
  definition: 'inside a comment',
  yaml: 'inside the front matter',
}

function hiddenIn(node: Nodes): string | null {
  if (node.type === 'html' || node.type === 'yaml') return node.value
  return node.type === 'definition' ? (node.title ?? '') : null
}
