import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { World } from '../helpers/world/index.ts'
import type { CliResult } from '../helpers/world/signoff.ts'

/**
 * A walk that nobody attends, through one gate that two people open: one beside it, one who has a clone of their own and
 * was sent the request.
 */
export interface GatedWalk {
  readonly run: CliResult
  /** Command lines recorded by the time the run stopped at its gate. */
  readonly beforeTheGate: readonly string[]
  readonly firstApproval: CliResult
  /** `resume` with one approval of two. */
  readonly early: CliResult
  readonly secondApproval: CliResult
  readonly resumed: CliResult
}

/**
 * @param given.flags what both `run` and `resume` are given: answers and secrets.
 * @param given.gate position of the gate.
 */
export async function walkThroughGate(
  world: World,
  given: {
    readonly runbook: string
    readonly release: string
    readonly gate: string
    readonly flags: readonly string[]
  },
): Promise<GatedWalk> {
  const [first, second] = [...world.approvers.values()]
  if (first === undefined || second === undefined) throw new Error('this walk needs two approvers')
  const { runbook, release, gate, flags } = given
  const run = await world.signoff(['run', runbook, '--release', release, ...flags])
  // Without a pause at the gate there is nothing to go on with: what the command said is all there is to see.
  const begun = existsSync(join(world.repository.clone, '.signoff', 'transcripts', release))
  if (run.exitCode !== 20 || !begun)
    throw new Error(`run did not pause at its gate, exit ${run.exitCode}:\n${run.stderr}`)
  const beforeTheGate = world.programs.commandLines()
  const id = world.transcript(release).run

  const firstApproval = await world.signoffAs(first, ['approve', id, gate, '--go'])
  const early = await world.signoff(['resume', id, ...flags])

  const away = join(world.root, 'away')
  await world.repository.originGit('clone', '--quiet', world.repository.origin, away)
  const inbox = join(world.repository.clone, '.signoff', 'inbox', id)
  const [request] = (existsSync(inbox) ? readdirSync(inbox) : []).filter(name => name.endsWith('.request.json'))
  if (request === undefined) throw new Error(`no request in ${inbox}: ${run.stderr.slice(-2500)}\n${early.stderr}`)
  copyFileSync(join(inbox, request), join(away, 'request.json'))
  const answer = join(away, 'approval.json')
  const secondApproval = await world.signoffAs(second, ['approve', 'request.json', '--go', '--out', answer], away)
  const resumed = await world.signoff(['resume', id, '--approval', answer, ...flags])
  return { run, beforeTheGate, firstApproval, early, secondApproval, resumed }
}
