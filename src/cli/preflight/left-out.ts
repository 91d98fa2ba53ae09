import type { Step } from '../../model/index.ts'
import { findSection, findStep } from '../../runner/index.ts'
import type { AboutToRun } from './about-to-run.ts'
import { type PreflightFinding, preflightFinding } from './finding.ts'
import type { StepsAhead } from './steps-ahead.ts'

/**
 * Steps that this run will not come to, each cause once: what was answered, chosen or selected. No fault, but worth knowing before step 1;
 * a gate among them is worth a warning.
 */
export function leftOutFindings(run: AboutToRun, ahead: StepsAhead): PreflightFinding[] {
  const { context } = run
  const stepsOf = (ids: readonly string[]): Step[] => ids.flatMap(id => context.steps.get(id) ?? [])
  const byCause = Map.groupBy(ahead.out, ([, left]) => left.why)
  const findings = [...byCause].map(([why, left]) => {
    const steps = stepsOf(left.map(([id]) => id))
    const cause = left[0]?.[1].cause === 'selection' ? selectionText(run) : why
    const count = steps.length === 1 ? '1 step is' : `${steps.length} steps are`
    const message = `${count} left out, ${rangeText(steps)}: ${cause}`
    return preflightFinding('steps-left-out', message, '', placeOf(run, steps))
  })
  return [...findings, ...gatesLeftOut(run, ahead), ...saidInVain(run, ahead)]
}

/** A selection that begins behind a gate walks what the gate was to hold back. */
function gatesLeftOut(run: AboutToRun, ahead: StepsAhead): PreflightFinding[] {
  const { runbook, steps } = run.context
  const walked = new Set(ahead.forward.map(({ id }) => id))
  const firstWalked = runbook.flows.main.findIndex(id => walked.has(id))
  const before = runbook.flows.main.slice(0, Math.max(0, firstWalked))
  return before.flatMap(id => {
    const step = steps.get(id)
    if (step?.kind !== 'gate' || ahead.out.get(id)?.cause !== 'selection') return []
    const message = `${selectionText(run)} begins behind the gate ${step.position} ${step.title}: nobody is asked for its GO in this run, and verify answers 6 to its transcript`
    const help = 'begin before it; a release that stopped there goes on by signoff resume'
    return [preflightFinding('gate-left-out', message, help, placeOf(run, [step]))]
  })
}

/** What was said beforehand for a step that other things said beforehand rule out: one of the two was not meant. */
function saidInVain({ context, selection, provided: { answers } }: AboutToRun, ahead: StepsAhead): PreflightFinding[] {
  const said: (readonly [what: string, reference: string])[] = [
    ...(['from', 'until', 'only'] as const).flatMap(key => {
      const reference = selection[key]
      const isStep = reference !== null && findSection(context.runbook, reference) === null
      return isStep ? [[`--${key}`, reference] as const] : []
    }),
    ...answers.answers.map(({ step }) => ['answers', step] as const),
    ...(['waits', 'forms', 'confirm', 'choices'] as const).flatMap(key =>
      Object.keys(answers[key]).map(reference => [key, reference] as const),
    ),
  ]
  return said.flatMap(([what, reference]) => {
    const step = findStep(context.runbook, reference)
    const left = step === null ? undefined : ahead.out.get(step.id)
    if (step === null || left === undefined) return []
    const message = `${what} names ${step.position} ${step.title}, which this run cannot come to: ${left.why}`
    const place = { path: context.runbook.path, line: step.line, steps: [step.position] }
    return [preflightFinding('step-unreachable', message, 'take one of the two out', place)]
  })
}

function selectionText({ selection }: AboutToRun): string {
  const flags = (['from', 'only', 'until'] as const).flatMap(key =>
    selection[key] === null ? [] : [`--${key} ${selection[key]}`],
  )
  return flags.join(' ')
}

/** `2.1`, `2.1 and 2.3`, `2.1 to 4.5`: as the runbook numbers them, whatever lies between. */
function rangeText(steps: readonly Step[]): string {
  const positions = steps.map(({ position }) => position)
  return positions.length <= 3 ? positions.join(', ') : `${positions[0]} to ${positions.at(-1)}`
}

function placeOf({ context }: AboutToRun, steps: readonly Step[]) {
  return {
    path: context.runbook.path,
    line: steps[0]?.line ?? null,
    steps: steps.map(({ position }) => position),
  }
}
