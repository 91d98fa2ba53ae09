import { diagnostic } from '../../model/index.ts'
import type { FenceBlock } from '../blocks.ts'
import { type At, type Draft, draftsOf, mapDrafts, type Reading, type ScriptText } from '../draft.ts'
import { parseShell, strongest } from '../shell/index.ts'
import { fenceKind } from './fence-kind.ts'
import { stepsOfScript } from './script-block.ts'
import { isElsewhere } from './session.ts'
import { placeOf, sliceScript } from './text.ts'

/**
 * Rule R3: `<!-- signoff task -->` makes a block a script that no rule would have run. It is then at least a change and says
 * so. What is for another place, for another program, or no shell at all stays by hand: that the marker cannot take away.
 */
export function forcedScript(at: At, block: FenceBlock, made: Reading): Reading {
  if (draftsOf(made.nodes).some(step => step.script !== null)) return made
  const kind = fenceKind(block.language)
  const script: ScriptText = sliceScript(block, 0, block.text.length)
  const isShell = (kind === 'shell' || kind === 'console' || kind === 'untagged') && block.text.trim() !== ''
  if (!isShell || isElsewhere(at, block) !== null || !parseShell(script.text).ok) return refused(at, block, made)
  const forced = stepsOfScript(at, block, script, null)
  if (!draftsOf(forced.nodes).some(step => step.script !== null)) return refused(at, block, made)
  return { ...forced, nodes: mapDrafts(forced.nodes, byMarker) }
}

function byMarker(step: Draft): Draft {
  if (step.script === null) return step
  const { risk } = step.fixed
  return {
    ...step,
    detail: [...step.detail, 'a task by marker'],
    fixed: { ...step.fixed, risk: strongest(risk === null ? ['change'] : ['change', risk]) },
  }
}

function refused(at: At, block: FenceBlock, made: Reading): Reading {
  const message = '"task" cannot make a script of this block: it stays as it is'
  return { ...made, findings: [...made.findings, diagnostic('SO032', placeOf(at, block), message, 'take it out')] }
}
