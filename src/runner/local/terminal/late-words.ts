import { spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'

/** What it inherits it lets go of, such as the other end of a script's terminal: that has to hang up when we end. */
const PROGRAM = `
for fd in /dev/fd/*; do
  fd=\${fd##*/}
  [[ $fd == [0-2] || $fd == 255 || $fd == *[!0-9]* ]] || eval "exec $fd>&-"
done
printf %s "$1"`

/**
 * Leaves the last words to a process that waits for the terminal in our place: this one ends, and a terminal that reads again later (a
 * connection that comes back) would stay in the alternate screen, without a cursor. It waits in a write, has no session of ours
 * that could stop it, and ends once it has written or the terminal is gone.
 *
 * @param words ASCII.
 */
export function leaveToLater(path: string, words: string): void {
  // Opened anew, since whoever shares our way to it would not wait either.
  const terminal = openSync(path, constants.O_WRONLY | constants.O_NOCTTY)
  try {
    const restorer = spawn('bash', ['--noprofile', '--norc', '-c', PROGRAM, 'signoff-restores-terminal', words], {
      stdio: ['ignore', terminal, 'ignore'],
      detached: true,
      env: { PATH: process.env.PATH },
    })
    // Where no process can be started the terminal stays as it is, and `reset` helps.
    restorer.on('error', () => undefined)
    restorer.unref()
  } finally {
    closeSync(terminal)
  }
}
