import { openDesk } from '../desk.ts'
import type { Io } from '../io.ts'
import { stopScripts } from '../runs/run-place.ts'
import { findRun } from '../runs/transcript-files.ts'
import { findWorkspace, stateFolder } from '../settings/workspace.ts'

/** Stops the script that a run is running, from another terminal; the run itself goes on and asks what to do. */
export async function stop(reference: string | null, flags: { readonly key?: string }, io: Io): Promise<number> {
  const files = await findRun(findWorkspace(io.cwd).transcripts, reference)
  const desk = await openDesk(io.cwd, flags.key ?? null, io)
  const own = stateFolder(io.environment, files.run)
  const { count, others } = await stopScripts(own, files, desk.signer.principal)
  const [other] = others
  if (count > 0) io.say(`Run ${files.run}: its script was stopped`)
  else if (other === undefined) io.say(`Run ${files.run}: no script of it is running on this machine`)
  else
    io.say(
      `Run ${files.run}: its script runs under the account ${other.user} (process ${others.map(({ pid }) => pid).join(', ')}), which alone can stop it`,
    )
  return 0
}
