import type { ScriptReading } from '../model/index.ts'
import { environmentOf, findValues, interactionOf, readShell, riskOf, unfinishedIn } from './shell/index.ts'

/**
 * Reads a script that stands in no runbook, such as one that a person edited, by the same rules as a block of one. Only
 * placeholders are values of it: a literal is what its writer chose, and a variable is left to the shell.
 */
export function readScript(script: string): ScriptReading {
  const shell = readShell(script)
  return {
    risk: riskOf(shell),
    environment: environmentOf(shell),
    interaction: interactionOf(shell),
    slots: findValues(shell)
      .filter(({ kind }) => kind === 'placeholder')
      .map(({ name, start, end, quoting }) => ({ parameter: name, start, end, quoting })),
    unfinished: unfinishedIn(shell),
  }
}
