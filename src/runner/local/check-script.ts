import { spawn } from 'node:child_process'
import { SignoffError } from '../../model/index.ts'
import type { ScriptOrder } from '../ports.ts'

const CHECKS = {
  // extglob is on, because the session may have it on: without it bash would refuse what it can run.
  bash: ['bash', ['--norc', '--noprofile', '-O', 'extglob', '-n']],
  sh: ['sh', ['-n']],
  zsh: ['zsh', ['-f', '-n']],
} as const

/**
 * Has the shell read the whole script without running any of it: it runs a file command by command, so that a syntax
 * error on line 9 would come after lines 1 to 8 ran.
 *
 * @returns what the shell says, with line numbers of the runbook; null if the whole text parses.
 * @throws {SignoffError} `SHELL_MISSING`.
 */
export function checkScript(
  order: Pick<ScriptOrder, 'script' | 'shell' | 'line'>,
  environment: Readonly<Record<string, string>>,
): Promise<string | null> {
  const [command, args] = CHECKS[order.shell]
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: environment, stdio: ['pipe', 'ignore', 'pipe'] })
    const said: Buffer[] = []
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
    child.on('error', cause => reject(shellMissing(order.shell, cause)))
    child.on('close', code => {
      if (code === 0) resolve(null)
      else
        resolve(
          Buffer.concat(said)
            .toString()
            .replace(/^\S*: (?=line \d|\d+:)/gm, '')
            .trim() || `${command} -n: exit ${code}`,
        )
    })
    // A shell that gives up early closes its end of the pipe; what it said about it is the answer.
    child.stdin.on('error', () => undefined)
    child.stdin.end(atLine(order.script, order.line))
  })
}

/** Puts the script where it stands in the runbook, so that the shell's own messages carry the runbook's line numbers. */
export function atLine(script: string, line: number): string {
  return '\n'.repeat(Math.max(0, line - 1)) + script
}

export function shellMissing(shell: string, cause: unknown): SignoffError {
  return new SignoffError('SHELL_MISSING', `${shell} cannot be started: is it installed and on the PATH?`, {
    advice: `install ${shell}, or run this on a machine that has it`,
    cause,
  })
}
