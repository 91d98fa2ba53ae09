import type { EventOf, RunEvent, RunState, StepRecord } from '../../model/index.ts'
import type { DemandedStep } from './verify-policy.ts'
import type { Finding } from './verify-report.ts'

/** More gates than this that were left out are not held against the runbook, each with the run as it stood: that is then said. */
const MOST = 1000

/** A gate that an answer left out, with the run as it stood before. */
interface LeftOut {
  readonly line: number
  readonly event: EventOf<'step.skip'>
  readonly before: RunState
}

export interface LeftOutCheck {
  /** Takes every event, with the run as it stood before it. */
  add(event: RunEvent, line: number, before: RunState): void
  /**
   * Holds what was left out against the runbook: a condition and an option leave out what stands under them there, and nothing else.
   * A gate is looked at where it was left out, since a script may have gone past it before it was asked after all.
   */
  findings(demanded: readonly DemandedStep[], end: RunState): Finding[]
}

export function createLeftOutCheck(): LeftOutCheck {
  const gates: LeftOut[] = []
  return {
    add(event, line, before) {
      if (event.kind !== 'step.skip' || gates.length > MOST) return
      if (before.steps.get(event.step)?.planned.kind === 'gate') gates.push({ line, event, before })
    },
    findings(demanded, end) {
      const steps = new Map(demanded.map(step => [step.id, step]))
      const findings: Finding[] = []
      for (const { line, event, before } of gates.slice(0, MOST)) {
        const problem = problemOf(steps.get(event.step), event.why, before)
        if (problem !== null) findings.push(policy(`the gate ${event.step} was left out ${problem}`, line))
      }
      if (gates.length > MOST) findings.push(policy(`more than ${MOST} times a gate was left out`, null))
      for (const { planned, status } of end.steps.values()) {
        if (status.kind !== 'not-applicable' || planned.kind === 'gate') continue
        const problem = problemOf(steps.get(planned.id), status.cause, end)
        if (problem !== null) findings.push(policy(`${planned.id} was left out ${problem}`, null))
      }
      return findings
    },
  }
}

function problemOf(
  step: DemandedStep | undefined,
  cause: EventOf<'step.skip'>['why'],
  { choices, steps }: RunState,
): string | null {
  // What the runbook does not have, it cannot miss.
  if (step === undefined) return null
  if (cause === 'condition' && step.when === null) return 'by a condition, and the runbook gives it none'
  if (cause !== 'other-option') return null
  if (step.choice === null) return 'for another option, and the runbook has it under none'
  const { group, option } = step.choice
  return isPassed(steps.get(group)) && choices.get(group) === option
    ? 'for another option, and its own was chosen'
    : null
}

function isPassed(record: StepRecord | undefined): boolean {
  return record?.status.kind === 'passed'
}

function policy(message: string, line: number | null): Finding {
  return { check: 'policy', exit: 6, message, line }
}
