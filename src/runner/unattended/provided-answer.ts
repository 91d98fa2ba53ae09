import type { Answer, Need, Parameter, RunState, Speaker, Step } from '../../model/index.ts'
import { checkObserved, conditionKey, proposedFor } from '../../model/index.ts'
import { findStep, passingPhrase } from '../deciding/asking.ts'
import { conditionOf, conditionPlace } from '../deciding/condition.ts'
import type { RunContext } from '../deciding/context.ts'
import type { GivenAnswers } from './answers.ts'

/** Something that an unattended run would have to ask: its place, what it is, and the flag or entry that gives it. */
export interface Missing {
  readonly line: number
  readonly column: number
  readonly what: string
  readonly how: string
}

export type Found =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly speaker: Speaker }
  | { readonly kind: 'missing'; readonly missing: readonly Missing[] }
  /** Only another person or the clock can answer; nothing that a file could say. */
  | { readonly kind: 'wait' }

/** Values, phrases and answers given beforehand, by file or by flag. */
export interface Provided extends GivenAnswers {
  /** `--confirm STEP=PHRASE`, by step id. */
  readonly phrases: ReadonlyMap<string, string>
  /** `--retry`, `--skip`, `--resolve`, by step id. */
  readonly decisions: ReadonlyMap<string, StepDecision>
  /** `--edit STEP=FILE`, by step id. */
  readonly edits: ReadonlyMap<string, StepEdit>
  readonly operator: string
}

/** What a person decided about one step for a run that nobody attends. */
export interface StepDecision {
  readonly choice: Extract<Answer, { kind: 'decide' }>['choice']
  readonly reason: string
  /** The step had failed, or nobody knew how it ended, when this was said. What is said before never decides on an unknown outcome. */
  readonly seen: boolean
}

/** Another text for the script of one step. */
export interface StepEdit {
  readonly script: string
  readonly reason: string
}

