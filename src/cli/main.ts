import { isatty } from 'node:tty'
import type { Io } from './io.ts'
import { closeLostTerminals, dropWhenLost } from './lost-terminal.ts'

/** The program: arguments in, exit code out. The only place that touches the process. */
export async function main(args: readonly string[]): Promise<void> {
  const io = processIo()
  const terminals = [0, 1, 2].filter(file => isatty(file))
  // A limit on the size of files is then a write that fails, and is said, instead of the end without a word.
  process.on('SIGXFSZ', () => undefined)
  try {
    process.exitCode = await dispatch(args, io)
  } catch (error) {
    // Messages hold names of files, titles and answers. Loaded only here, since a program that works has no use for it.
    const [{ safeText }, { reportFailure }] = await Promise.all([import('./safe-text.ts'), import('./failure.ts')])
    process.exitCode = reportFailure(error, text => process.stderr.write(safeText(text)))
  }
  closeLostTerminals(terminals)
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
    const { VERSION } = await import('./version.ts')
    io.write(`${VERSION}\n`)
    return 0
  }
  const { runProgram } = await import('./arguments/program.ts')
  return runProgram(args, io)
}

function processIo(): Io {
  // Asked of the descriptor: Node makes a stream of standard input for whoever only looks at it.
  const interactive = isatty(0) && isatty(2)
  // A reader that goes away (`signoff plan | head`) is no failure of ours.
  const gone = new AbortController()
  /** A failure that whoever wrote has been told of. */
  let told: Error | null = null
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error !== told && !gone.signal.aborted) tellUnwritten(error)
    gone.abort()
  })
  dropWhenLost(process.stderr)
  const ask = async (question: string): Promise<string> => {
    if (!interactive) return ''
    const { createInterface } = await import('node:readline/promises')
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return await lines.question(question)
    } finally {
      lines.close()
    }
  }
  return {
    environment: ownEnvironment(),
    cwd: process.cwd(),
    write: text => {
      process.stdout.write(text)
    },
    pour: piece =>
      new Promise((resolve, reject) => {
        process.stdout.write(piece, (error?: NodeJS.ErrnoException | null) => {
          if (error == null || error.code === 'EPIPE' || gone.signal.aborted) return resolve()
          told = error
          void unwritable(error).then(reject)
        })
      }),
    say: line => {
      process.stderr.write(`${line}\n`)
    },
    interactive,
    ask,
    confirm: async question => /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim()),
    nowMs: Date.now,
    gone: gone.signal,
  }
}

/** What was to be said is not all there: that is told once, and the end is never that all went well. */
function tellUnwritten({ message }: Error): void {
  process.stderr.write(`signoff: standard output could not be written: ${message}\n`)
  process.once('exit', code => {
    if (code === 0) process.exitCode = UNWRITTEN
  })
}

/** As that of `STATE_UNWRITABLE`, whose table is not loaded for it. */
const UNWRITTEN = 74

async function unwritable(cause: Error): Promise<Error> {
  const { SignoffError } = await import('../model/index.ts')
  return new SignoffError('STATE_UNWRITABLE', `standard output could not be written: ${cause.message}`, { cause })
}

/**
 * The environment as it was given, for scripts and for our own decisions. Where it holds both `NO_COLOR` and `FORCE_COLOR`, Node
 * itself would print a warning about that, into whatever screen there is: it sees only one of them.
 */
function ownEnvironment(): NodeJS.ProcessEnv {
  const given = { ...process.env }
  if ((given.NO_COLOR ?? '') !== '' && given.FORCE_COLOR !== undefined) delete process.env.FORCE_COLOR
  return given
}
