import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { SignoffError } from '../../../model/index.ts'
import type { ScriptOrder } from '../../ports.ts'
import type { Launcher } from './launcher.ts'

const CHECKS = {
  bash: ['bash', ['--norc', '--noprofile', '-n']],
  sh: ['sh', ['-n']],
  zsh: ['zsh', ['-f', '-n']],
} as const

/** What is read of an order, and whether its session has extended patterns on, as far as that is known. */
export type Checked = Pick<ScriptOrder, 'script' | 'shell' | 'interpreter' | 'line'> & { readonly extglob: boolean }

/**
 * Has the shell read the whole script without running any of it: it runs a file command by command, so that a syntax
 * error on line 9 would come after lines 1 to 8 ran.
 *
 * @param file path for the text while bash reads it; it may be there from an earlier check.
 * @returns what the shell says, with line numbers of the runbook; null if the whole text parses.
 * @throws {SignoffError} `SHELL_MISSING`.
 */
export async function checkScript(
  order: Checked,
  environment: Readonly<Record<string, string>>,
  launcher: Launcher,
  file: string,
): Promise<string | null> {
  if (order.interpreter != null) return checkProgram(order.interpreter, order, environment)
  // `set -n` needs a line before the script. What bash takes for no text has an answer of its own by `bash -n`.
  if (order.shell !== 'bash' || order.line < 2 || order.script.includes('\0'))
    return checkByItself(order, environment, file)
  const patterns = `shopt -${order.extglob || mayExtend(order.script) ? 's' : 'u'} extglob`
  writeAnew(file, `${'\n'.repeat(order.line - 2)}${patterns}; set -n\n${order.script}`)
  const code = await launcher.check(file)
  if (code === null) return checkByItself(order, environment, file)
  return code === 0 ? null : saidOf(readFileSync(`${file}.said`, 'utf8'), file, `bash -n: exit ${code}`)
}

/** The shell is started for this check alone. */
function checkByItself(
  order: Checked,
  environment: Readonly<Record<string, string>>,
  file: string,
): Promise<string | null> {
  const [command, rest] = CHECKS[order.shell]
  const args = order.shell === 'bash' && (order.extglob || mayExtend(order.script)) ? ['-O', 'extglob', ...rest] : rest
  // From a file, since zsh names no line of what it reads from a pipe.
  writeAnew(file, atLine(order.script, order.line))
  return readBy(command, [...args, file], '', environment, file)
}

/**
 * Whether a script may itself switch extended patterns on before it comes to them, be it by a file that it reads: bash would refuse
 * what it can run. Where it does not and its session has not, `rm !(keep)` is refused here, and not after the lines before it ran.
 */
function mayExtend(script: string): boolean {
  return /\bextglob\b|(?:^|[;&|({]|\bthen|\bdo)\s*(?:\.|source|eval)\s/m.test(script)
}

/** Another file each time: some file systems (ext4) put on the disk at once what is written into a file that was emptied. */
function writeAnew(file: string, text: string): void {
  rmSync(file, { force: true })
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
}

/** Compiles, and neither runs nor writes anything; `-I` keeps what lies in the working directory out of it. */
const PYTHON_CHECK = `
import sys
try:
    compile(sys.stdin.buffer.read(), 'script', 'exec', dont_inherit=True)
except (SyntaxError, ValueError) as error:
    sys.exit('line %s: %s' % (getattr(error, 'lineno', '?'), getattr(error, 'msg', error)))
`

/**
 * Has the interpreter that a configuration names read the text, where we know how it does so without running any of it. Of every
 * other one it is only seen whether it can be started at all.
 *
 * @returns also that it cannot be started: the step is then still there to be done by hand.
 */
async function checkProgram(
  interpreter: readonly string[],
  order: Pick<ScriptOrder, 'script' | 'line'>,
  environment: Readonly<Record<string, string>>,
): Promise<string | null> {
  const [program = ''] = interpreter
  const name = program.split('/').at(-1) ?? ''
  const text = atLine(order.script, lineOf(order))
  try {
    if (/^python[\d.]*$/.test(name)) return await readBy(program, ['-I', '-c', PYTHON_CHECK], text, environment)
    if (/^node(?:js)?$/.test(name)) return await readBy(program, ['--check', '-'], text, environment)
    const found = await readBy('bash', ['-p', '-c', 'command -v -- "$1" >/dev/null', 'bash', program], '', environment)
    return found === null ? null : shellMissing(program, null).message
  } catch (error) {
    if (error instanceof SignoffError && error.code === 'SHELL_MISSING') return error.message
    throw error
  }
}

/** A `#!` line is one for some interpreters only where it stands first. */
export function lineOf(order: Pick<ScriptOrder, 'script' | 'line'>): number {
  return order.script.startsWith('#!') ? 1 : order.line
}

function readBy(
  command: string,
  args: readonly string[],
  text: string,
  environment: Readonly<Record<string, string>>,
  name = command,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: environment, stdio: ['pipe', 'ignore', 'pipe'] })
    const said: Buffer[] = []
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
    child.on('error', cause => reject(shellMissing(command, cause)))
    child.on('close', code =>
      resolve(code === 0 ? null : saidOf(Buffer.concat(said).toString(), name, `${command} -n: exit ${code}`)),
    )
    // A shell that gives up early closes its end of the pipe; what it said about it is the answer.
    child.stdin.on('error', () => undefined)
    child.stdin.end(text)
  })
}

/** What a shell said, without the name it gives the text. */
function saidOf(text: string, name: string, otherwise: string): string {
  const lines = text.split('\n').map(line => {
    for (const before of [`${name}: `, `${name}:`]) if (line.startsWith(before)) return line.slice(before.length)
    return line.replace(/^\S*: (?=line \d|\d+:)/, '')
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