/** The answer to a need out of what was provided. Nothing is assumed: what is not there is missing. */
export function answerFor(context: RunContext, need: Need, given: Provided): Found {
  const fromFile: Speaker = { by: given.answers.by, how: 'answers', source: given.source }
  const fromFlag: Speaker = { by: given.operator, how: 'flag', source: null }
  const say = (answer: Answer, speaker = fromFile): Found => ({ kind: 'answer', answer, speaker })
  if (need.kind === 'finished' || need.kind === 'running') return { kind: 'wait' }
  const step = context.steps.get(need.step)
  if (step === undefined) return { kind: 'wait' }
  switch (need.kind) {
    case 'run': {
      if (need.level !== 'L3') return say({ kind: 'run', step: step.id, phrase: null }, fromFlag)
      const flagged = given.phrases.get(step.id)
      const phrase = flagged ?? entryFor(context, given.answers.confirm, step)
      if (phrase === need.phrase)
        return say({ kind: 'run', step: step.id, phrase }, flagged === undefined ? fromFile : fromFlag)
      const said = phrase === undefined ? '' : ` (given: "${phrase}", which is not it)`
      return lacks(
        step,
        `${title(step)}: the phrase "${need.phrase}"${said}`,
        `--confirm ${step.position}='${need.phrase}'`,
      )
    }
    case 'confirm':
    case 'manual':
      return confirmFor(context, step, need, given, say)
    case 'choose': {
      const option = entryFor(context, given.answers.choices, step)
      if (option !== undefined && need.options.some(name => name.toLowerCase() === option.toLowerCase()))
        return say({ kind: 'choose', step: step.id, option, reason: null })
      const wrong = option === undefined ? '' : ` (given: "${option}")`
      return lacks(
        step,
        `${title(step)}: one of ${need.options.map(name => `"${name}"`).join(' | ')}${wrong}`,
        `--answers FILE, choices: "${step.position}"`,
      )
    }
    case 'condition': {
      const answer = conditionEntry(context, given.answers.conditions, step)
      if (answer !== undefined) return say({ kind: 'condition', when: need.when, answer })
      const key = conditionPlace(context, step)?.position ?? need.when
      return lacks(step, `${title(step)}: "${need.when}", yes or no`, `--answers FILE, conditions: "${key}"`)
    }
    case 'values': {
      const missing: Missing[] = []
      for (const name of need.names) {
        const value = given.answers.values[name]
        const parameter = context.runbook.parameters.find(p => p.name === name)
        // A secret never stands in a file that is committed: it comes by the environment or a file of its own.
        if (value !== undefined && parameter?.secret !== true) return say({ kind: 'value', name, value: String(value) })
        const use = parameter?.uses[0] ?? { line: step.line, column: 1 }
        const how =
          parameter?.secret === true ? `--secret-env ${name}=VARIABLE or --secret ${name}=FILE` : `--set ${name}=VALUE`
        const proposed = parameter === undefined ? '' : proposedText(context, parameter)
        const pattern = context.runbook.patterns?.get(name)
        const about = [parameter?.description ?? '', pattern === undefined ? '' : `must match ${pattern}`]
        const said = about.filter(text => text !== '').join('; ')
        const what = `${name}${said === '' ? '' : ` (${said})`}, for ${step.position} ${step.title}${proposed}`
        missing.push({ line: use.line, column: use.column, what, how })
      }
      return { kind: 'missing', missing }
    }
    case 'form': {
      const entries = entryFor(context, given.answers.forms, step) ?? {}
      const fields = Object.entries(entries)
      const labels = new Set(fields.map(([label]) => label.toLowerCase()))
      const open = need.fields.filter(field => field.value === null && !labels.has(field.label.toLowerCase()))
      if (open.length === 0) return say({ kind: 'form', step: step.id, fields })
      return lacks(
        step,
        `${title(step)}: ${open.map(field => `"${field.label}"`).join(', ')}`,
        `--answers FILE, forms: "${step.position}"`,
      )
    }
    case 'gate': {
      const text = answerEntry(context, given, step)?.text
      if (need.asksText !== null && text !== undefined) return say({ kind: 'gate-text', step: step.id, text })
      if (need.asksText !== null)
        return lacks(
          step,
          `${title(step)}: ${need.asksText}`,
          `--answers FILE, answers: step "${step.position}" with text`,
        )
      return { kind: 'wait' }
    }
    case 'wait': {
      const entry = entryFor(context, given.answers.waits, step)
      if (entry === undefined) return { kind: 'wait' }
      const passing = passingOf(context, given, step, 'end the wait early')
      if (passing.missing !== null) return passing.missing
      return say({ kind: 'end-wait', step: step.id, reason: entry.reason, phrase: passing.phrase })
    }
    case 'changed':
      return { kind: 'wait' }
    case 'decide':
      return lacks(
        step,
        `${title(step)}: ${need.state}`,
        `--retry ${step.position}, --skip ${step.position} or --resolve ${step.position}=passed|failed, each with --reason TEXT`,
      )
    case 'held':
      return lacks(
        step,
        `${title(step)}: blocked by ${need.by}: ${need.reason}`,
        'whoever walks the run lifts it at a terminal',
      )
    case 'blocked': {
      const byFlag = `--skip ${step.position} or --resolve ${step.position}=passed, with --reason TEXT`
      const atTerminal = step.interaction === 'terminal' && !need.rejected
      return lacks(step, `${title(step)}: ${need.why}`, atTerminal ? `walk it at a terminal, or ${byFlag}` : byFlag)
    }
    default:
      need satisfies never
      return { kind: 'wait' }
  }
}

/**
 * A placeholder in the text of a manual step or confirmation may stay empty, so nothing asks for it. Where its value was
 * provided, it is said when that step comes: a hand-off form or a recovery reads it later.
 */
export function needOfText(
  context: RunContext,
  state: RunState,
  need: Need,
  given: Provided,
): Extract<Need, { kind: 'values' }> | null {
  if (need.kind !== 'manual' && need.kind !== 'confirm') return null
  const isSecret = (name: string) => context.runbook.parameters.find(p => p.name === name)?.secret === true
  const names = (context.steps.get(need.step)?.needs ?? []).filter(
    name => !state.values.has(name) && given.answers.values[name] !== undefined && !isSecret(name),
  )
  return names.length === 0 ? null : { kind: 'values', step: need.step, names }
}

