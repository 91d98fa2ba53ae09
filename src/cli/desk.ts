import type { Signer } from '../transcript/index.ts'
import { SEAL_NAMESPACE } from '../transcript/index.ts'
import type { Io } from './io.ts'
import { findSigner } from './keys/signing-key.ts'
import { type Config, readConfig } from './settings/config.ts'
import { readIfThere } from './settings/read-if-there.ts'
import { findWorkspace, type Workspace } from './settings/workspace.ts'

/** The people and keys of a run, found before anything is written. */
export interface Desk {
  readonly workspace: Workspace
  readonly config: Config
  readonly signer: Signer
  readonly signersText: string
}

/** @throws {SignoffError} `KEY_MISSING` naming `signoff init`, `CONFIG_INVALID` with the place. */
export async function openDesk(folder: string, key: string | null, io: Io): Promise<Desk> {
  const workspace = findWorkspace(folder)
  const config = await readConfig(workspace, io.environment)
  const signersText = await readIfThere(workspace.signers)
  const sources = { flag: key, environment: io.environment, config, folder }
  const signer = await findSigner(sources, signersText, workspace.signers, SEAL_NAMESPACE)
  return { workspace, config, signer, signersText: signersText ?? '' }
}
