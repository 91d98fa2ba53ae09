import { type Draft, type DraftNode, draft, draftsOf, mapDrafts, type Reading } from '../draft.ts'
import { type Directive, directive } from './directives.ts'

/** Where markers put what a rule has read. */
export type Placed = Pick<Reading, 'nodes' | 'apart'> & {
  /** The nodes take the place of the last one before them. */
  readonly replaces: boolean
}

/**
 * Rule R3: a block or item that markers make a way back, or an option of a choice: those of one choice that stand one behind
 * the other are its options. Null where no marker says so, and where it would put a gate aside.
 *
 * @param last the node before it.
 */
export function placedByMarker(
  directives: readonly Directive[],
  nodes: readonly DraftNode[],
  last: DraftNode | undefined,
): Placed | null {
  const steps = draftsOf(nodes)
  const [first] = steps
  if (first === undefined || directives.length === 0) return null
  if (steps.some(step => step.kind === 'gate' && step.rule !== 'R3')) return null
  if (directive(directives, 'role') === 'recovery') {
    const { title, line } = first
    const followed = followedBy(nodes, directives, 'role', 'for')
    return {
      nodes: [],
      apart: [{ role: 'recovery', title, line, nodes: followed, markedFor: directive(directives, 'for') }],
      replaces: false,
    }
  }
  const several = oneOfSeveral(directives, nodes)
  if (several !== null) return { nodes: several, apart: [], replaces: false }
  const option = markedOption(directives, nodes, steps, last)
  return option === null ? null : { nodes: [option.choice], apart: [], replaces: option.replaces }
}

/**
 * `pick=any`: of these options several may be taken, so each is a question of its own, in the order of the file. Null where the
 * marker does not say so.
 */
function oneOfSeveral(directives: readonly Directive[], nodes: readonly DraftNode[]): DraftNode[] | null {
  const group = directive(directives, 'choice')
  const option = directive(directives, 'option')
  if (!takesSeveral(directives) || !group || !option) return null
  const question = `${group}: ${option}`
  return mapDrafts(followedBy(nodes, directives, 'choice', 'option', 'pick'), step => ({
    ...step,
    when: step.when === null ? question : `${question} and ${step.when}`,
  }))
}

/** Whether a marker says that its option is one of which several may be taken. */
export function takesSeveral(directives: readonly Directive[]): boolean {
  return directive(directives, 'pick') === 'any'
}

function markedOption(
  directives: readonly Directive[],
  nodes: readonly DraftNode[],
  steps: readonly Draft[],
  last: DraftNode | undefined,
): { readonly choice: Draft; readonly replaces: boolean } | null {
  const group = directive(directives, 'choice')
  const option = directive(directives, 'option')
  const [first] = steps
  if (!group || !option || first === undefined) return null
  // A list as a whole is no option of a choice that its items make.
  if (steps.some(step => step.options !== null && step.rule === 'R3' && step.title === group)) return null
  const endLine = Math.max(...steps.map(step => step.endLine))
  const other = { name: option, note: null, nodes: followedBy(nodes, directives, 'choice', 'option') }
  if (last?.node === 'step' && last.options !== null && last.rule === 'R3' && last.title === group) {
    const known = last.options.find(one => one.name === option)
    const options =
      known === undefined
        ? [...last.options, other]
        : last.options.map(one => (one === known ? { ...one, nodes: [...one.nodes, ...other.nodes] } : one))
    return { choice: { ...last, endLine, options }, replaces: true }
  }
  const choice = draft({ kind: 'choice', title: group, rule: 'R3', line: first.line, endLine, options: [other] })
  return { choice, replaces: false }
}

function followedBy(
  nodes: readonly DraftNode[],
  directives: readonly Directive[],
  ...words: readonly string[]
): DraftNode[] {
  const followed = directives.filter(one => words.includes(one.word))
  return mapDrafts(nodes, step => ({ ...step, markers: [...step.markers, ...followed] }))
}