/** The phrase that passes a step of production over, as it was given; `missing` where it was not, or is another. */
export function passingOf(
  context: RunContext,
  given: Provided,
  step: Step,
  to: string,
): { readonly phrase: string | null; readonly missing: Found | null } {
  const due = passingPhrase(step, context.environment, context.release)
  const phrase = given.phrases.get(step.id) ?? entryFor(context, given.answers.confirm, step) ?? null
  if (due === null || phrase === due) return { phrase, missing: null }
  const said = phrase === null ? '' : ` (given: "${phrase}", which is not it)`
  const what = `${title(step)}: the phrase "${due}" to ${to}${said}`
  return { phrase, missing: lacks(step, what, `--confirm ${step.position}='${due}'`) }
}

function confirmFor(
  context: RunContext,
  step: Step,
  need: Extract<Need, { kind: 'confirm' | 'manual' }>,
  given: Provided,
  say: (answer: Answer) => Found,
): Found {
  const entry = answerEntry(context, given, step)
  const flag = `--answers FILE, answers: step "${step.position}"`
  if (entry === undefined) return lacks(step, title(step), flag)
  const observed = entry.observed ?? entry.text ?? null
  const answer = entry.answer ?? (observed === null ? undefined : 'yes')
  if (answer === undefined) return lacks(step, `${title(step)}: answer yes, no or n/a`, flag)
  if (answer === 'yes' && need.evidence !== null) {
    const checked = checkObserved(need.evidence, observed ?? '')
    if (checked.kind === 'refused') return lacks(step, `${title(step)}: observed: ${checked.why}`, flag)
    if (checked.kind === 'value' && !checked.met && !entry.note)
      return lacks(step, `${title(step)}: ${checked.text}; a note must say why it is confirmed`, flag)
  }
  if (answer !== 'yes' && !entry.note)
    return lacks(step, `${title(step)}: "${answer}" needs a note that says why`, flag)
  return say({ kind: 'confirm', step: step.id, answer, observed, note: entry.note ?? null })
}

function answerEntry(context: RunContext, given: Provided, step: Step) {
  return given.answers.answers.find(entry => findStep(context.runbook, entry.step)?.id === step.id)
}

function entryFor<T>(context: RunContext, entries: Readonly<Record<string, T>>, step: Step): T | undefined {
  return Object.entries(entries).find(([reference]) => findStep(context.runbook, reference)?.id === step.id)?.[1]
}

/** What an answers file says of the condition of a step. */
export function conditionEntry(
  context: Pick<RunContext, 'steps'>,
  conditions: Readonly<Record<string, 'yes' | 'no'>>,
  step: Step,
): 'yes' | 'no' | undefined {
  const key = conditionOf(context, step)
  const place = conditionPlace(context, step)
  return Object.entries(conditions).find(([text]) =>
    place === null ? conditionKey(text) === key : text === place.position || text === place.id,
  )?.[1]
}

/** Rule R20: what a table names for `--env` is told to whoever gives the value; nobody here takes it. */
function proposedText(context: RunContext, parameter: Parameter): string {
  const proposals = parameter.proposals ?? []
  if (proposals.length === 0) return ''
  const named = proposedFor(parameter, context.environment)
  if (named.length > 0)
    return ` (proposed for ${context.environment}: ${named.map(one => `"${one.value}" at line ${one.line}`).join(' or ')}; not taken by itself)`
  const known = [...new Set(proposals.map(one => one.environment))].join(', ')
  return context.environment === null
    ? ` (a table proposes values for ${known}, but there is no --env)`
    : ` (a table proposes values for ${known}, none for ${context.environment})`
}

function title(step: Step): string {
  return `${step.position} ${step.title}`
}

function lacks(step: Step, what: string, how: string): Found {
  return { kind: 'missing', missing: [{ line: step.line, column: 1, what, how }] }
}
