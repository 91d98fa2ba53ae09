import { type Directive, directive } from './directives.ts'
import { type Draft, type DraftNode, draft } from './draft.ts'

/**
 * Rule R3: `choice=target option=vercel` before a block makes it one option of a choice; blocks of the same choice that stand
 * one behind the other are its options. Returns the choice with the nodes in it, and whether it takes the place of the last.
 */
export function markedOption(
  directives: readonly Directive[],
  nodes: readonly DraftNode[],
  last: DraftNode | undefined,
): { readonly choice: Draft; readonly replaces: boolean } | null {
  const group = directive(directives, 'choice')
  const option = directive(directives, 'option')
  const first = nodes.find(node => node.node === 'step')
  if (!group || !option || first === undefined) return null
  const endLine = Math.max(first.endLine, ...nodes.map(node => (node.node === 'step' ? node.endLine : 0)))
  const other = { name: option, note: null, nodes }
  if (last?.node === 'step' && last.options !== null && last.rule === 'R3' && last.title === group) {
    const known = last.options.find(one => one.name === option)
    const options =
      known === undefined
        ? [...last.options, other]
        : last.options.map(one => (one === known ? { ...one, nodes: [...one.nodes, ...nodes] } : one))
    return { choice: { ...last, endLine, options }, replaces: true }
  }
  const choice = draft({ kind: 'choice', title: group, rule: 'R3', line: first.line, endLine, options: [other] })
  return { choice, replaces: false }
}
