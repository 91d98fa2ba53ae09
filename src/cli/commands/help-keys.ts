import { readConfig } from '../config.ts'
import type { Io } from '../io.ts'
import { keysText } from '../render/keys-text.ts'
import { findWorkspace } from '../workspace.ts'

/** The keys of the full screen, with what the person's configuration moves. @throws {SignoffError} `CONFIG_INVALID`. */
export async function helpKeys(io: Io): Promise<string> {
  return keysText((await readConfig(findWorkspace(io.cwd), io.environment)).keys)
}
