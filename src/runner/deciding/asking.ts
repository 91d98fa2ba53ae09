import {
  type AskLevel,
  isProduction,
  phraseFor,
  type Risk,
  type Runbook,
  type Step,
  type StepDetail,
} from '../../model/index.ts'
import type { RunContext } from './context.ts'

/**
 * How strongly a person is asked before a script runs: docs/terminal.md, section 4. The strongest reason counts.
 *
 * @param environment of the run (`--env`), which can only raise what the step says of itself.
 */
export function askLevelOf(
  risk: Risk,
  step: Pick<Step, 'environment'>,
  environment: string | null,
  noReturn: boolean,
): AskLevel {
  const production = isProduction(step.environment) || isProduction(environment)
  if (risk === 'danger' || noReturn || (risk === 'change' && production)) return 'L3'
  if (risk === 'change' || (risk === 'safe' && production)) return 'L2'
  return 'L1'
}

/** Level and phrase for a text of a step. */
export function askFor(
  context: RunContext,
  step: Step,
  risk: Step['risk'],
  detail: StepDetail | undefined,
  edited = false,
): { readonly level: AskLevel; readonly phrase: string | null } {
  const plain = askLevelOf(risk, step, context.environment, detail?.pointOfNoReturn ?? false)
  const level = edited ? levelOfEdited(plain, step, context.environment) : plain
  return { level, phrase: level === 'L3' ? phraseFor(step.environment, context.environment, context.release) : null }
}

/** A script that a person edited is asked about one level up, and in production by its phrase. */
export function levelOfEdited(level: AskLevel, step: Pick<Step, 'environment'>, environment: string | null): AskLevel {
  if (isProduction(step.environment) || isProduction(environment)) return 'L3'
  return level === 'L1' ? 'L2' : 'L3'
}

/** What is typed before a step of production is passed over or its wait cut short; null where no phrase is asked. */
export function passingPhrase(
  step: Pick<Step, 'environment'>,
  environment: string | null,
  release: string,
): string | null {
  const production = isProduction(step.environment) || isProduction(environment)
  return production ? phraseFor(step.environment, environment, release) : null
}

/** Finds a step by what a person types: its position, its id, or a section that has only one outermost choice or gate. */
export function findStep(runbook: Runbook, reference: string): Step | null {
  const known = KNOWN.get(runbook) ?? namesOf(runbook)
  KNOWN.set(runbook, known)
  return known.get(reference) ?? null
}

/** Made once for a runbook: an answers file names as many steps as the runbook has. */
const KNOWN = new WeakMap<Runbook, ReadonlyMap<string, Step>>()

function namesOf(runbook: Runbook): ReadonlyMap<string, Step> {
  const positions = new Map<string, Step>()
  const ids = new Map<string, Step>()
  const sections = new Map<string, Step>()
  const visit = (section: Runbook['phases'][number]): void => {
    for (const step of section.steps) {
      if (!positions.has(step.position)) positions.set(step.position, step)
      if (!ids.has(step.id)) ids.set(step.id, step)
    }
    const outermost = section.steps.filter(s => (s.kind === 'choice' && s.choice === null) || s.kind === 'gate')
    const [only] = outermost
    if (only !== undefined && outermost.length === 1)
      for (const name of [section.position, section.id]) sections.set(name, only)
    section.sections.forEach(visit)
  }
  runbook.phases.forEach(visit)
  // What is said first counts most: a position, then an id, then a section.
  return new Map([...sections, ...ids, ...positions])
}
