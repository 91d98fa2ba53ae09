import type { Need } from '../../model/index.ts'
import { diffText, isEnded } from '../../model/index.ts'
import { inProduction, neededStep, phraseAt, positionOf, type Scene } from '../scene/walk.ts'
import { durationText } from '../text/time-text.ts'
import { type Act, type Outcome, reasonAsk } from './act.ts'
import type { Wished } from './acts.ts'
import { lastReasons } from './reasons.ts'
import { offerAct, pickAct, titleOf, withPhrase } from './step-acts.ts'

const EXTENSIONS_MS = [5 * 60_000, 15 * 60_000]

/** What can be done about a wait: end it, make it longer, or look now. */
export function waitAct(scene: Scene, need: Extract<Need, { kind: 'wait' }>, endWait: Act): Act {
  const { step, offer } = need
  return pickAct(`The wait of ${titleOf(scene, step)}`, 'What about it?', null, [
    { label: 'end it early, with a reason', act: endWait },
    ...EXTENSIONS_MS.map(byMs => ({
      label: `${durationText(byMs)} more, with a reason`,
      act: extendAct(scene, step, byMs),
    })),
    ...(offer === null || offer.missing.length > 0 || scene.state.running !== null
      ? []
      : [{ label: 'run its check now', act: offerAct(scene, step, offer) }]),
  ])
}

export function extendAct(scene: Scene, step: string, byMs: number): Act {
  return {
    title: `${durationText(byMs)} more: ${titleOf(scene, step)}`,
    body: [],
    asks: [reasonAsk('Reason', lastReasons(scene.state))],
    done: ([reason = '']) => say({ kind: 'extend-wait', step, byMs, reason }),
  }
}

/** Opens the editor on the script of the step that is needed; what it becomes is asked about afterwards. */
export function openEditor(scene: Scene): Wished {
  const { need, walk } = scene
  if (need.kind === 'finished') return cannot('the run has ended')
  const step = walk.steps.get(need.step)
  const position = positionOf(walk, need.step)
  if (step?.kind === 'gate') return cannot(`${position}: nobody edits a gate`)
  if (need.kind === 'running') return cannot(`${position} is running`)
  if (step?.kind !== 'task' || step.script === null) return cannot(`${position} has no script to edit`)
  if (need.kind === 'decide' && need.state === 'unknown')
    return cannot(`${position}: its outcome is unknown; say first what is true`)
  if (!['run', 'values', 'blocked', 'decide'].includes(need.kind))
    return cannot(`${position}: the question that stands comes first`)
  const { id } = step
  return act({ title: `Edit ${titleOf(scene, id)}`, body: [], asks: [], done: () => ({ kind: 'edit', step: id }) })
}

/** The edited text under review: what differs, and why. The normal review asks before it runs. */
export function editedAct(scene: Scene, step: string, was: string, script: string): Act {
  return {
    title: `Edited: ${titleOf(scene, step)}`,
    body: diffText(was, script),
    shows: 'comparison',
    asks: [reasonAsk('Reason for the change')],
    done: ([reason = '']) => say({ kind: 'edit', step, script, reason }),
  }
}

/** Goes to a step: forward over those between, or back to one that has ended, which is opened again. */
export function jumpTo(scene: Scene, target: string | null): Wished {
  const { state } = scene
  const from = neededStep(scene)
  const why = whyNoJump(scene, target)
  if (why !== null || from === null || target === null) return cannot(why ?? '')
  const status = state.steps.get(target)?.status
  if (target === from || (status !== undefined && isEnded(status)))
    return act({
      title: `Open ${titleOf(scene, target)} again`,
      body: ['It becomes a new attempt. A GO that rests on it is asked anew.'],
      asks: [reasonAsk('Reason', lastReasons(scene.state))],
      done: ([reason = '']) => say({ kind: 'jump', to: target, reason }),
    })
  const over = between(scene, from, target)
  const first = [...over, target].find(id => inProduction(scene, id))
  return act({
    title: `Jump to ${titleOf(scene, target)}`,
    body: ['Left out, and the run can only end partial:', ...over.map(id => `  ${titleOf(scene, id)}`)],
    asks: [
      reasonAsk('Reason', lastReasons(scene.state)),
      ...(first === undefined ? [] : [{ kind: 'phrase', phrase: phraseAt(scene, first), to: 'jump' } as const]),
    ],
    done: ([reason = '', phrase]) => say({ kind: 'jump', to: target, reason, ...withPhrase(phrase) }),
  })
}

/** Why nobody can jump there now. Asked at every frame, so that it looks at no step between. */
export function whyNoJump(scene: Scene, target: string | null): string | null {
  const { need, walk, state } = scene
  const from = neededStep(scene)
  if (from === null) return 'the run has ended'
  if (target === null) return 'say which step to jump to'
  if (need.kind === 'running') return `${positionOf(walk, need.step)} is running and must be stopped first`
  const reconsiders = state.conditionOfStep.has(target) && need.kind !== 'condition'
  return target !== from || reconsiders
    ? null
    : `${positionOf(walk, target)} is the step that is needed; the outline selects another`
}

function between({ walk, state }: Scene, from: string, to: string): string[] {
  const flow = state.recovery?.ended === null ? state.recovery.steps : walk.runbook.flows.main
  return flow.slice(flow.indexOf(from), flow.indexOf(to)).filter(id => {
    const status = state.steps.get(id)?.status
    return status !== undefined && !isEnded(status)
  })
}

function act(value: Act): Wished {
  return { kind: 'act', act: value }
}

function say(answer: Extract<Outcome, { kind: 'say' }>['answer']): Outcome {
  return { kind: 'say', answer }
}

function cannot(why: string): Wished {
  return { kind: 'cannot', why }
}
