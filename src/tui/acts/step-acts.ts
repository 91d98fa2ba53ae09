import type { Answer, AskLevel, Need, Offer, Parameter } from '../../model/index.ts'
import { isSameEnvironment, proposedFor } from '../../model/index.ts'
import { inProduction, neededStep, phraseAt, positionOf, type Scene } from '../scene/walk.ts'
import { type Act, type Ask, type Outcome, reasonAsk, textAsk } from './act.ts'
import { dependentLines } from './dependents.ts'
import { lastReasons } from './reasons.ts'

/** The act that takes one option of a choice. */
export function chooseAct(scene: Scene, step: string, option: string): Act {
  return plainly(titleOf(scene, step), { kind: 'choose', step, option, reason: null })
}

/** The act that gives one value; the value is asked unless it is given. */
export function valueAct(scene: Scene, name: string): Act {
  const parameter = scene.walk.runbook.parameters.find(p => p.name === name)
  const places = (parameter?.uses ?? []).map(use => `${scene.walk.runbook.path}:${use.line}`)
  const secret = parameter?.secret ?? false
  const pattern = scene.walk.runbook.patterns?.get(name)
  return {
    title: `Value for ${name}`,
    body: [
      ...sampleLines(parameter),
      ...(pattern === undefined ? [] : [`must match ${pattern}`]),
      ...(places.length === 0 ? [] : [`used at ${places.join(', ')}`]),
      ...(parameter?.proposals ?? []).map(
        one => `proposed for ${one.environment}: ${one.value}  (${scene.walk.runbook.path}:${one.line})`,
      ),
    ],
    asks: [
      textAsk(name, {
        secret,
        hint: parameter?.description ?? null,
        needed: `${name}: a value is needed`,
        suggestion: secret || parameter === undefined ? null : suggestionFor(scene, parameter),
      }),
    ],
    done: ([value = '']) => say({ kind: 'value', name, value }),
  }
}

/** A text that may only look filled in: whoever is asked for it may mean it just so, and has to know how to say that. */
export function sampleLines(parameter: Parameter | undefined): string[] {
  if (parameter === undefined || parameter.kind !== 'literal' || parameter.default !== null) return []
  return [
    `the runbook has ${parameter.name} here, which looks like a sample: type what is meant, or the same again to keep it`,
  ]
}

/**
 * What a table of the runbook names for `--env`, else the default, which production never suggests. A step that names
 * another environment than `--env` gets no value of the latter, nor does anybody where tables disagree.
 */
export function suggestionFor(scene: Scene, parameter: Parameter): string | null {
  const asked = scene.state.start?.env ?? null
  const id = neededStep(scene)
  const own = (id === null ? null : scene.walk.steps.get(id)?.environment) ?? asked
  const proposed = own === null || asked === null || !isSameEnvironment(own, asked) ? [] : proposedFor(parameter, asked)
  if (proposed.length > 0) return proposed.length === 1 ? (proposed[0]?.value ?? null) : null
  return inProduction(scene, id) ? null : parameter.default
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

/** @param inTerminal true hands the terminal over to the script, whatever the runbook says of it. */
export function runAct(scene: Scene, need: Extract<Need, { kind: 'run' }>, inTerminal = false): Act {
  const { step, level, phrase } = need
  return {
    title: `Run ${titleOf(scene, step)}${inTerminal ? ' in this terminal' : ''}`,
    body: need.script.replace(/\n$/, '').split('\n'),
    shows: 'script',
    asks: levelAsks(level, phrase, 'run'),
    done: given => {
      const typed = level === 'L3' ? (given[0] ?? null) : null
      return say({ kind: 'run', step, phrase: typed, ...(inTerminal ? { inTerminal } : {}) })
    },
  }
}

export function tickAct(scene: Scene, need: Extract<Need, { kind: 'confirm' | 'manual' }>): Act {
  const { step, evidence } = need
  return {
    title: titleOf(scene, step),
    body: [],
    asks: evidence === null ? [] : [{ kind: 'observed', evidence, step }],
    done: ([observed = null]) => say({ kind: 'confirm', step, answer: 'yes', observed, note: null }),
  }
}

export function offerAct(scene: Scene, step: string, offered: Offer): Act {
  return {
    title: `Run the command offered at ${titleOf(scene, step)}`,
    body: offered.script.replace(/\n$/, '').split('\n'),
    asks: levelAsks(offered.level, offered.phrase, 'run it'),
    done: given => say({ kind: 'run-offer', step, phrase: offered.level === 'L3' ? (given[0] ?? null) : null }),
  }
}

export function skipAct(scene: Scene, step: string): Act {
  return {
    title: `Skip ${titleOf(scene, step)}`,
    // Looked up once it is shown: whether a step can be passed over is asked at every frame.
    get body() {
      return dependentLines(scene, step)
    },
    asks: [reasonAsk('Reason', lastReasons(scene.state)), ...skipPhrase(scene, step)],
    done: ([reason = '', phrase]) => say({ kind: 'skip', step, reason, ...withPhrase(phrase) }),
  }
}

export function seenAct(scene: Scene, step: string): Act {
  return {
    title: titleOf(scene, step),
    body: [],
    asks: [textAsk('What was done and seen', { empty: '', hint: 'may stay empty; Enter confirms the step' })],
    done: ([note = '']) =>
      say({ kind: 'confirm', step, answer: 'yes', observed: null, note: note === '' ? null : note }),
  }
}

export function declineAct(scene: Scene, step: string): Act {
  return {
    title: `Cannot confirm ${titleOf(scene, step)}`,
    body: [],
    asks: [reasonAsk('What was seen')],
    done: ([note = '']) => say({ kind: 'confirm', step, answer: 'no', observed: null, note }),
  }
}

export function formAct(scene: Scene, need: Extract<Need, { kind: 'form' }>): Act {
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
      { kind: 'yes', prompt: 'keep this form', insists: true },
    ],
    done: given => {
      const answers = new Map(open.map((field, index) => [field, given[index] ?? '']))
      const fields = need.fields.map(field => [field.label, answers.get(field) ?? field.value ?? ''] as const)
      return say({ kind: 'form', step: need.step, fields })
    },
  }
}

