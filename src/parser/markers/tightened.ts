import type { Draft, Fixed } from '../draft.ts'
import { markedEnvironment } from '../environment.ts'
import { strongest } from '../shell/index.ts'
import { findSpan } from '../text/duration.ts'
import { approversIn } from './apply-directives.ts'
import { type Directive, directive } from './directives.ts'

/**
 * One step with what its markers say of it, and the words among them that were followed.
 *
 * @param hasGate a gate was put in front of it: it becomes none itself.
 */
export function tightened(step: Draft, directives: readonly Directive[], hasGate: boolean): Draft {
  const condition = directive(directives, 'if') ?? (directive(directives, 'optional') === null ? null : 'optional')
  const said = asKind({ ...step, when: both(condition, step.when) }, directives, hasGate)
  const changed = { ...howItRuns(said, directives), fixed: fixedBy(said, directives) }
  const followed = directives.filter(one => !step.markers.includes(one) && isFollowed(one, changed))
  return { ...changed, markers: [...step.markers, ...followed] }
}

function fixedBy({ fixed, kind }: Draft, directives: readonly Directive[]): Fixed {
  const risk = riskIn(directives)
  return {
    id: directive(directives, 'id') ?? fixed.id,
    cwd: fixed.cwd ?? directive(directives, 'cwd'),
    approvers: kind === 'gate' ? [...fixed.approvers, ...(approversIn(directives) ?? [])] : fixed.approvers,
    risk: risk === null ? fixed.risk : strongest([risk, ...(fixed.risk === null ? [] : [fixed.risk])]),
    environment: markedEnvironment(fixed.environment, directive(directives, 'environment')),
  }
}

function shorter(limit: number | null, own: number | null): number | null {
  return limit === null || own === null ? (limit ?? own) : Math.min(limit, own)
}

function riskIn(directives: readonly Directive[]): Fixed['risk'] {
  const risk = directive(directives, 'risk')
  return risk === 'view' || risk === 'safe' || risk === 'change' || risk === 'danger' ? risk : null
}

function howItRuns(step: Draft, directives: readonly Directive[]): Draft {
  if (step.kind !== 'task') return step
  const timeout = directive(directives, 'timeout')
  const limit = timeout === null ? null : (findSpan(timeout)?.maxMs ?? null)
  const marked =
    directive(directives, 'terminal') !== null
      ? 'terminal'
      : directive(directives, 'endless') !== null
        ? 'endless'
        : step.interaction
  // What never ends does not end because a marker says terminal.
  const interaction = step.interaction === 'remote' || step.interaction === 'endless' ? step.interaction : marked
  return { ...step, interaction, timeoutMs: interaction === 'endless' ? null : shorter(limit, step.timeoutMs) }
}

/** A gate, a form and a choice stay what they are: no marker takes them away, nor a person's tick, nor a longer wait. */
function asKind(step: Draft, directives: readonly Directive[], hasGate: boolean): Draft {
  const { kind } = step
  if (kind === 'gate' || kind === 'form' || kind === 'choice') return step
  const byHand = { ...step, script: null, offer: step.script ?? step.offer }
  if (directive(directives, 'gate') !== null && !hasGate && step.script === null)
    return { ...byHand, kind: 'gate', rule: 'R3', approvers: null }
  const wait = directive(directives, 'wait')
  const span = wait === null ? null : findSpan(wait)
  if (span !== null && kind !== 'confirmation' && step.evidence === null)
    return {
      ...byHand,
      kind: 'wait',
      durationMs: Math.max(span.minMs, step.durationMs ?? 0),
      timeoutMs: Math.max(span.maxMs, kind === 'wait' ? (step.timeoutMs ?? 0) : 0),
    }
  if (kind === 'wait') return step
  if (directive(directives, 'confirm') !== null) return { ...byHand, kind: 'confirmation' }
  return directive(directives, 'manual') !== null && kind === 'task' ? { ...byHand, kind: 'manual' } : step
}

/** Whether a step is now what the word asks for. Words for sections, options and ways back are followed elsewhere. */
function isFollowed({ word, value }: Directive, step: Draft): boolean {
  switch (word) {
    case 'if':
    case 'optional':
    case 'id':
    case 'risk':
    case 'environment':
      return true
    case 'manual':
      return step.kind === 'manual'
    case 'confirm':
      return step.kind === 'confirmation'
    case 'gate':
    case 'approvers':
      return step.kind === 'gate'
    case 'wait':
      return step.kind === 'wait' && step.durationMs === findSpan(value ?? '')?.minMs
    case 'timeout':
      return step.kind === 'task' && step.timeoutMs !== null
    case 'terminal':
    case 'endless':
      return step.interaction === word
    case 'cwd':
      return step.script !== null || step.offer !== null
    case 'task':
      return step.script !== null
    default:
      return false
  }
}

function both(marked: string | null, own: string | null): string | null {
  if (marked === null || own === null || marked === own) return marked ?? own
  return `${marked} and ${own}`
}
