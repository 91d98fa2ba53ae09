import { diagnostic } from '../../model/index.ts'
import { type Rule, reading } from '../draft.ts'
import { namesRecovery } from '../role.ts'
import { placeOf, writtenText } from './text.ts'
import { textStep } from './text-step.ts'

/**
 * Rule R6: `**Rollback Plan**` and what stands under it leads back from its section. It is a flow of its own,
 * up to the next label. Inside a recovery section it is nothing special.
 */
export const recoveryLabel: Rule = {
  rule: 'R6',
  name: 'recovery label',
  read(at) {
    const { block } = at
    if (block.kind !== 'label' || at.section.role === 'recovery' || !namesRecovery(block.name)) return null
    const rest = at.blocks.slice(at.index + 1)
    const next = rest.findIndex(one => one.kind === 'label' || one.kind === 'rule')
    const body = next === -1 ? rest : rest.slice(0, next)
    const inside = at.readAll(body, { label: block })
    const nodes =
      block.rest === ''
        ? inside.nodes
        : [
            {
              ...textStep({
                text: block.rest,
                rule: 'R6',
                line: block.line,
                endLine: block.endLine,
                original: writtenText(at.page.source, block),
              }),
              // The whole flow is entered by choice when something failed: its condition is not asked once more.
              when: null,
            },
            ...inside.nodes,
          ]
    if (nodes.length === 0)
      return reading([], {
        used: 1 + body.length,
        findings: [
          ...inside.findings,
          diagnostic(
            'SO026',
            placeOf(at, block),
            `"${block.name}" holds nothing to do`,
            'write the way back as a list',
          ),
        ],
      })
    return reading([], {
      recovery: [{ title: block.name, line: block.line, nodes }, ...inside.recovery],
      findings: inside.findings,
      used: 1 + body.length,
    })
  },
}
