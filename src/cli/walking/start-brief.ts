import { isProduction, type Section, type Step, wayBackLabel } from '../../model/index.ts'
import { askLevelOf, gateNeed, type RunContext } from '../../runner/index.ts'
import type { GitFacts } from '../../runner/local/index.ts'
import { durationText, type StartAsk, type StartBrief, type StartSection } from '../../tui/index.ts'
import type { Desk } from '../desk.ts'
import type { PreflightFinding } from '../preflight/finding.ts'

/** What the screen before a run tells. */
export function startBrief(
  context: RunContext,
  path: string,
  desk: Desk,
  { findings, git }: { readonly findings: readonly PreflightFinding[]; readonly git: GitFacts | null },
): StartAsk {
  const { runbook, mainFlow, steps, environment, release } = context
  const ahead = mainFlow.flatMap(id => steps.get(id) ?? [])
  const told = findings.filter(({ check, level }) => level !== 'info' && check !== 'value-missing')
  const brief: StartBrief = {
    title: runbook.title,
    path,
    sha256: runbook.sha256,
    commit:
      git === null || git.commit === null
        ? null
        : `${git.commit.slice(0, 12)}${git.tag === null ? '' : ` (${git.tag})`}${changedText(git)}`,
    release,
    environment,
    production: isProduction(environment),
    operator: { principal: desk.signer.principal, keyid: desk.signer.keyid },
    extent: extentOf(context, ahead),
    strongest: strongestOf(context, ahead),
    values: findings.flatMap(({ check, message }) =>
      check === 'value-missing'
        ? [message.replace(/ has no value.*| is not set.*/s, '').replace(/^the variable /, '')]
        : [],
    ),
    gates: ahead
      .filter(({ kind }) => kind === 'gate')
      .map(step => ({ position: step.position, title: step.title, who: whoDecides(context, step) })),
    waysBack: runbook.flows.recovery.map(flow => wayBackLabel(runbook, flow)),
    findings: told.flatMap(({ level, path: where, line, message, help }) =>
      level === 'info'
        ? []
        : [{ level, text: line === null || where === null ? message : `line ${line}: ${message}`, help }],
    ),
  }
  return { kind: 'brief', brief }
}

function changedText({ dirty, unseen }: GitFacts): string {
  if (!dirty) return ''
  return `, ${unseen === null ? 'with' : 'perhaps with'} changes that are not committed`
}

/** The procedures of a catalog that have something to walk. */
export function sectionsOf(phases: readonly Section[]): { readonly section: Section; readonly shown: StartSection }[] {
  return phases.flatMap(section => {
    const steps = countOf(section)
    return steps === 0 ? [] : [{ section, shown: { position: section.position, title: section.title, steps } }]
  })
}

function countOf(section: Section): number {
  return section.steps.length + section.sections.reduce((sum, child) => sum + countOf(child), 0)
}

/** `23 steps in 5 phases: 12 run a script, 3 gates; planned 1h30m`. */
function extentOf({ runbook }: RunContext, ahead: readonly Step[]): string {
  const ids = new Set(ahead.map(({ id }) => id))
  const walked = runbook.phases.filter(phase => holds(phase, ids))
  const scripts = ahead.filter(({ kind }) => kind === 'task').length
  const planned = walked.reduce((sum, phase) => sum + plannedOf(phase, ids), 0)
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
  return `${count(ahead.length, 'step')} in ${count(walked.length, 'phase')}, of which ${scripts} run a script${planned === 0 ? '' : `; planned ${durationText(planned)}`}`
}

function holds(section: Section, ids: ReadonlySet<string>): boolean {
  return section.steps.some(({ id }) => ids.has(id)) || section.sections.some(child => holds(child, ids))
}

/** The planned time of a section that is walked: its own, else that of what is in it. */
function plannedOf(section: Section, ids: ReadonlySet<string>): number {
  if (!holds(section, ids)) return 0
  const own = section.duration?.maxMs ?? section.duration?.minMs ?? null
  if (own !== null) return own
  const steps = section.steps.reduce((sum, { id, durationMs }) => sum + (ids.has(id) ? (durationMs ?? 0) : 0), 0)
  return steps + section.sections.reduce((sum, child) => sum + plannedOf(child, ids), 0)
}

/** The most that anybody will be asked for. */
function strongestOf({ runbook, environment }: RunContext, ahead: readonly Step[]): string {
  const levels = ahead
    .filter(({ kind }) => kind === 'task')
    .map(step => askLevelOf(step.risk, step, environment, runbook.details.get(step.id)?.pointOfNoReturn ?? false))
  const gates = ahead.filter(({ kind }) => kind === 'gate').length
  const signed = gates === 0 ? [] : [`signed approvals at ${gates} ${gates === 1 ? 'gate' : 'gates'}`]
  const typed = levels.includes('L3')
    ? [`a typed phrase for ${levels.filter(level => level === 'L3').length} of the steps`]
    : levels.includes('L2')
      ? ['a review with an explicit yes']
      : ['Enter']
  return [...signed, ...typed].join(', ')
}

function whoDecides(context: RunContext, step: Step): string {
  const need = gateNeed(step, context.roles)
  if (need.every(({ role, from }) => role === null && from === null)) return `any ${need.length} signers`
  return need
    .map(({ role, from }) =>
      [role, from === null ? 'any signer' : from.join(' or ')].filter(text => text !== null).join(': '),
    )
    .join('; ')
}
