import { positionOf, type Scene, shortRun } from './walk.ts'

/** A text that somebody wants elsewhere: in a remote shell, a browser, a chat. */
export interface Copyable {
  /** What it is: `the script of 2.1`. */
  readonly what: string
  readonly text: string
}

/**
 * What `y` copies of a step: its text as it would run, what it offers, what a person is to do; of a gate the command that approvers
 * run. Null where there is nothing.
 */
export function copyableAt(scene: Scene, id: string | null): Copyable | null {
  const { need, walk, state } = scene
  const step = id === null ? undefined : walk.steps.get(id)
  if (id === null || step === undefined) return null
  const at = positionOf(walk, id)
  if (step.kind === 'gate') return { what: `the command of ${at}`, text: `signoff approve ${shortRun(state)} ${at}` }
  // Values have entered only the text of the step that is asked about.
  const asked = need.kind === 'run' && need.step === id ? need.script : null
  const script = asked ?? state.steps.get(id)?.edited?.script ?? step.script
  if (script !== null) return { what: `the script of ${at}`, text: script }
  const offer = 'offer' in need && need.step === id ? (need.offer?.script ?? step.offer) : step.offer
  if (offer !== null) return { what: `the command offered at ${at}`, text: offer }
  return { what: `the text of ${at}`, text: step.original ?? step.title }
}
