import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stateUnwritable } from '../claims/claim.ts'
import { SESSION_MORE } from '../session/session-more.ts'
import { SUPERVISOR_SCRIPT } from './supervisor-script.ts'
import { TERMINAL_SUPERVISOR_SCRIPT } from './terminal-supervisor-script.ts'

/** What bash reads there. */
const FILES = {
  'supervisor.bash': SUPERVISOR_SCRIPT,
  'terminal-supervisor.bash': TERMINAL_SUPERVISOR_SCRIPT,
  'session.bash': SESSION_MORE,
} as const

/** The files of `FILES` in a state folder, and where claims lie in it. */
export function inStateFolder(stateDir: string, name: keyof typeof FILES | 'claims' | 'checked'): string {
  return join(stateDir, name)
}

/**
 * Makes the folders of a run, with mode 0700, and the files for bash.
 *
 * @returns the boot in which the folder was made.
 * @throws {SignoffError} `STATE_UNWRITABLE`.
 */
export function prepareStateFolder(stateDir: string, bootId: string): string {
  try {
    for (const folder of [stateDir, join(stateDir, 'claims'), join(stateDir, 'sessions')]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      chmodSync(folder, 0o700)
    }
    for (const [name, text] of Object.entries(FILES))
      if (readOrNull(join(stateDir, name)) !== text) writeWhole(join(stateDir, name), text)
    const boot = join(stateDir, 'boot')
    const known = readOrNull(boot)
    if (known !== null && known !== '') return known
    writeWhole(boot, bootId)
    return bootId
  } catch (error) {
    throw stateUnwritable(error)
  }
}

function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

function readOrNull(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
