import { runInNewContext } from 'node:vm'

/** Longer than this no screen may stand still, and no honest pattern takes. */
const LIMIT_MS = 1000

/**
 * Whether a pattern of a runbook's author is found in a script's output. Some patterns take for ever on some texts: the limit is that of
 * the engine itself, which it keeps in the middle of a match. It is no sandbox, and needs none: only a pattern goes in.
 *
 * @returns null where it took longer than a second.
 * @throws {SyntaxError} where it is no pattern.
 */
export function matchesInTime(pattern: string, text: string): boolean | null {
  const expression = new RegExp(pattern, 'm')
  try {
    return runInNewContext('expression.test(text)', { expression, text }, { timeout: LIMIT_MS }) === true
  } catch (error) {
    // It may be an error of the other context, which is no instance of our own class.
    const code: unknown = error !== null && typeof error === 'object' ? Reflect.get(error, 'code') : undefined
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return null
    throw error
  }
}
