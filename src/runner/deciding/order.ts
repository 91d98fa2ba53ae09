import { type RunState, type Step, shellOf } from '../../model/index.ts'
import type { ScriptOrder } from '../ports.ts'
import { secretVariable } from '../scripts/secret-places.ts'
import { asItRuns } from './as-it-runs.ts'
import type { RunContext } from './context.ts'
import { orderId } from './running.ts'
import { scriptOf } from './script-text.ts'

/**
 * The order for the script of a step, or for the command that it offers, as it stands now: the next attempt.
 *
 * @param inTerminal a person wants it to have their terminal, whatever the runbook says of it.
 */
export function orderFor(
  context: RunContext,
  state: RunState,
  planned: Step,
  which: 'script' | 'offer',
  inTerminal = false,
): ScriptOrder {
  const { script } = scriptOf(context, state, planned, which)
  const runs = which === 'script' ? asItRuns(context, state, planned) : null
  const step = runs?.step ?? planned
  const asked: Step = inTerminal ? { ...step, interaction: 'terminal' } : step
  const order = orderOf(context, state, asked, script, runs?.detail?.scriptLine ?? null)
  // An offer is shell, whatever its step is written in.
  return { ...order, interpreter: which === 'script' ? (context.interpreters[planned.language ?? ''] ?? null) : null }
}

/** The order for a text of a step with its values entered. `line`: where that stands; null for the step's own line. */
export function orderOf(
  context: RunContext,
  state: RunState,
  step: Step,
  script: string,
  line: number | null,
): ScriptOrder {
  const attempt = (state.steps.get(step.id)?.attempts ?? 0) + 1
  const detail = context.runbook.details.get(step.id)
  const env: Record<string, string> = {}
  const secrets: string[] = []
  for (const name of step.needs) {
    const parameter = context.runbook.parameters.find(p => p.name === name)
    const value = state.values.get(name)
    if (value?.masked === true) secrets.push(secretVariable(name))
    else if (parameter?.kind === 'env' && value?.value != null) env[name] = value.value
  }
  const inRecovery = state.recovery !== null && state.recovery.ended === null
  return {
    id: orderId(context, step.id, attempt),
    run: context.run,
    step: step.id,
    attempt,
    script,
    shell: shellOf(step, detail),
    line: line ?? detail?.scriptLine ?? step.line,
    cwd: context.cwd,
    ...(detail?.cwd === undefined ? {} : { folder: detail.cwd }),
    env,
    secrets,
    timeoutMs: timeLimitOf(context, step),
    session: inRecovery ? `recovery-${state.recovery?.for ?? 'document'}` : 'main',
    terminal: step.interaction === 'terminal',
  }
}

/** An endless step is ended by hand. One that asks a person waits for that person, unless the runbook itself limits it. */
function timeLimitOf(context: RunContext, { interaction, timeoutMs }: Step): number | null {
  switch (interaction) {
    case 'endless':
      return null
    case 'terminal':
      return timeoutMs
    case 'none':
    case 'remote':
      return timeoutMs ?? context.defaultTimeoutMs
    default:
      return interaction satisfies never
  }
}
