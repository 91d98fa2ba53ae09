import type { Answer, AskLevel, Need, Step } from '../model/index.ts'
import { type Act, type Ask, type Outcome, reasonAsk, textAsk } from './act.ts'
import { endRunAct, pauseAct, recoverAct, stopAct } from './run-acts.ts'
import { inProduction, neededStep, phraseAt, positionOf, type Scene } from './walk.ts'

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
  | 'recover'
  | 'end-wait'
  | 'note'
  | 'stop'
  | 'pause'
  | 'pause-after'
  | 'end-run'

/** The act behind a wish, or the sentence that says why it cannot be had now. */
export type Wished = { readonly kind: 'act'; readonly act: Act } | { readonly kind: 'cannot'; readonly why: string }

/**
 * What a wish means now. Pure: it decides what must be asked, and says nothing to the run.
 *
 * @param at step that the person looks at, for a note; the step that is needed counts for everything else.
 */
export function wishFor(wish: Wish, scene: Scene, at: string | null = neededStep(scene)): Wished {
  const { need } = scene
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
    case 'recover':
      return recoverAct(scene)
    case 'end-wait':
      if (need.kind !== 'wait') return cannot(scene, 'nothing is waited for')
      return act(endWaitAct(scene, need.step))
    case 'note':
      return act(noteAct(scene, at))
    case 'stop':
      return need.kind === 'running' ? act(stopAct(scene, need)) : cannot(scene, 'no script is running')
    case 'pause':
      return act(pauseAct(scene))
    case 'pause-after':
      if (need.kind !== 'running') return cannot(scene, 'no script is running; q pauses now')
      return act({ title: 'Pause after this step', body: [], asks: [], done: () => ({ kind: 'pause-after' }) })
    case 'end-run':
      return act(endRunAct(scene))
    default:
      wish satisfies never
      return cannot(scene, '')
  }
}

/** The act that takes one option of a choice. */
export function chooseAct(scene: Scene, step: string, option: string): Act {
  return plainly(titleOf(scene, step), { kind: 'choose', step, option, reason: null })
}

/** The act that gives one value; the value is asked unless it is given. */
export function valueAct(scene: Scene, name: string): Act {
  const parameter = scene.walk.runbook.parameters.find(p => p.name === name)
  const places = (parameter?.uses ?? []).map(use => `${scene.walk.runbook.path}:${use.line}`)
  const secret = parameter?.secret ?? false
  return {
    title: `Value for ${name}`,
    body: places.length === 0 ? [] : [`used at ${places.join(', ')}`],
    asks: [
      textAsk(name, {
        secret,
        needed: `${name}: a value is needed`,
        suggestion: secret || inProduction(scene, neededStep(scene)) ? null : (parameter?.default ?? null),
      }),
    ],
    done: ([value = '']) => say({ kind: 'value', name, value }),
  }
}

/** `4.3.1 Set the new image`. */
export function titleOf(scene: Scene, id: string): string {
  return `${positionOf(scene.walk, id)} ${scene.walk.steps.get(id)?.title ?? ''}`.trim()
}

/** The asks that a level adds before anything may run. L1 adds none: the wish itself is the consent. */
export function levelAsks(level: AskLevel, phrase: string | null, to: string): Ask[] {
  if (level === 'L1') return []
  return level === 'L3' && phrase !== null ? [{ kind: 'phrase', phrase, to }] : [{ kind: 'yes', prompt: to }]
}

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
      return cannot(scene, 'no key here opens a gate; the approvers sign')
    case 'decide':
      if (need.state === 'unknown') return act(unknownAct(scene, need.step))
      return cannot(scene, 'choose what to do: r, s, m or x')
    case 'confirm':
      return cannot(scene, 'Space ticks')
    case 'condition':
      return cannot(scene, 'answer y or n')
    case 'choose':
      return cannot(scene, 'choose by number')
    case 'wait':
      return cannot(scene, 'the time is not over; t ends it early')
    case 'running':
      return cannot(scene, 'a script is running')
    case 'blocked':
      return cannot(scene, need.why)
    case 'finished':
      return cannot(scene, 'the run has ended')
    default:
      need satisfies never
      return cannot(scene, '')
  }
}

