import { conditionOfLabel } from '../conditions.ts'
import { conditionAround, type Rule, reading } from '../draft.ts'
import { underLabel } from './label-scope.ts'

/** Rule R8: a label that is a condition holds for all that stands under it, up to the next label. */
export const conditionLabel: Rule = {
  rule: 'R8',
  name: 'condition by label',
  read(at) {
    const { block } = at
    if (block.kind !== 'label' || block.rest !== '') return null
    const when = conditionOfLabel(block.name)
    if (when === null) return null
    const { body, next } = underLabel(at.blocks, at.index)
    const inside = at.readAll(body, { label: block })
    return reading(conditionAround(inside.nodes, when), {
      apart: inside.apart,
      findings: inside.findings,
      used: next - at.index,
    })
  },
}
