import type { Answer, RecoveryFlow, RunningScript } from '../../model/index.ts'
import { recoveryKey, wayBackLabel, withoutWayBack } from '../../model/index.ts'
import { inProduction, neededStep, phraseAt, positionOf, type Scene } from '../scene/walk.ts'
import { type Act, type Outcome, reasonAsk } from './act.ts'
import type { Wished } from './acts.ts'

/** What to do about a script that runs. Keeping it is the default; nothing here leaves Signoff. */
export function stopAct(scene: Scene, running: RunningScript): Act {
  const position = positionOf(scene.walk, running.step)
  const asked = pick(`${position} is running`, 'Stop it?', [
    { label: 'keep it running', act: still(`${position} keeps running`) },
    { label: 'send SIGINT once', act: saying('SIGINT', { kind: 'stop-script', signal: 'SIGINT' }) },
    {
      label: 'stop it: SIGINT, then SIGTERM, SIGKILL',
      act: saying('Stop it', { kind: 'stop-script', signal: 'escalate' }),
    },
    { label: 'keep it running, then pause the run', act: pausingAfter() },
  ])
  return { ...asked, shows: 'running' }
}

/** Leaving the run for a while. Staying is the default. */
export function pauseAct(scene: Scene): Act {
  const running = scene.need.kind === 'running'
  return pick('Leave this run?', 'The run can be resumed at this step.', [
    { label: 'stay', act: still('the run goes on') },
    {
      label: running ? 'pause now; the script goes on under its supervisor' : 'pause now',
      act: saying('Pause', { kind: 'pause', reason: 'asked by the operator' }),
    },
    ...(running ? [{ label: 'pause after the running step', act: pausingAfter() }] : []),
    ...(running ? [] : [{ label: 'end the run here', act: endRunAct(scene) }]),
  ])
}

/** Ends the run for good: a failed or declined step ends it as failed, a NO-GO as NO-GO, all else is an abort. */
export function endRunAct(scene: Scene): Act {
  const { need } = scene
  return {
    title: 'End the run here',
    body: ['It cannot be resumed afterwards.'],
    asks: [reasonAsk('Reason')],
    done: ([reason = '']) =>
      say(
        need.kind === 'decide'
          ? { kind: 'decide', step: need.step, choice: 'stop', reason }
          : { kind: 'abort', reason },
      ),
  }
}

/** The way back, from anywhere but a running script: its steps, a reason, and the phrase. */
export function recoverAct(scene: Scene): Wished {
  const { need, walk } = scene
  if (need.kind === 'finished') return cannot('the run has ended; signoff rollback RUN walks its recovery')
  if (need.kind === 'running') return cannot(`${positionOf(walk, need.step)} is running and must be stopped first`)
  if (scene.state.recovery !== null) return cannot('a recovery was entered already')
  const key = flowKey(scene)
  const flows = [...walk.runbook.flows.recovery].sort(
    (one, other) => Number(recoveryKey(other) === key) - Number(recoveryKey(one) === key),
  )
  const [only] = flows
  if (only === undefined) return cannot('the runbook names no way back')
  if (flows.length === 1) return { kind: 'act', act: enterAct(scene, only) }
  return {
    kind: 'act',
    act: {
      title: 'Ways back',
      body: key === null ? ['The runbook binds none of them to this step.'] : [],
      asks: [
        {
          kind: 'pick',
          prompt: 'Which one?',
          options: flows.map(flow => ({
            label: `${wayBackLabel(walk.runbook, flow)}${recoveryKey(flow) === key ? ', bound to this step' : ''}`,
            act: enterAct(scene, flow),
          })),
          empty: null,
        },
      ],
      done: () => ({ kind: 'nothing', message: '' }),
    },
  }
}

/** One way back under review: its steps, what each thing that was done has for a way back, before anything of it begins. */
function enterAct(scene: Scene, flow: RecoveryFlow): Act {
  const { walk, state } = scene
  const key = recoveryKey(flow)
  const first = flow.steps[0] ?? neededStep(scene)
  const done = walk.runbook.flows.main.filter(id => state.steps.get(id)?.status.kind === 'passed')
  const without = new Set(withoutWayBack(walk.runbook, done, key))
  const changed = done.filter(id => {
    const step = walk.steps.get(id)
    return step?.kind === 'task' && (step.risk === 'change' || step.risk === 'danger')
  })
  return {
    title: `Enter recovery "${flow.title}"${inProduction(scene, first) ? ' on PRODUCTION' : ''}`,
    body: [
      'It walks:',
      ...flow.steps.map(id => `  ${titleAt(scene, id)}`),
      changed.length === 0 ? unchangedText(scene) : 'What was changed so far:',
      ...changed.map(id =>
        without.has(id)
          ? `  NO WAY BACK  ${titleAt(scene, id)}${ownersOf(scene, id)}`
          : `  by this recovery  ${titleAt(scene, id)}`,
      ),
    ],
    asks: [reasonAsk('Reason'), { kind: 'phrase', phrase: phraseAt(scene, first), to: 'enter the recovery' }],
    done: ([reason = '', phrase = null]) => say({ kind: 'rollback', flow: key, phrase, reason }),
  }
}

/** What is known where no change has passed: a script of any class may have written something. */
function unchangedText({ walk, state }: Scene): string {
  const ran = walk.runbook.flows.main.flatMap(id => {
    const step = walk.steps.get(id)
    const record = state.steps.get(id)
    const hasRun = (record?.attempts ?? 0) > 0 || record?.status.kind === 'passed'
    return step?.kind === 'task' && hasRun ? [{ position: positionOf(walk, id), risk: step.risk }] : []
  })
  const named = ran.map(({ position, risk }) => `${position} (${risk ?? 'of no class'})`).join(', ')
  if (ran.length === 0) return 'No step has run so far.'
  if (ran.some(({ risk }) => risk === 'change' || risk === 'danger'))
    return `No step that is classed as a change has passed; what ran: ${named}.`
  return `No step that is classed as a change has run; what ran: ${named}.`
}

function titleAt({ walk }: Scene, id: string): string {
  return `${positionOf(walk, id)} ${walk.steps.get(id)?.title ?? ''}`
}

function ownersOf({ walk }: Scene, id: string): string {
  const owners = walk.steps.get(id)?.owners ?? []
  return owners.length === 0 ? '' : `  (${owners.join(' + ')})`
}

/** Key of the recovery flow nearest to where the run stands; null where there is none. */
export function flowKey(scene: Scene): string | null {
  const { need, walk } = scene
  if (need.kind === 'decide' && need.recovery !== null) return need.recovery
  const id = neededStep(scene)
  const own = id === null ? null : (walk.steps.get(id)?.recovery ?? null)
  if (own !== null) return own
  return walk.runbook.flows.recovery.some(flow => flow.for === null) ? 'document' : null
}

function pick(title: string, prompt: string, options: readonly { readonly label: string; readonly act: Act }[]): Act {
  return {
    title,
    body: [],
    asks: [{ kind: 'pick', prompt, options, empty: 0 }],
    done: () => ({ kind: 'nothing', message: '' }),
  }
}

function still(message: string): Act {
  return { title: message, body: [], asks: [], done: () => ({ kind: 'nothing', message }) }
}

function saying(title: string, answer: Answer): Act {
  return { title, body: [], asks: [], done: () => say(answer) }
}

function pausingAfter(): Act {
  return { title: 'Pause after this step', body: [], asks: [], done: () => ({ kind: 'pause-after' }) }
}

function say(answer: Answer): Outcome {
  return { kind: 'say', answer }
}

function cannot(why: string): Wished {
  return { kind: 'cannot', why }
}
