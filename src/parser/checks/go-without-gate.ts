import type { Root } from 'mdast'
import { type Diagnostic, diagnostic, type Runbook } from '../../model/index.ts'
import { namesGo } from '../constructs/deciders.ts'
import { nodesOf } from '../text/nodes.ts'
import { stepsIn } from './steps-in.ts'

/** SO037: a page that is walked speaks of a GO / NO-GO, and nothing in it became a gate. The first place, once. */
export function goWithoutGate(runbook: Runbook, root: Root): Diagnostic[] {
  if (runbook.mode === 'reference' || runbook.phases.flatMap(stepsIn).some(({ kind }) => kind === 'gate')) return []
  for (const node of nodesOf(root)) {
    const start = node.position?.start
    if (node.type !== 'text' || start === undefined || !namesGo(node.value)) continue
    const message = 'a GO / NO-GO is named here, and no step became a gate: nobody is asked to sign one'
    const help = 'write "**Decision**: GO / NO-GO" and below it "**Approvers**: Release Manager + Platform Lead"'
    return [diagnostic('SO037', { line: start.line, column: start.column }, message, help)]
  }
  return []
}
