import type { Io } from '../io.ts'
import { keysText } from '../render/keys-text.ts'
import { readConfig } from '../settings/config.ts'
import { findWorkspace } from '../settings/workspace.ts'

/** The keys of the full screen, with what the person's configuration moves. @throws {SignoffError} `CONFIG_INVALID`. */
export async function helpKeys(io: Io): Promise<string> {
  return keysText((await readConfig(findWorkspace(io.cwd), io.environment)).keys)
}
