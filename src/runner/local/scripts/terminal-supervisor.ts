import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { PtyPair } from '../terminal/pty-pair.ts'
import { shellMissing } from './check-script.ts'
import type { TerminalStart } from './terminal-session.ts'

/** The environment of a script in a terminal: its size is asked of the terminal, and changes. */
function withoutSize(environment: Readonly<Record<string, string>>): Record<string, string> {
  const { LINES, COLUMNS, ...rest } = environment
  return rest
}

/** Starts the supervisor in the script's terminal, or, without a pair, in the person's. @throws {SignoffError} `SHELL_MISSING`. */
export async function startSupervisor(
  { terminal, script, command, environment }: TerminalStart,
  pair: PtyPair | null,
): Promise<ChildProcess> {
  const env = withoutSize(environment)
  const own = pair === null ? openSync(terminal.path, constants.O_RDWR | constants.O_NOCTTY) : null
  try {
    const supervisor =
      pair === null
        ? // In our own session, since the terminal is that session's. Were this supervisor killed, nobody would give the terminal
          // back to us; so it is a job of another shell, which does so whatever becomes of its jobs.
          spawn('bash', ['-mpc', 'exec 2>/dev/null; (exec bash -mp "$@" 2>&1); exit', 'bash', script, ...command], {
            cwd: '/',
            env,
            stdio: [own, own, own, 'pipe'],
          })
        : // Opening a terminal makes it the one of a session that has none.
          spawn('bash', ['-pc', 'exec 0<>"$0" 1>&0 2>&0; exec bash -mp "$@"', pair.path, script, ...command], {
            cwd: '/',
            env,
            detached: true,
            stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
          })
    if (supervisor.pid === undefined)
      throw shellMissing('bash', await new Promise(resolve => supervisor.once('error', resolve)))
    supervisor.unref()
    return supervisor
  } finally {
    if (own !== null) closeSync(own)
  }
}

/** The other end of descriptor 3 of the supervisor. */
export function wireOf(supervisor: ChildProcess): Socket {
  const wire = supervisor.stdio[3] as unknown as Socket // made as a pipe: a socket, which goes both ways
  // The supervisor may be gone before we answer it.
  wire.on('error', () => undefined)
  return wire
}

/** Resolves when the supervisor says that the script has ended, or is gone itself. */
export function scriptEnded(supervisor: ChildProcess, wire: Socket): Promise<void> {
  return new Promise(resolve => {
    wire.once('data', () => resolve())
    wire.once('close', () => resolve())
    supervisor.once('exit', () => resolve())
  })
}

export function exited(supervisor: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (supervisor.exitCode !== null || supervisor.signalCode !== null) resolve()
    else supervisor.once('exit', () => resolve())
  })
}
