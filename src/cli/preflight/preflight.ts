import { expectationProblem } from '../../model/index.ts'
import type { RunContext } from '../../runner/index.ts'
import { hasProgram } from '../../runner/local/index.ts'
import { readAllowedSigners } from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import type { AboutToRun, Bench } from './about-to-run.ts'
import { type PreflightFinding, preflightFinding } from './finding.ts'
import { gateFindings } from './gates.ts'
import { leftOutFindings } from './left-out.ts'
import { obstacleFindings } from './obstacles.ts'
import { ownKeyFindings } from './own-key.ts'
import { missingPrograms } from './programs.ts'
import { type StepsAhead, stepsAhead } from './steps-ahead.ts'
import { missingValues } from './values.ts'
import { workspaceFindings } from './workspace-checks.ts'

/**
 * Everything that would get in the way of a run and can be seen before its first step, or before the first of what is left of it. Starts nothing but git, ssh and ssh-keygen, and
 * writes nothing.
 *
 * @param run null looks at the workspace alone.
 */
export async function preflight(bench: Bench, run: AboutToRun | null, io: Io): Promise<PreflightFinding[]> {
  const { workspace, signersText, signer } = bench
  const found = [...(await workspaceFindings(workspace, signersText, io)), ...(await ownKeyFindings(bench, io.nowMs()))]
  if (run === null) return found
  const { context } = run
  const ahead = stepsAhead(context, run.state, run.provided)
  const signers = readAllowedSigners(signersText ?? '')
  return [
    ...found,
    ...leftOutFindings(run, ahead),
    ...expectationFindings(context, ahead),
    ...gateFindings(run, ahead, signers, signer, io.nowMs()),
    ...obstacleFindings(run, ahead),
    ...terminalFindings(run, ahead),
    ...missingValues(run, ahead),
    ...missingPrograms(run, ahead, name => hasProgram(name, context.cwd, io.environment)),
  ]
}

/** What can never be met would fail its step for no fault of what it ran. */
function expectationFindings(context: RunContext, ahead: StepsAhead): PreflightFinding[] {
  return [...ahead.forward, ...ahead.back].flatMap(step => {
    const problem = step.expect === null ? null : expectationProblem(step.expect)
    if (problem === null) return []
    const message = `what ${step.position} ${step.title} is expected to print cannot be read as ${step.expect?.kind}: ${problem}`
    const place = { path: context.runbook.path, line: step.line, steps: [step.position] }
    return [preflightFinding('expectation-unreadable', message, 'mend it, or say another way to compare', place)]
  })
}

function terminalFindings({ context, attended }: AboutToRun, ahead: StepsAhead): PreflightFinding[] {
  if (attended) return []
  return ahead.forward
    .filter(({ script, interaction }) => script !== null && interaction === 'terminal')
    .map(step =>
      preflightFinding(
        'needs-terminal',
        `${step.position} ${step.title} asks at a terminal, and here is none`,
        'walk the run at a terminal, or record this step by hand',
        { path: context.runbook.path, line: step.line, steps: [step.position] },
      ),
    )
}
