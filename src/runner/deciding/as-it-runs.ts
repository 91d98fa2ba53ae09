import type { EditedScript, Risk, RunState, ScriptReading, Step, StepDetail } from '../../model/index.ts'
import { isProduction, RISKS } from '../../model/index.ts'
import type { RunContext } from './context.ts'

/** A step with the text that will run for it: its own, or the one that a person put in its place. */
export interface AsItRuns {
  readonly step: Step
  readonly detail: StepDetail | undefined
  readonly edited: boolean
}

/**
 * What an edit changes of a step. The edited text is read like one of the runbook, and counts only where it asks for more:
 * it is never asked about less strongly than the text that it replaces.
 */
export function asItRuns(context: RunContext, state: RunState, step: Step): AsItRuns {
  const detail = context.runbook.details.get(step.id)
  const edited = state.steps.get(step.id)?.edited ?? null
  if (edited === null) return { step, detail, edited: false }
  if (Object.hasOwn(context.interpreters, step.language ?? '')) return programAsItRuns(step, detail, edited.script)
  const reading = readingOf(context, edited)
  const changed: Step = {
    ...step,
    script: edited.script,
    risk: strongerRisk(step.risk, reading?.risk ?? 'danger'),
    environment: strongerEnvironment(step.environment, reading?.environment ?? null),
    // How the author says that it runs stays so.
    interaction: step.interaction === 'none' ? (reading?.interaction ?? 'none') : step.interaction,
    needs: needsOf(context, state, step, reading),
  }
  if (detail === undefined) return { step: changed, detail, edited: true }
  const unfinished = reading === null ? 'nobody here can read it' : whyUnfinished(context, reading)
  return { step: changed, detail: { ...detail, slots: reading?.slots ?? [], scriptLine: 1, unfinished }, edited: true }
}

/** The text of another language is no shell: nothing enters it, and what it does can only be called a change. */
function programAsItRuns(step: Step, detail: StepDetail | undefined, script: string): AsItRuns {
  const changed = { ...step, script, risk: strongerRisk(step.risk, 'change') }
  return { step: changed, detail: detail && { ...detail, slots: [], scriptLine: 1 }, edited: true }
}

function readingOf(context: RunContext, edited: EditedScript): ScriptReading | null {
  const known = READ.get(edited)
  if (known !== undefined) return known
  const reading = context.readScript?.(edited.script) ?? null
  if (reading !== null) READ.set(edited, reading)
  return reading
}

/** Reading a script is slow beside folding an event, and the same edit is asked about at each of them. */
const READ = new WeakMap<EditedScript, ScriptReading>()

/** Placeholders of the edited text, and what its environment gives: variables, and secrets that it refers to. */
function needsOf(context: RunContext, state: RunState, step: Step, reading: ScriptReading | null): string[] {
  const known = new Map(context.runbook.parameters.map(parameter => [parameter.name, parameter]))
  const kept = step.needs.filter(
    name =>
      known.get(name)?.kind === 'env' || known.get(name)?.secret === true || state.values.get(name)?.masked === true,
  )
  return [...new Set([...kept, ...(reading?.slots ?? []).map(slot => slot.parameter)])]
}

/** A placeholder that the runbook does not have can get no value: it would reach the shell as a redirection. */
function whyUnfinished(context: RunContext, reading: ScriptReading): string | null {
  if (reading.unfinished !== null) return reading.unfinished
  const names = new Set(context.runbook.parameters.map(parameter => parameter.name))
  const stranger = reading.slots.find(slot => !names.has(slot.parameter))
  return stranger === undefined ? null : `<${stranger.parameter}> is no value of this runbook`
}

export function strongerRisk(a: Risk, b: Risk): Risk {
  return RISKS.findLast(risk => risk === a || risk === b) ?? 'danger'
}

function strongerEnvironment(own: string | null, named: string | null): string | null {
  return isProduction(named) && !isProduction(own) ? named : (own ?? named)
}
