import type { Step } from '../../model/index.ts'
import { neededStep, type Scene } from '../scene/walk.ts'
import { type Act, reasonAsk, textAsk } from './act.ts'
import { blockAct } from './block-acts.ts'
import { jumpTo, openEditor, waitAct } from './control-acts.ts'
import { changedAct, handOverAct, keepAct, stopForChangeAct } from './people-acts.ts'
import { lastReasons } from './reasons.ts'
import { endRunAct, pauseAct, recoverAct, stopAct } from './run-acts.ts'
import {
  askAgainAct,
  decideAct,
  declineAct,
  endWaitAct,
  formAct,
  gateTextAct,
  notApplicableAct,
  noteAct,
  offerAct,
  pickAct,
  plainly,
  runAct,
  seenAct,
  skipAct,
  tickAct,
  titleOf,
  unknownAct,
  valueAct,
} from './step-acts.ts'

/** What a person can want, whatever the front end: a key of the full screen or a word of plain mode. */
export type Wish =
  | 'proceed'
  | 'tick'
  | 'cannot'
  | 'offer'
  | 'fill'
  | 'yes'
  | 'no'
  | 'skip'
  | 'not-applicable'
  | 'retry'
  | 'by-hand'
  | 'in-terminal'
  | 'recover'
  | 'wait'
  | 'end-wait'
  | 'edit'
  | 'jump'
  | 'note'
  | 'block'
  | 'hand-over'
  | 'keep'
  | 'stop'
  | 'pause'
  | 'pause-after'
  | 'end-run'

/** The act behind a wish, or the sentence that says why it cannot be had now. */
export type Wished = { readonly kind: 'act'; readonly act: Act } | { readonly kind: 'cannot'; readonly why: string }

/**
 * What a wish means now. Pure: it decides what must be asked, and says nothing to the run.
 *
 * @param at step that the person looks at, for a note and a jump; the step that is needed counts for everything else.
 */
export function wishFor(wish: Wish, scene: Scene, at: string | null = neededStep(scene)): Wished {
  const { need } = scene
  if (need.kind === 'changed' && !WHILE_CHANGED.has(wish))
    return cannot(scene, 'the file of the runbook has changed: decide on that first')
  switch (wish) {
    case 'proceed':
      return proceed(scene)
    case 'tick':
      if (need.kind === 'confirm' || need.kind === 'manual') return act(tickAct(scene, need))
      return cannot(scene, 'there is nothing to tick')
    case 'cannot':
      if (need.kind === 'confirm' || need.kind === 'manual') return act(declineAct(scene, need.step))
      return cannot(scene, 'there is nothing to confirm')
    case 'offer':
      return offer(scene)
    case 'fill':
      return fill(scene)
    case 'yes':
    case 'no':
      if (need.kind !== 'condition') return cannot(scene, 'no condition is asked')
      return act(plainly(titleOf(scene, need.step), { kind: 'condition', when: need.when, answer: wish }))
    case 'skip':
      return skip(scene)
    case 'not-applicable':
      if (need.kind === 'confirm' || need.kind === 'manual') return act(notApplicableAct(scene, need.step))
      return cannot(scene, 'only a confirmation or a manual step is not applicable by word; skip leaves out the others')
    case 'retry':
      if (need.kind !== 'decide') return cannot(scene, 'only a failed step can be tried again')
      if (need.state === 'no-go') return act(askAgainAct(scene, need.step))
      return act(
        decideAct(
          scene,
          need.step,
          'rerun',
          'Run it again',
          textAsk('Reason', { empty: 'again', hint: 'an empty line says: again' }),
        ),
      )
    case 'by-hand':
      return byHand(scene)
    case 'in-terminal':
      if (need.kind !== 'run') return cannot(scene, 'only a step that is ready to run gets the terminal')
      return act(runAct(scene, need, true))
    case 'recover':
      return recoverAct(scene)
    case 'edit':
      return openEditor(scene)
    case 'jump':
      return jumpTo(scene, at)
    case 'wait':
      if (need.kind !== 'wait') return cannot(scene, 'nothing is waited for')
      return act(waitAct(scene, need, endWaitAct(scene, need.step)))
    case 'end-wait':
      if (need.kind !== 'wait') return cannot(scene, 'nothing is waited for')
      return act(endWaitAct(scene, need.step))
    case 'note':
      if (need.kind === 'finished') return cannot(scene, 'the run has ended; signoff note RUN TEXT adds to it')
      return act(noteAct(scene, at))
    case 'block':
      return blockAct(scene, at)
    case 'hand-over':
      if (need.kind === 'finished') return cannot(scene, 'the run has ended')
      return act(handOverAct(scene))
    case 'keep':
      return need.kind === 'changed' ? act(keepAct(need)) : cannot(scene, 'the file of the runbook has not changed')
    case 'stop':
      if (need.kind === 'changed') return act(stopForChangeAct(need))
      return scene.state.running === null
        ? cannot(scene, 'no script is running; "pause" leaves the run')
        : act(stopAct(scene, scene.state.running))
    case 'pause':
      return act(pauseAct(scene))
    case 'pause-after':
      if (need.kind !== 'running') return cannot(scene, 'no script is running')
      return act({ title: 'Pause after this step', body: [], asks: [], done: () => ({ kind: 'pause-after' }) })
    case 'end-run':
      return act(endRunAct(scene))
    default:
      wish satisfies never
      return cannot(scene, '')
  }
}

