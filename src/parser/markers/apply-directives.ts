import type { Block } from '../blocks.ts'
import { textOf, writtenText } from '../constructs/text.ts'
import { type At, type Draft, type DraftNode, draft, draftsOf, mapDrafts, type Page, type Reading } from '../draft.ts'
import { parseOwners } from '../owners.ts'
import { type Directive, directive } from './directives.ts'
import { skipped } from './skip-marker.ts'
import { tightened } from './tightened.ts'

/** What markers stand at: a block, or an item of a list. */
export interface Marked {
  readonly directives: readonly Directive[]
  readonly line: number
  readonly endLine: number
  /** Its text, should a marker make a step of it. */
  readonly text: string
  readonly original: string
  /** A label: what it says holds for the blocks behind it. */
  readonly isLabel: boolean
}

/**
 * Rule R3: what markers add to the steps that rules made of their block or item. They tighten: a condition more, a gate
 * before a script, a higher risk. What no rule made a step of becomes one if a marker names its kind. Each step keeps the
 * words that were followed, so that one that was not is found (`checks/markers-followed.ts`).
 */
export function applyDirectives(marked: Marked, read: Reading | null, page: Page): Reading | null {
  const { directives } = marked
  if (directives.length === 0) return read
  const { isOut, made } = skipped(marked, read, page)
  if (isOut) return made
  const nodes = made === null || made.nodes.length === 0 ? textAsStep(marked) : made.nodes
  if (nodes.length === 0) return made
  const gates = gateBefore(nodes, directives)
  const changed = [...gates, ...nodes.map(node => tightenedAll(node, directives, gates.length > 0))]
  return made === null
    ? { nodes: changed, apart: [], findings: [], expect: null, used: 1 }
    : { ...made, nodes: changed }
}

/** The outermost step bears the id; all else that the markers say holds for what is below it too. */
function tightenedAll(node: DraftNode, directives: readonly Directive[], hasGate: boolean): DraftNode {
  const rest = directives.filter(one => one.word !== 'id')
  const inner = (some: readonly DraftNode[]) => mapDrafts(some, step => tightened(step, rest, hasGate))
  if (node.node === 'group') return { ...node, nodes: inner(node.nodes) }
  const options = node.options?.map(option => ({ ...option, nodes: inner(option.nodes) })) ?? null
  return tightened({ ...node, below: inner(node.below), options }, directives, hasGate)
}

export function markedBlock(at: At, block: Block): Marked {
  const { directives, line, endLine } = block
  const bare = directives.length === 0
  const text = bare ? '' : block.kind === 'fence' ? block.text.trim() : textOf([block]).join(' ')
  const original = bare ? '' : writtenText(at.page.source, block)
  return { directives, line, endLine, text, original, isLabel: block.kind === 'label' }
}

function textAsStep({ directives, text, line, endLine, original }: Marked): DraftNode[] {
  const named = ['gate', 'confirm', 'manual', 'wait'].some(word => directive(directives, word) !== null)
  if (!named || text === '') return []
  return [draft({ kind: 'manual', title: text, rule: 'R3', line, endLine, original })]
}

/** A gate in front of what must stay: scripts, values to be observed, waits, several steps. A single text becomes the gate. */
function gateBefore(nodes: readonly DraftNode[], directives: readonly Directive[]): Draft[] {
  const steps = draftsOf(nodes)
  const [only] = steps
  const first = steps.find(step => step.script !== null) ?? only
  if (first === undefined || directive(directives, 'gate') === null) return []
  if (steps.length === 1 && only !== undefined && (only.kind === 'gate' || canBecomeGate(only))) return []
  const { title, line, endLine, original } = first
  const when = directive(directives, 'if')
  const markers = directives.filter(one => one.word === 'gate' || one.word === 'approvers')
  const approvers = approversIn(directives)
  return [draft({ kind: 'gate', title, rule: 'R3', line, endLine, original, when, approvers, markers })]
}

function canBecomeGate(step: Draft): boolean {
  const asks = step.script !== null || step.offer !== null || step.evidence !== null
  return !asks && (step.kind === 'confirmation' || step.kind === 'manual')
}

export function approversIn(directives: readonly Directive[]): string[] | null {
  const approvers = parseOwners(directive(directives, 'approvers') ?? '')
  return approvers.length === 0 ? null : approvers
}
