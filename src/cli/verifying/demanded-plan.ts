import { type RunInterpreters, type Section, stepsOf } from '../../model/index.ts'
import { loadAndParse } from '../../parser/index.ts'
import { planEvent } from '../../runner/index.ts'
import type { DemandedPlan } from '../../transcript/index.ts'

/** What the runbook that a transcript embeds demands of its plan, read with the interpreters that the run began with. A file of its own, since only a sealed run needs the parser. */
export async function demandedPlan(text: string, path: string, interpreters: RunInterpreters): Promise<DemandedPlan> {
  const { runbook } = await loadAndParse(Buffer.from(text), path, { interpreters })
  const answers = new Map(stepsOf(runbook).map(({ id, when, choice }) => [id, { when, choice }]))
  const steps = planEvent(runbook).steps.map(step => ({ when: null, choice: null, ...step, ...answers.get(step.id) }))
  return { rules: 1, steps, recovery: runbook.flows.recovery }
}

/** Its phases and sections, for an export that shows them as headings. */
export async function outlineOf(
  text: string,
  path: string,
  interpreters: RunInterpreters,
): Promise<readonly Section[]> {
  return (await loadAndParse(Buffer.from(text), path, { interpreters })).runbook.phases
}