function runAct(scene: Scene, need: Extract<Need, { kind: 'run' }>): Act {
  const { step, level, phrase } = need
  return {
    title: `Run ${titleOf(scene, step)}`,
    body: need.script.replace(/\n$/, '').split('\n'),
    asks: levelAsks(level, phrase, 'run'),
    done: given => say({ kind: 'run', step, phrase: level === 'L3' ? (given[0] ?? null) : null }),
  }
}

function tickAct(scene: Scene, need: Extract<Need, { kind: 'confirm' | 'manual' }>): Act {
  const { step, evidence } = need
  return {
    title: titleOf(scene, step),
    body: [],
    asks: evidence === null ? [] : [{ kind: 'observed', evidence, step }],
    done: ([observed = null]) => say({ kind: 'confirm', step, answer: 'yes', observed, note: null }),
  }
}

function seenAct(scene: Scene, step: string): Act {
  return {
    title: titleOf(scene, step),
    body: [],
    asks: [textAsk('What was done and seen', { empty: '', hint: 'may stay empty; Enter confirms the step' })],
    done: ([note = '']) =>
      say({ kind: 'confirm', step, answer: 'yes', observed: null, note: note === '' ? null : note }),
  }
}

function declineAct(scene: Scene, step: string): Act {
  return {
    title: `Cannot confirm ${titleOf(scene, step)}`,
    body: [],
    asks: [reasonAsk('What was seen')],
    done: ([note = '']) => say({ kind: 'confirm', step, answer: 'no', observed: null, note }),
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
  return act({
    title: `Run the command offered at ${titleOf(scene, step)}`,
    body: offered.script.replace(/\n$/, '').split('\n'),
    asks: levelAsks(offered.level, offered.phrase, 'run it'),
    done: given => say({ kind: 'run-offer', step, phrase: offered.level === 'L3' ? (given[0] ?? null) : null }),
  })
}

function fill(scene: Scene): Wished {
  const { need } = scene
  if (need.kind === 'choose') return cannot(scene, 'choose by number')
  const names = need.kind === 'values' ? need.names : 'offer' in need ? (need.offer?.missing ?? []) : []
  const name = names[0]
  return name === undefined ? cannot(scene, 'no value is missing here') : act(valueAct(scene, name))
}

function formAct(scene: Scene, need: Extract<Need, { kind: 'form' }>): Act {
  const open = need.fields.filter(field => field.value === null)
  const filled = need.fields.filter(field => field.value !== null)
  return {
    title: titleOf(scene, need.step),
    body: filled.map(field => `${field.label}: ${field.value ?? ''}`),
    asks: [
      ...open.map(field =>
        textAsk(field.label, {
          hint: field.hint === '' ? null : `for example ${field.hint}`,
          needed: `${field.label}: a text is needed`,
        }),
      ),
      { kind: 'yes', prompt: 'keep this form' },
    ],
    done: given => {
      const answers = new Map(open.map((field, index) => [field, given[index] ?? '']))
      const fields = need.fields.map(field => [field.label, answers.get(field) ?? field.value ?? ''] as const)
      return say({ kind: 'form', step: need.step, fields })
    },
  }
}

function gateTextAct(scene: Scene, step: string, asked: string): Act {
  return {
    title: titleOf(scene, step),
    body: [],
    asks: [textAsk(asked)],
    done: ([text = '']) => say({ kind: 'gate-text', step, text }),
  }
}

function skip(scene: Scene): Wished {
  const { need } = scene
  if (need.kind === 'finished') return cannot(scene, 'the run has ended')
  if (need.kind === 'running') return cannot(scene, 'it is running and cannot be skipped; Ctrl-C shows how to stop it')
  if (need.kind === 'gate') return cannot(scene, 'a gate cannot be skipped')
  const { step } = need
  if (need.kind === 'decide') return act(decideAct(scene, step, 'skip', 'Skip', reasonAsk('Reason')))
  const title = `Skip ${titleOf(scene, step)}`
  // The core asks no phrase for a skip, so production asks it here, before anything is said.
  const phrase: Ask[] = inProduction(scene, step)
    ? [{ kind: 'phrase', phrase: phraseAt(scene, step), to: 'skip it' }]
    : []
  const skipped: Act = {
    title,
    body: [],
    asks: [reasonAsk('Reason'), ...phrase],
    done: ([reason = '']) => say({ kind: 'skip', step, reason }),
  }
  if (need.kind !== 'confirm' && need.kind !== 'manual') return act(skipped)
  return act(
    pickAct(title, 'Which is it?', null, [
      { label: 'skip it', act: skipped },
      { label: 'it is not applicable', act: notApplicableAct(scene, step) },
    ]),
  )
}

function notApplicableAct(scene: Scene, step: string): Act {
  return {
    title: `Not applicable: ${titleOf(scene, step)}`,
    body: [],
    asks: [reasonAsk('Reason')],
    done: ([note = '']) => say({ kind: 'confirm', step, answer: 'n/a', observed: null, note }),
  }
}

function byHand(scene: Scene): Wished {
  const { need } = scene
  if (need.kind === 'decide' && need.state !== 'unknown')
    return act(decideAct(scene, need.step, 'by-hand', 'Resolved by hand', reasonAsk('What was done')))
  if (need.kind === 'decide') return act(unknownAct(scene, need.step))
  if (need.kind === 'blocked')
    return act(decideAct(scene, need.step, 'by-hand', 'Done by hand', reasonAsk('What was done')))
  return cannot(scene, 'only a failed or blocked step is resolved by hand')
}

function unknownAct(scene: Scene, step: string): Act {
  return pickAct(`Outcome of ${titleOf(scene, step)} is unknown`, 'What is true?', null, [
    { label: 'it passed', act: decideAct(scene, step, 'passed', 'It passed', reasonAsk('What was checked')) },
    { label: 'it failed', act: decideAct(scene, step, 'failed', 'It failed', reasonAsk('What was checked')) },
    { label: 'run it again', act: decideAct(scene, step, 'rerun', 'Run it again', reasonAsk('Reason')) },
  ])
}

function decideAct(
  scene: Scene,
  step: string,
  choice: Extract<Answer, { kind: 'decide' }>['choice'],
  verb: string,
  ask: Ask,
): Act {
  const phrase: Ask[] =
    choice === 'skip' && inProduction(scene, step)
      ? [{ kind: 'phrase', phrase: phraseAt(scene, step), to: 'skip it' }]
      : []
  return {
    title: `${verb}: ${titleOf(scene, step)}`,
    body: [],
    asks: [ask, ...phrase],
    done: ([reason = '']) => say({ kind: 'decide', step, choice, reason }),
  }
}

function endWaitAct(scene: Scene, step: string): Act {
  const production = inProduction(scene, step)
  return {
    title: `End the wait early: ${titleOf(scene, step)}`,
    body: [],
    asks: [reasonAsk('Reason'), ...levelAsks(production ? 'L3' : 'L2', phraseAt(scene, step), 'end the wait early')],
    done: ([reason = '']) => say({ kind: 'end-wait', step, reason }),
  }
}

function noteAct(scene: Scene, step: string | null): Act {
  return {
    title: step === null ? 'A note' : `A note to ${titleOf(scene, step)}`,
    body: [],
    asks: [textAsk('Note', { needed: 'an empty note is not kept' })],
    done: ([text = '']) => say({ kind: 'note', step, text }),
  }
}

function pickAct(
  title: string,
  prompt: string,
  empty: number | null,
  options: Extract<Ask, { kind: 'pick' }>['options'],
): Act {
  return {
    title,
    body: [],
    asks: [{ kind: 'pick', prompt, options, empty }],
    done: () => ({ kind: 'nothing', message: '' }),
  }
}

function plainly(title: string, answer: Answer): Act {
  return { title, body: [], asks: [], done: () => say(answer) }
}

function say(answer: Answer): Outcome {
  return { kind: 'say', answer }
}

function act(value: Act): Wished {
  return { kind: 'act', act: value }
}

function cannot(scene: Scene, why: string): Wished {
  const step: Step | undefined = scene.walk.steps.get(neededStep(scene) ?? '')
  return { kind: 'cannot', why: step === undefined ? why : `${step.position}: ${why}` }
}