/** Wishes that begin no step. */
const WHILE_CHANGED: ReadonlySet<Wish> = new Set<Wish>([
  'proceed',
  'keep',
  'stop',
  'note',
  'block',
  'hand-over',
  'pause',
  'end-run',
])

function proceed(scene: Scene): Wished {
  const { need } = scene
  switch (need.kind) {
    case 'run':
      return act(runAct(scene, need))
    case 'manual':
      return act(need.evidence === null ? seenAct(scene, need.step) : tickAct(scene, need))
    case 'values':
      return fill(scene)
    case 'form':
      return act(formAct(scene, need))
    case 'gate':
      if (need.asksText !== null) return act(gateTextAct(scene, need.step, need.asksText))
      return cannot(scene, 'nobody here opens a gate; the approvers sign')
    case 'decide':
      if (need.state === 'unknown') return act(unknownAct(scene, need.step))
      return cannot(
        scene,
        need.state === 'no-go'
          ? 'it is a NO-GO: ask again, pause or end the run'
          : 'decide first: retry, edit, skip, by hand or recovery',
      )
    case 'confirm':
      return cannot(scene, 'it is confirmed by a tick')
    case 'condition':
      return cannot(scene, 'the condition needs a yes or a no')
    case 'choose':
      return cannot(scene, 'choose by number')
    case 'wait':
      return cannot(scene, 'the time is not over')
    case 'running':
      return cannot(scene, 'it is running')
    case 'held':
      return cannot(scene, `blocked by ${need.by}, "${need.reason}": lift that first`)
    case 'blocked':
      return cannot(scene, need.why)
    case 'changed':
      return act(changedAct(need))
    case 'finished':
      return cannot(scene, 'the run has ended')
    default:
      need satisfies never
      return cannot(scene, '')
  }
}

function offer(scene: Scene): Wished {
  const { need } = scene
  if (need.kind !== 'confirm' && need.kind !== 'manual' && need.kind !== 'wait')
    return cannot(scene, 'no command is offered here')
  const { offer: offered, step } = need
  if (offered === null) return cannot(scene, 'no command is offered here')
  const missing = offered.missing[0]
  if (missing !== undefined) return act(valueAct(scene, missing))
  return act(offerAct(scene, step, offered))
}

function fill(scene: Scene): Wished {
  const { need } = scene
  if (need.kind === 'choose') return cannot(scene, 'choose by number')
  if (need.kind === 'form' || need.kind === 'gate') return proceed(scene)
  const names = need.kind === 'values' ? need.names : 'offer' in need ? (need.offer?.missing ?? []) : []
  const name = names[0]
  return name === undefined ? cannot(scene, 'no value is missing here') : act(valueAct(scene, name))
}

function skip(scene: Scene): Wished {
  const { need } = scene
  if (need.kind === 'finished') return cannot(scene, 'the run has ended')
  if (need.kind === 'running') return cannot(scene, 'it is running and cannot be skipped')
  if (need.kind === 'gate') return cannot(scene, 'a gate cannot be skipped')
  if (need.kind === 'held') return cannot(scene, 'nothing goes past it until it is lifted')
  if (need.kind === 'decide' && need.state === 'no-go') return cannot(scene, 'a NO-GO cannot be passed over')
  const { step } = need
  if (need.kind === 'decide')
    return act(decideAct(scene, step, 'skip', 'Skip', reasonAsk('Reason', lastReasons(scene.state))))
  const skipped = skipAct(scene, step)
  if (need.kind !== 'confirm' && need.kind !== 'manual') return act(skipped)
  return act(
    pickAct(skipped.title, 'Which is it?', null, [
      { label: 'skip it', act: skipped },
      { label: 'it is not applicable', act: notApplicableAct(scene, step) },
    ]),
  )
}

function byHand(scene: Scene): Wished {
  const { need } = scene
  if (need.kind === 'decide' && need.state === 'no-go') return cannot(scene, 'a NO-GO cannot be passed over')
  if (need.kind === 'decide' && need.state !== 'unknown')
    return act(decideAct(scene, need.step, 'by-hand', 'Resolved by hand', reasonAsk('What was done')))
  if (need.kind === 'decide') return act(unknownAct(scene, need.step))
  if (need.kind === 'blocked' || need.kind === 'values' || need.kind === 'run')
    return act(decideAct(scene, need.step, 'by-hand', 'Done by hand', reasonAsk('What was done')))
  return cannot(scene, 'only a task is resolved by hand')
}

function act(value: Act): Wished {
  return { kind: 'act', act: value }
}

function cannot(scene: Scene, why: string): Wished {
  const step: Step | undefined = scene.walk.steps.get(neededStep(scene) ?? '')
  if (step === undefined) return { kind: 'cannot', why }
  const named = why.startsWith('it ') ? `${step.position} ${why.slice(3)}` : `${step.position}: ${why}`
  return { kind: 'cannot', why: named }
}
