import type { Block } from './blocks.ts'
import { textOf, writtenText } from './constructs/text.ts'
import { type Directive, directive } from './directives.ts'
import { type At, type Draft, type DraftNode, draft, draftsOf, mapDrafts, type Reading } from './draft.ts'
import { findSpan } from './duration.ts'
import { parseOwners } from './owners.ts'
import { strongest } from './shell/index.ts'

/**
 * Rule R3: what the markers before a block add to the steps that rules made of it. They tighten: a condition more, a gate
 * instead of a task, a higher risk. A block that no rule made a step of becomes one if a marker names its kind.
 */
export function applyDirectives(at: At, made: Reading | null): Reading | null {
  const { directives } = at.block
  if (directives.length === 0 || directive(directives, 'skip') !== null) return made
  const nodes = made === null || made.nodes.length === 0 ? textAsStep(at.block, at, directives) : made.nodes
  if (nodes.length === 0) return made
  const changed = [...gateBefore(nodes, directives), ...mapDrafts(nodes, step => tightened(step, directives))]
  return made === null
    ? { nodes: changed, apart: [], findings: [], expect: null, used: 1 }
    : { ...made, nodes: changed }
}

function textAsStep(block: Block, at: At, directives: readonly Directive[]): DraftNode[] {
  const named = ['gate', 'confirm', 'manual', 'wait'].some(word => directive(directives, word) !== null)
  const text = textOf([block]).join(' ')
  if (!named || text === '') return []
  const original = writtenText(at.page.source, block)
  return [draft({ kind: 'manual', title: text, rule: 'R3', line: block.line, endLine: block.endLine, original })]
}

/** A gate in front of scripts: they stay, and wait for it. */
function gateBefore(nodes: readonly DraftNode[], directives: readonly Directive[]): Draft[] {
  const first = draftsOf(nodes).find(step => step.script !== null)
  if (first === undefined || directive(directives, 'gate') === null) return []
  const { title, line, endLine, original } = first
  return [draft({ kind: 'gate', title, rule: 'R3', line, endLine, original, approvers: approversIn(directives) })]
}

function approversIn(directives: readonly Directive[]): string[] | null {
  const approvers = parseOwners(directive(directives, 'approvers') ?? '')
  return approvers.length === 0 ? null : approvers
}

function tightened(step: Draft, directives: readonly Directive[]): Draft {
  const condition = directive(directives, 'if') ?? (directive(directives, 'optional') === null ? null : 'optional')
  const timeout = directive(directives, 'timeout')
  const risk = directive(directives, 'risk')
  const raised = risk === 'view' || risk === 'safe' || risk === 'change' || risk === 'danger' ? risk : null
  return asKind(
    {
      ...step,
      when: both(condition, step.when),
      timeoutMs:
        step.kind === 'task' && timeout !== null ? (findSpan(timeout)?.maxMs ?? step.timeoutMs) : step.timeoutMs,
      interaction: step.kind === 'task' && directive(directives, 'terminal') !== null ? 'terminal' : step.interaction,
      fixed: {
        id: step.fixed.id ?? directive(directives, 'id'),
        risk:
          raised === null
            ? step.fixed.risk
            : strongest([raised, ...(step.fixed.risk === null ? [] : [step.fixed.risk])]),
        environment: step.fixed.environment ?? directive(directives, 'environment'),
      },
    },
    directives,
  )
}

/** A gate, a form and a choice stay what they are: no marker takes a gate away. */
function asKind(step: Draft, directives: readonly Directive[]): Draft {
  if (step.kind === 'gate' || step.kind === 'form' || step.kind === 'choice') return step
  const byHand = { ...step, script: null, offer: step.script ?? step.offer }
  if (directive(directives, 'gate') !== null && step.script === null)
    return { ...byHand, kind: 'gate', approvers: approversIn(directives) }
  const wait = directive(directives, 'wait')
  const span = wait === null ? null : findSpan(wait)
  if (span !== null) return { ...byHand, kind: 'wait', durationMs: span.minMs, timeoutMs: span.maxMs }
  if (directive(directives, 'confirm') !== null) return { ...byHand, kind: 'confirmation' }
  return directive(directives, 'manual') !== null && step.kind === 'task' ? { ...byHand, kind: 'manual' } : step
}

function both(marked: string | null, own: string | null): string | null {
  if (marked === null || own === null || marked === own) return marked ?? own
  return `${marked} and ${own}`
}
