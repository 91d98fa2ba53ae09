import { isEnded } from '../../model/index.ts'
import { positionOf, type Scene } from '../scene/walk.ts'
import { type Act, reasonAsk } from './act.ts'
import type { Wished } from './acts.ts'
import { titleOf } from './step-acts.ts'

/** Sets a blocker on the step that is looked at, or lifts the one that is there. */
export function blockAct(scene: Scene, id: string | null): Wished {
  const { state, need, walk } = scene
  if (need.kind === 'finished') return cannot('the run has ended')
  if (id === null) return cannot('no step is selected')
  const set = [...state.blockers.values()].find(({ step }) => step === id)
  if (set !== undefined) return { kind: 'act', act: liftAct(scene, id, set) }
  const position = positionOf(walk, id)
  if (isEnded(state.steps.get(id)?.status ?? { kind: 'pending' })) return cannot(`${position} has ended already`)
  if (need.kind === 'running' && need.step === id) return cannot(`${position} is running: block the step behind it`)
  return {
    kind: 'act',
    act: {
      title: `Block ${titleOf(scene, id)}`,
      body: ['Nothing goes past it until somebody lifts that again, with a reason.'],
      asks: [reasonAsk('Why')],
      done: ([reason = '']) => ({ kind: 'say', answer: { kind: 'block', step: id, reason } }),
    },
  }
}

function liftAct(
  scene: Scene,
  id: string,
  blocker: { readonly seq: number; readonly by: string; readonly reason: string },
): Act {
  return {
    title: `Lift what blocks ${titleOf(scene, id)}`,
    body: [`Blocked by ${blocker.by}: ${blocker.reason}`],
    asks: [reasonAsk('What has changed')],
    done: ([reason = '']) => ({ kind: 'say', answer: { kind: 'unblock', block: blocker.seq, reason } }),
  }
}

function cannot(why: string): Wished {
  return { kind: 'cannot', why }
}
