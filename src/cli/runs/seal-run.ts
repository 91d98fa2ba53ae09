import { SignoffError } from '../../model/index.ts'
import { SEAL_NAMESPACE, sealJournal } from '../../transcript/index.ts'
import { whyUnsound } from '../keys/sound-key.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { journalPieces } from './read-past.ts'
import type { Session } from './run-session.ts'
import { writeSeal } from './transcript-files.ts'

/**
 * Signs what was recorded, after one more look at the file, and at the key: a seal is made once, and one by a key that was revoked
 * meanwhile, or was no longer valid at the end of the run, would verify nowhere. Returns the seal's identity.
 * @throws {SignoffError} `KEY_UNUSABLE`; `resume` then only seals.
 */
export async function sealRun(session: Session): Promise<string> {
  const { journal, signer, workspace, files, chain, drive } = session
  await journal.barrier()
  const signersText = (await readIfThere(workspace.signers)) ?? ''
  const nowMs = drive.snapshot().state.lastAtMs
  const why = await whyUnsound({ signer, namespace: SEAL_NAMESPACE, workspace, signersText, nowMs })
  if (why !== null)
    throw new SignoffError('KEY_UNUSABLE', `the run has ended, and is not sealed: ${why}`, {
      advice: `nothing is lost: mend the key or its line, then signoff resume ${session.context.run}, which only seals`,
    })
  const seal = await sealJournal(journalPieces(files.journal), chain, signer)
  await writeSeal(files, seal.line)
  return seal.sha256
}
