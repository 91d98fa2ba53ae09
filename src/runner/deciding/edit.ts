import type { Answer, Need, RunEvent, RunState, ScriptToEdit, Speaker, Step } from '../../model/index.ts'
import { asItRuns } from './as-it-runs.ts'
import type { RunContext } from './context.ts'
import { type Decision, decided, refused } from './decision.ts'
import { type Live, needOf } from './need.ts'
import { enterKnown } from './script-text.ts'

/** More than this is no script that a person edits by hand, and its line in the journal has a limit. */
const MOST_CHARS = 128 * 1024

/**
 * The text that an editor begins with: known values entered, secrets as references to their variables, and the placeholders of
 * values that are missing as they stand.
 */
export function scriptToEdit(context: RunContext, state: RunState, live: Live, id: string): ScriptToEdit {
  const step = context.steps.get(id)
  const why = step === undefined ? `no step ${id}` : whyNotEdited(context, step, needOf(context, state, live))
  if (step === undefined || why !== null) return { ok: false, why: why ?? '' }
  const { step: runs, detail } = asItRuns(context, state, step)
  const script = runs.script ?? ''
  const known = (detail?.slots ?? []).filter(({ parameter }) => {
    const value = state.values.get(parameter)
    return value !== undefined && (value.value !== null || value.masked)
  })
  // A value that cannot enter safely is left out of all: the template is shown, and it stays to be asked.
  const { script: entered, missing } = enterKnown(context, state, script, known)
  return { ok: true, script: missing.length === 0 ? entered : script }
}

/** Records another text in the place of the script. What failed is to be run again with it; nothing runs by the edit itself. */
export function editEvents(
  context: RunContext,
  state: RunState,
  live: Live,
  answer: Extract<Answer, { kind: 'edit' }>,
  speaker: Speaker,
): Decision {
  const began = scriptToEdit(context, state, live, answer.step)
  if (!began.ok) return refused(began.why)
  const step = context.steps.get(answer.step)
  const position = step?.position ?? answer.step
  if (context.readScript === undefined) return refused(`${position}: an edited script cannot be read here`)
  if (answer.script.trim() === '') return refused(`${position}: an empty script does nothing; skip the step instead`)
  if (answer.script === began.script) return refused(`${position}: nothing was changed`)
  if (answer.script.includes('\0')) return refused(`${position}: a script cannot hold a NUL byte`)
  if (answer.script.length > MOST_CHARS)
    return refused(`${position}: the edited script is longer than ${MOST_CHARS} characters`)
  if (answer.reason.trim() === '') return refused('a reason is needed')
  const edit: RunEvent = {
    kind: 'step.edit',
    step: answer.step,
    was: began.script,
    script: answer.script,
    reason: answer.reason,
    by: speaker.by,
  }
  const need = needOf(context, state, live)
  const again: RunEvent[] =
    need.kind === 'decide'
      ? [
          {
            kind: 'step.decide',
            step: answer.step,
            attempt: Math.max(1, state.steps.get(answer.step)?.attempts ?? 1),
            state: need.state === 'timed-out' || need.state === 'cancelled' ? need.state : 'failed',
            choice: 'rerun',
            reason: `edited: ${answer.reason}`,
            by: speaker.by,
          },
        ]
      : []
  return decided([edit, ...again], [{ kind: 'check', step: answer.step }])
}

function whyNotEdited(context: RunContext, step: Step, need: Need): string | null {
  const { position } = step
  if (step.kind === 'gate') return `${position} is a gate: nobody edits it`
  if (step.kind !== 'task' || step.script === null) return `${position} has no script to edit`
  if (need.kind === 'running') return `${context.steps.get(need.step)?.position ?? need.step} is running`
  if (!('step' in need) || need.step !== step.id) return `${position} is not what is needed now`
  if (step.interaction === 'remote') return `${position} belongs on another machine; it is not run from here`
  switch (need.kind) {
    case 'run':
    case 'values':
    case 'blocked':
      return null
    case 'decide':
      return need.state === 'unknown' ? `${position}: its outcome is unknown; say first what is true` : null
    default:
      return `${position}: the question that stands comes first`
  }
}
