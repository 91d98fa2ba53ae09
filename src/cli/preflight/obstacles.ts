import { type Entry, fold, type RunEvent, type RunState, type Step } from '../../model/index.ts'
import { planEvent, whyBlocked } from '../../runner/index.ts'
import type { AboutToRun } from './about-to-run.ts'
import { type PreflightFinding, preflightFinding } from './finding.ts'
import type { StepsAhead } from './steps-ahead.ts'

/**
 * Steps ahead that cannot run as they stand, whatever will be asked: an unfinished script, a value that cannot enter its place. Nothing
 * behind them is reached before a person has edited them, passed them over or done them by hand.
 */
export function obstacleFindings(run: AboutToRun, ahead: StepsAhead): PreflightFinding[] {
  const { context, provided } = run
  const state = withAllValues(run)
  return ahead.forward.flatMap(step => {
    if (step.kind !== 'task' || provided.edits.has(step.id)) return []
    // A terminal is a matter of its own: whether one is there is known only for this walk.
    const why = whyBlocked({ ...context, terminal: true }, state, step)
    if (why === null) return []
    const message = `${step.position} ${step.title} cannot run as it stands: ${why}${behindText(ahead, step)}`
    const help =
      'mend the runbook, or edit the step, skip it or do it by hand when it comes (--edit, --skip, --resolve)'
    const place = { path: context.runbook.path, line: step.line, steps: [step.position] }
    return [preflightFinding('step-blocked', message, help, place)]
  })
}

/** `; 14 steps behind it, 3.2 to 5.3, are not reached before that`; nothing where it is the last, or of a way back. */
export function behindText({ forward }: StepsAhead, step: Step): string {
  const at = forward.findIndex(({ id }) => id === step.id)
  const behind = at === -1 ? [] : forward.slice(at + 1)
  const first = behind[0]?.position ?? ''
  const last = behind.at(-1)?.position ?? ''
  if (behind.length === 0) return ''
  return behind.length === 1
    ? `; ${first}, which stands behind it, is not reached before that`
    : `; the ${behind.length} steps behind it, ${first} to ${last}, are not reached before that`
}

/** The run with a value for everything: what is still missing then, no value can mend. What was given counts as it is. */
function withAllValues({ context, state, first, provided }: AboutToRun): RunState {
  const { parameters } = context.runbook
  const given = new Map<string, string>([
    ...Object.entries(provided.answers.values).map(([name, value]) => [name, String(value)] as const),
    ...first.flatMap(({ answer }) => (answer.kind === 'value' ? [[answer.name, answer.value] as const] : [])),
  ])
  const events: RunEvent[] = parameters
    .filter(({ name }) => !state.values.has(name))
    .map(({ name, secret, default: fallback }) => ({
      kind: 'param',
      name,
      value: secret ? null : (given.get(name) ?? fallback ?? 'x'),
      masked: secret,
      how: 'flag',
      by: '',
      source: null,
    }))
  const all: RunEvent[] = state.steps.size === 0 ? [planEvent(context.runbook), ...events] : events
  return fold(
    all.map((event, index): Entry => ({ seq: state.lastSeq + 1 + index, atMs: state.lastAtMs, event })),
    state,
  )
}
