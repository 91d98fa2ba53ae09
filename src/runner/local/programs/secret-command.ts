import { homedir } from 'node:os'
import { execa } from 'execa'

/** What came of asking a command for a secret. */
export type CommandSecret =
  | { readonly kind: 'value'; readonly value: string }
  /** Why there is none: a sentence that holds nothing of what the command printed on its standard output. */
  | { readonly kind: 'none'; readonly why: string }

/**
 * Asks a command for a secret: started without a shell, in the home folder, so that nothing of a repository decides what it
 * does; what it says on stderr is seen. It may ask at the terminal. The last line end is not part of the value.
 *
 * @param command the program and its arguments.
 * @param mostBytes of output; a command that prints more gives none.
 */
export async function askSecretCommand(
  command: readonly string[],
  options: {
    readonly environment: NodeJS.ProcessEnv
    readonly timeoutMs: number
    readonly mostBytes: number
    readonly atTerminal: boolean
  },
): Promise<CommandSecret> {
  const [program = '', ...args] = command
  const result = await execa(program, args, {
    cwd: options.environment.HOME ?? homedir(),
    env: options.environment,
    extendEnv: false,
    reject: false,
    stdin: options.atTerminal ? 'inherit' : 'ignore',
    stderr: 'inherit',
    timeout: options.timeoutMs,
    forceKillAfterDelay: 2000,
    maxBuffer: options.mostBytes,
    stripFinalNewline: true,
  })
  if (result.timedOut) return none(`it did not end within ${options.timeoutMs / 1000} s and was stopped`)
  if (result.isMaxBuffer) return none(`it printed more than ${options.mostBytes} bytes`)
  if (result.exitCode === undefined && result.signal === undefined) return none('it does not start')
  if (result.exitCode !== 0)
    return none(result.exitCode === undefined ? `it was ended by ${result.signal}` : `it ended with ${result.exitCode}`)
  return result.stdout === '' ? none('it printed nothing') : { kind: 'value', value: result.stdout }
}

function none(why: string): CommandSecret {
  return { kind: 'none', why }
}
