import { homedir } from 'node:os'
import { execa } from 'execa'

const MOST_MS = 10_000

/**
 * Starts the person's own command that tells them elsewhere, such as in a chat, with the text as its last argument. Nobody waits for it, and
 * what becomes of it disturbs nobody: it is stopped after 10 s.
 */
export function notifyPerson(command: readonly string[], text: string, environment: NodeJS.ProcessEnv): void {
  const [program = '', ...args] = command
  const child = execa(program, [...args, text], {
    cwd: environment.HOME ?? homedir(),
    env: environment,
    extendEnv: false,
    stdio: 'ignore',
    timeout: MOST_MS,
    forceKillAfterDelay: 1000,
    reject: false,
  })
  // A walk that is over must not wait for it.
  child.nodeChildProcess.unref()
}
