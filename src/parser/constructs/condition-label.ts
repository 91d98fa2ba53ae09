import { conditionOfLabel } from '../conditions.ts'
import { mapDrafts, type Rule, reading } from '../draft.ts'

/** Rule R8: a label that is a condition holds for all that stands under it, up to the next label. */
export const conditionLabel: Rule = {
  rule: 'R8',
  name: 'condition by label',
  read(at) {
    const { block } = at
    if (block.kind !== 'label' || block.rest !== '') return null
    const when = conditionOfLabel(block.name)
    if (when === null) return null
    const rest = at.blocks.slice(at.index + 1)
    const next = rest.findIndex(one => one.kind === 'label' || one.kind === 'rule')
    const body = next === -1 ? rest : rest.slice(0, next)
    const inside = at.readAll(body, { label: block })
    return reading(
      mapDrafts(inside.nodes, step => ({ ...step, when: step.when ?? when })),
      { recovery: inside.recovery, findings: inside.findings, used: 1 + body.length },
    )
  },
}
