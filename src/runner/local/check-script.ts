import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { SignoffError } from '../../model/index.ts'
import type { ScriptOrder } from '../ports.ts'
import type { Launcher } from './launcher.ts'

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
 * @param file path for the text while bash reads it; it may be there from an earlier check.
 * @returns what the shell says, with line numbers of the runbook; null if the whole text parses.
 * @throws {SignoffError} `SHELL_MISSING`.
 */
export async function checkScript(
  order: Pick<ScriptOrder, 'script' | 'shell' | 'line'>,
  environment: Readonly<Record<string, string>>,
  launcher: Launcher,
  file: string,
): Promise<string | null> {
  // `set -n` needs a line before the script. What bash takes for no text has an answer of its own by `bash -n`.
  if (order.shell !== 'bash' || order.line < 2 || order.script.includes('\0')) return checkByItself(order, environment)
  writeFileSync(file, `${'\n'.repeat(order.line - 2)}set -n\n${order.script}`, { mode: 0o600 })
  const code = await launcher.check(file)
  if (code === null) return checkByItself(order, environment)
  return code === 0 ? null : saidOf(readFileSync(`${file}.said`, 'utf8'), file, `bash -n: exit ${code}`)
}

/** The shell is started for this check alone. */
function checkByItself(
  order: Pick<ScriptOrder, 'script' | 'shell' | 'line'>,
  environment: Readonly<Record<string, string>>,
): Promise<string | null> {
  const [command, args] = CHECKS[order.shell]
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: environment, stdio: ['pipe', 'ignore', 'pipe'] })
    const said: Buffer[] = []
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
    child.on('error', cause => reject(shellMissing(order.shell, cause)))
    child.on('close', code =>
      resolve(code === 0 ? null : saidOf(Buffer.concat(said).toString(), command, `${command} -n: exit ${code}`)),
    )
    // A shell that gives up early closes its end of the pipe; what it said about it is the answer.
    child.stdin.on('error', () => undefined)
    child.stdin.end(atLine(order.script, order.line))
  })
}

/** What a shell said, without the name it gives the text. */
function saidOf(text: string, name: string, otherwise: string): string {
  const lines = text.split('\n').map(line => {
    const rest = line.startsWith(`${name}: `) ? line.slice(name.length + 2) : line.replace(/^\S*: (?=line \d|\d+:)/, '')
    return rest
  })
  return lines.join('\n').trim() || otherwise
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