export function gateTextAct(scene: Scene, step: string, asked: string): Act {
  return {
    title: titleOf(scene, step),
    body: [],
    asks: [textAsk(asked)],
    done: ([text = '']) => say({ kind: 'gate-text', step, text }),
  }
}

export function notApplicableAct(scene: Scene, step: string): Act {
  return {
    title: `Not applicable: ${titleOf(scene, step)}`,
    get body() {
      return dependentLines(scene, step)
    },
    asks: [reasonAsk('Reason', lastReasons(scene.state))],
    done: ([note = '']) => say({ kind: 'confirm', step, answer: 'n/a', observed: null, note }),
  }
}

export function unknownAct(scene: Scene, step: string): Act {
  return pickAct(`Outcome of ${titleOf(scene, step)} is unknown`, 'What is true?', null, [
    { label: 'it passed', act: decideAct(scene, step, 'passed', 'It passed', reasonAsk('What was checked')) },
    { label: 'it failed', act: decideAct(scene, step, 'failed', 'It failed', reasonAsk('What was checked')) },
    {
      label: 'run it again',
      act: decideAct(scene, step, 'rerun', 'Run it again', reasonAsk('Reason', lastReasons(scene.state))),
    },
  ])
}

/** A gate that was closed by a NO-GO is asked anew: whoever decides then is told why. */
export function askAgainAct(scene: Scene, step: string): Act {
  return decideAct(scene, step, 'rerun', 'Ask again', reasonAsk('What has changed since the NO-GO'))
}

export function decideAct(
  scene: Scene,
  step: string,
  choice: Extract<Answer, { kind: 'decide' }>['choice'],
  verb: string,
  ask: Ask,
): Act {
  const passesOver = choice === 'skip' || (choice === 'by-hand' && scene.need.kind !== 'decide')
  const phrase = passesOver ? skipPhrase(scene, step) : []
  return {
    title: `${verb}: ${titleOf(scene, step)}`,
    get body() {
      return choice === 'skip' ? dependentLines(scene, step) : []
    },
    asks: [ask, ...phrase],
    done: ([reason = '', typed]) => say({ kind: 'decide', step, choice, reason, ...withPhrase(typed) }),
  }
}

export function endWaitAct(scene: Scene, step: string): Act {
  const production = inProduction(scene, step)
  return {
    title: `End the wait early: ${titleOf(scene, step)}`,
    body: [],
    asks: [
      reasonAsk('Reason', lastReasons(scene.state)),
      ...levelAsks(production ? 'L3' : 'L2', phraseAt(scene, step), 'end the wait early'),
    ],
    done: ([reason = '', typed]) =>
      say({ kind: 'end-wait', step, reason, ...withPhrase(production ? typed : undefined) }),
  }
}

export function noteAct(scene: Scene, step: string | null): Act {
  return {
    title: step === null ? 'A note' : `A note to ${titleOf(scene, step)}`,
    body: [],
    asks: [textAsk('Note', { needed: 'an empty note is not kept' })],
    done: ([text = '']) => say({ kind: 'note', step, text }),
  }
}

/** Success criteria of a phase that are not met: kept as a note, so that whoever reads the transcript finds it. */
/** Success criteria that nobody has given a value for, asked at the end of their phase. */
export function criteriaAct(question: string): Act {
  const met = plainly(`${question}: met`, { kind: 'note', step: null, text: `${question}: met` })
  return pickAct(question, 'Are they met?', null, [
    { label: 'met', act: met },
    { label: 'not met', act: criteriaNotMetAct(question) },
  ])
}

export function criteriaNotMetAct(question: string): Act {
  return {
    title: question,
    body: [],
    asks: [textAsk('Not met: what was found', { needed: 'say what was found' })],
    done: ([text = '']) => say({ kind: 'note', step: null, text: `${question}: NOT met. ${text}` }),
  }
}

export function pickAct(
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

export function plainly(title: string, answer: Answer): Act {
  return { title, body: [], asks: [], done: () => say(answer) }
}

/** The phrase goes with the answer where one was asked: the core asks it of whoever speaks. */
export function withPhrase(phrase: string | undefined): { readonly phrase?: string } {
  return phrase === undefined ? {} : { phrase }
}

/** In production a step is passed over by the phrase. */
function skipPhrase(scene: Scene, step: string): Ask[] {
  return inProduction(scene, step) ? [{ kind: 'phrase', phrase: phraseAt(scene, step), to: 'pass it over' }] : []
}

function say(answer: Answer): Outcome {
  return { kind: 'say', answer }
}
