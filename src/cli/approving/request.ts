import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SignoffError } from '../../model/index.ts'
import { type CheckedRequest, readApprovalRequest } from '../../transcript/index.ts'
import { readArriving } from '../inbox/arriving-file.ts'
import { requestName } from '../inbox/requests.ts'
import { findRun } from '../runs/transcript-files.ts'
import { findWorkspace, type Workspace, workspaceAt } from '../settings/workspace.ts'

const REQUEST = '.request.json'

/** The request that an approver is about to answer, and what of the run's surroundings is at hand. */
export interface FoundRequest {
  readonly path: string
  readonly checked: CheckedRequest
  /** The workspace whose inbox it lies in, else that of the working directory: it may be another machine's, and hold nothing. */
  readonly workspace: Workspace
  /** Position of its gate, as people name it. */
  readonly position: string
}

/**
 * Finds and reads the request that is meant: a file, wherever it was carried, or the gate of a run that waits here.
 * @throws {SignoffError} `RUN_NOT_FOUND`, `USAGE` where it is not clear which is meant, `REQUEST_OVER` where none waits any more,
 * `JOURNAL_INVALID` for one that cannot be trusted.
 */
export async function findRequest(reference: string, gate: string | null, cwd: string): Promise<FoundRequest> {
  const there = await stat(reference).catch(() => null)
  if (there?.isFile() === true) {
    // A link that one names oneself is followed, to where it leads now.
    const path = await realpath(reference)
    const found = await readRequest(path, workspaceOf(path, cwd))
    if (gate === null || requestName(gate) === requestName(found.position)) return found
    throw new SignoffError('USAGE', `${reference} asks for the gate ${found.position}, and not for ${gate}`)
  }
  // An id holds neither: what looks like a file and is not there is not looked for among the runs.
  if (there === null && /[/.]/.test(reference))
    throw new SignoffError('USAGE', `${reference}: there is no such request file`)
  const workspace = findWorkspace(cwd)
  const { run } = await findRun(workspace.transcripts, reference)
  const folder = join(workspace.inbox, run)
  const requests = (await readdir(folder).catch(() => [])).filter(name => name.endsWith(REQUEST))
  const fitting = fittingOf(requests, gate)
  const [only] = fitting
  if (only === undefined || fitting.length > 1) throw unclear(run, gate, folder, requests)
  const found = await readRequest(join(folder, only), workspace)
  if (found.checked.start.run !== run)
    throw new SignoffError('REQUEST_OVER', `${found.path} is a request of the run ${found.checked.start.run}`, {
      advice: 'it was put there by somebody: sign nothing, and ask the operator',
    })
  return found
}

/** Name of the answers to a request: what follows it says by which key. */
export function answerName(path: string): string {
  return basename(path)
    .replace(/\.request\.json$/, '')
    .replace(/[^\w.-]/g, '_')
}

async function readRequest(path: string, workspace: Workspace): Promise<FoundRequest> {
  const checked = await readApprovalRequest(await textOf(path))
  const { step } = checked.gate.event
  return { path, checked, workspace, position: checked.state.steps.get(step)?.planned.position ?? step }
}

/** A request holds the journal so far. More than this no approver reads. */
const REQUEST_BYTES = 256 * 1024 * 1024

/** Others may write to an inbox: no link is followed there, and nothing is waited for. */
async function textOf(path: string): Promise<string> {
  try {
    return (await readArriving(path, REQUEST_BYTES)).text
  } catch (error) {
    throw new SignoffError(
      'JOURNAL_INVALID',
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error, advice: 'ask the operator for a new request file; sign nothing' },
    )
  }
}

/** `.signoff/inbox/<run>/x.request.json` lies in a workspace of its own, whatever folder one stands in. */
function workspaceOf(path: string, cwd: string): Workspace {
  const inbox = dirname(dirname(path))
  const root = dirname(inbox)
  return basename(inbox) === 'inbox' && basename(root) === '.signoff' ? workspaceAt(root) : findWorkspace(cwd)
}

/** By its position, else by one above it: `3` stands for the only gate of phase 3. */
function fittingOf(requests: readonly string[], gate: string | null): readonly string[] {
  if (gate === null) return requests
  const exact = `${requestName(gate)}${REQUEST}`
  return requests.includes(exact) ? [exact] : requests.filter(name => name.startsWith(`${requestName(gate)}.`))
}

function unclear(run: string, gate: string | null, folder: string, requests: readonly string[]): SignoffError {
  const advice =
    requests.length === 0
      ? `a request appears in ${folder} when the run reaches a gate, and goes once that is answered; signoff status ${run}`
      : `these do: ${requests.join(', ')}`
  return gate === null && requests.length > 0
    ? new SignoffError('USAGE', `more than one gate of run ${run} asks for approval: say which`, { advice })
    : new SignoffError(
        'REQUEST_OVER',
        `no gate ${gate === null ? '' : `${gate} `}of run ${run} asks for approval now`,
        {
          advice,
        },
      )
}
