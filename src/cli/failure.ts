import { SignoffError } from '../model/index.ts'
import { exitCodeOfError } from './exit-codes.ts'

/**
 * The one place where what was thrown becomes words and an exit code. What we did not foresee is our bug: it keeps its
 * stack, and says so.
 */
export function reportFailure(error: unknown, write: (text: string) => void): number {
  if (error instanceof SignoffError) {
    write(`signoff: ${error.message}\n`)
    if (error.advice !== null) write(`   help: ${error.advice}\n`)
    return exitCodeOfError(error.code)
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  write(`signoff: this is our bug, please report it:\n${stack}\n`)
  write('   help: nothing that was shown is lost; "signoff resume" goes on from the journal\n')
  return exitCodeOfError('BUG')
}
