import type { Root } from 'mdast'
import { type Diagnostic, diagnostic } from '../model/index.ts'
import { nodesOf } from './nodes.ts'

/** Rule R2: one finding for each comment that hides boxes or fences. */
export function checkInert(root: Root): Diagnostic[] {
  const found: Diagnostic[] = []
  for (const node of nodesOf(root)) {
    if (node.type !== 'html') continue
    if (
      /^<!--[\s\S]*[-*+]\s+\[[ xX]\]\s/.test(node.value) ||
      /^\s*(?:<!--)?\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]\s|^[ \t]*(?:`{3,}|~{3,})/m.test(node.value)
    )
      found.push(
        diagnostic(
          'SO010',
          node.position?.start ?? { line: 1, column: 1 },
          'boxes and blocks inside HTML make no step',
        ),
      )
  }
  return found
}
