import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunbookFile, Selection } from '../../runner/index.ts'
import { runbookFile } from '../../runner/local/index.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { walksRecoveryOnly } from './run-context.ts'

/** Where the runbook lay: the journal only knows its path in the repository, if it was in one. */
const PLACE_FILE = 'runbook-path'

/** Writes down for this user where the runbook of a run lies. */
export async function keepPlace(stateDir: string, path: string): Promise<void> {
  await writeFile(join(stateDir, PLACE_FILE), path, { mode: 0o600 })
}

/** `known` is false where nobody wrote it down for this user: then it is a guess. */
export async function whereItWas(
  stateDir: string,
  fallback: string,
): Promise<{ readonly path: string; readonly known: boolean }> {
  const written = await readIfThere(join(stateDir, PLACE_FILE))
  return { path: written ?? fallback, known: written !== null }
}

/** The file to look at. What leads back from a sealed run walks the text of that run, whatever has become of the file since. */
export function fileOf(selection: Selection, path: string, sha256: string, known: boolean): RunbookFile {
  return walksRecoveryOnly(selection) ? { look: async () => null } : runbookFile(path, sha256, known)
}
