import { readFile } from 'node:fs/promises'
import type { RunState, Step } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import {
  decisionProblem,
  findStep,
  NO_ANSWERS,
  type Provided,
  type RunContext,
  type StepDecision,
  type StepEdit,
  wasSeen,
} from '../../runner/index.ts'
import type { AnswersFile } from './answers-file.ts'
import type { WalkFlags } from './walk-flags.ts'

type DecidingFlags = Pick<WalkFlags, 'retry' | 'skip' | 'resolve' | 'edit' | 'reason'>

/**
 * Answers, phrases, decisions and edits by step id, whatever a person named the step by.
 * @param state as the run stands: what was decided about a step that has ended, or has no outcome to decide on, is no decision.
 * @throws {SignoffError} `USAGE` where something cannot be meant, or has no reason.
 */
export async function providedFor(
  context: RunContext,
  state: RunState,
  answers: AnswersFile | null,
  flags: Pick<WalkFlags, 'confirm'> & DecidingFlags,
  operator: string,
): Promise<Provided> {
  const phrases = new Map<string, string>()
  for (const [reference, phrase] of flags.confirm) phrases.set(stepNamed(context, reference).id, phrase)
  const decisions = decisionsOf(context, state, flags)
  const edits = await editsOf(context, state, flags)
  const both = [...edits.keys()].find(id => decisions.has(id) && decisions.get(id)?.choice !== 'rerun')
  if (both !== undefined)
    throw new SignoffError('USAGE', `--edit ${positionOf(context, both)}: it is not run, so its script is not edited`)
  return {
    answers: answers?.answers ?? NO_ANSWERS,
    source: answers?.source ?? null,
    phrases,
    decisions,
    edits,
    operator,
  }
}

export function stepNamed(context: RunContext, reference: string): Step {
  const step = findStep(context.runbook, reference)
  if (step !== null) return step
  throw new SignoffError('USAGE', `"${reference}" is no step of ${context.runbook.path}`, {
    advice: `signoff plan ${context.runbook.path} shows positions and ids`,
  })
}

/** Files named by a flag are looked for before a run begins that would have to end over them. */
export async function checkFiles(flag: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await readNamed(flag, path)
}

function decisionsOf(context: RunContext, state: RunState, flags: DecidingFlags): Map<string, StepDecision> {
  const decisions = new Map<string, StepDecision>()
  const add = (flag: string, reference: string, choice: StepDecision['choice']): void => {
    const step = meant(context, state, flag, reference, choice)
    if (decisions.has(step.id)) throw new SignoffError('USAGE', `${flag}: ${step.position} was decided by another flag`)
    decisions.set(step.id, { choice, reason: reasonOf(flags, flag), seen: wasSeen(state, step) })
  }
  for (const reference of flags.retry) add(`--retry ${reference}`, reference, 'rerun')
  for (const reference of flags.skip) add(`--skip ${reference}`, reference, 'skip')
  for (const [reference, outcome] of flags.resolve) {
    const choice = RESOLVED[outcome]
    if (choice === undefined)
      throw new SignoffError('USAGE', `--resolve ${reference}=${outcome}: expected passed, failed or rerun`)
    add(`--resolve ${reference}=${outcome}`, reference, choice)
  }
  return decisions
}

const RESOLVED: Readonly<Record<string, StepDecision['choice']>> = {
  passed: 'by-hand',
  failed: 'failed',
  rerun: 'rerun',
}

async function editsOf(context: RunContext, state: RunState, flags: DecidingFlags): Promise<Map<string, StepEdit>> {
  const edits = new Map<string, StepEdit>()
  for (const [reference, path] of flags.edit) {
    const flag = `--edit ${reference}=${path}`
    const step = meant(context, state, flag, reference, 'edit')
    const text = decodedText(flag, await readNamed(flag, path)).replace(/\r\n/g, '\n')
    // Editors end their last line; a script of the runbook may have none, and that alone is no change.
    const script = step.script?.endsWith('\n') === true ? text : text.replace(/\n$/, '')
    edits.set(step.id, { script, reason: reasonOf(flags, flag) })
  }
  return edits
}

function meant(
  context: RunContext,
  state: RunState,
  flag: string,
  reference: string,
  choice: StepDecision['choice'] | 'edit',
): Step {
  const step = stepNamed(context, reference)
  const problem = decisionProblem(context, state, step, choice)
  if (problem !== null) throw new SignoffError('USAGE', `${flag}: ${problem}`)
  return step
}

function reasonOf(flags: DecidingFlags, flag: string): string {
  const reason = flags.reason ?? ''
  if (reason.trim() === '') throw new SignoffError('USAGE', `${flag} needs --reason TEXT: it is recorded`)
  return reason
}

async function readNamed(flag: string, path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new SignoffError('USAGE', `${flag} ${path}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`)
  })
}

function decodedText(flag: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new SignoffError('USAGE', `${flag}: it is not UTF-8`)
  }
}

function positionOf(context: RunContext, id: string): string {
  return context.steps.get(id)?.position ?? id
}
