import type { AskLevel, Risk, Runbook, Step } from '../model/index.ts'

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

/** What is typed at L3: environment and release, so that last release's phrase does not fit. */
export function phraseFor(step: Pick<Step, 'environment'>, environment: string | null, release: string): string {
  const where = step.environment ?? environment
  return where === null ? release : `${where} ${release}`
}

/** The step's own environment counts first; `--env` stands in where the runbook names none. */
export function isProduction(environment: string | null): boolean {
  return environment !== null && /^(production|prod|live|prd)$/i.test(environment)
}

/** Finds a step by what a person types: its position, its id, or a section that has only one outermost choice or gate. */
export function findStep(runbook: Runbook, reference: string): Step | null {
  const all: Step[] = []
  let bySection: Step | null = null
  const visit = (section: Runbook['phases'][number]): void => {
    all.push(...section.steps)
    if (section.position === reference || section.id === reference) {
      const outermost = section.steps.filter(s => (s.kind === 'choice' && s.choice === null) || s.kind === 'gate')
      if (outermost.length === 1) bySection = outermost[0] ?? null
    }
    for (const child of section.sections) visit(child)
  }
  for (const phase of runbook.phases) visit(phase)
  return all.find(s => s.position === reference) ?? all.find(s => s.id === reference) ?? bySection
}
