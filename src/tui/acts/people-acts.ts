import type { Answer, Need } from '../../model/index.ts'
import type { Scene } from '../scene/walk.ts'
import { type Act, type Outcome, textAsk } from './act.ts'
import { pickAct, plainly } from './step-acts.ts'

/** A changed file: what differs, and the two ways on. None of them is taken by itself. */
export function changedAct(need: Extract<Need, { kind: 'changed' }>): Act {
  return {
    ...pickAct(titleOfChange(need), 'The run has the text that it began with. Go on with that?', null, [
      { label: 'go on with the text that the run began with', act: keepAct(need) },
      { label: 'stop: the run pauses here', act: STOP },
    ]),
    body: need.diff.split('\n'),
    shows: 'comparison',
  }
}

export function keepAct(need: Extract<Need, { kind: 'changed' }>): Act {
  return {
    title: titleOfChange(need),
    body: [],
    asks: [{ kind: 'yes', prompt: 'go on with the text that the run began with' }],
    done: () => say({ kind: 'runbook', decision: 'keep' }),
  }
}

/** What Ctrl-C and its word lead to: it never leaves at one press. */
export function stopForChangeAct(need: Extract<Need, { kind: 'changed' }>): Act {
  const stay: Act = { title: '', body: [], asks: [], done: () => nothing('not decided yet') }
  return pickAct(titleOfChange(need), 'Stop the run here?', 0, [
    { label: 'not yet', act: stay },
    { label: 'stop: the run pauses here', act: STOP },
  ])
}

const STOP: Act = plainly('Stop', { kind: 'runbook', decision: 'stop' })

function titleOfChange({ now }: Extract<Need, { kind: 'changed' }>): string {
  return `The file of the runbook ${now === null ? 'is gone' : 'has changed'}`
}

/** Another operator for the run: an offer that they accept with a key of their own, or what becomes of one that stands. */
export function handOverAct(scene: Scene): Act {
  const { offer } = scene.state
  if (offer === null) return offerAct()
  const { to } = offer.event
  const last = offer.refused.at(-1)
  const refused = last === undefined ? '' : ` An acceptance was refused: ${last}.`
  return pickAct(`The run is on offer to ${to}`, `${to} has not accepted yet.${refused}`, 0, [
    { label: 'leave the offer', act: { title: '', body: [], asks: [], done: () => nothing(`on offer to ${to}`) } },
    { label: 'withdraw the offer', act: plainly('Withdraw', { kind: 'withdraw-offer' }) },
    { label: 'offer it to somebody else instead', act: offerAct() },
  ])
}

function offerAct(): Act {
  return {
    title: 'Hand the run over to another operator',
    body: ['They accept it by "signoff accept", with a key of their own, and go on by "signoff resume".'],
    asks: [
      textAsk('To whom', { hint: 'as the signers file names them', needed: 'say to whom' }),
      textAsk('What should they know', { empty: '', hint: 'may stay empty' }),
      { kind: 'yes', prompt: 'sign the offer' },
    ],
    done: ([to = '', note = '']) => say({ kind: 'offer', to, note: note === '' ? null : note }),
  }
}

function say(answer: Answer): Outcome {
  return { kind: 'say', answer }
}

function nothing(message: string): Outcome {
  return { kind: 'nothing', message }
}
