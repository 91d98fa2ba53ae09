import type { Runbook } from '../../model/index.ts'
import { stepsOf } from '../../model/index.ts'
import { cleanText } from '../text/clean.ts'

/** What a front end that holds the terminal answers to: a script asks for it, and brings it back. */
export interface Lending {
  /** Resolves once the front end neither draws nor reads keys. */
  letGo(handover: { readonly step: string; readonly recorded: boolean }): Promise<void>
  takeBack(): Promise<void>
}

/** What is said before a script gets the terminal. */
export function handoverText(runbook: Runbook, step: string, recorded: boolean): string {
  const position = stepsOf(runbook).find(({ id }) => id === step)?.position ?? step
  const kept = recorded
    ? 'What it shows is recorded; what you type is recorded only where it is echoed.'
    : 'It is not recorded.'
  return cleanText(`Step ${position} has the terminal until it ends. ${kept}`)
}
