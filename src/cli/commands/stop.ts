import { stopRunning } from '../../runner/local/index.ts'
import { openDesk } from '../desk.ts'
import type { Io } from '../io.ts'
import { findRun } from '../transcript-files.ts'
import { findWorkspace, stateFolder } from '../workspace.ts'

/** Stops the script that a run is running, from another terminal; the run itself goes on and asks what to do. */
export async function stop(reference: string | null, flags: { readonly key?: string }, io: Io): Promise<number> {
  const files = await findRun(findWorkspace(io.cwd).transcripts, reference)
  const desk = await openDesk(io.cwd, flags.key ?? null, io)
  const stopped = await stopRunning(stateFolder(io.environment, files.run), desk.signer.principal)
  io.say(
    stopped === 0
      ? `Run ${files.run}: no script of it is running on this machine`
      : `Run ${files.run}: its script was stopped`,
  )
  return 0
}
