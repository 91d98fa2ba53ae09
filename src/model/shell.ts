import type { Step } from './plan.ts'
import type { Shell, StepDetail } from './runbook.ts'

/**
 * The shell that runs the script of a step. The tag `sh` of a fence names none: it is how Markdown says "shell", and only bash
 * hands its variables and its folder to the next block. What is to run in `sh` says so in the front matter.
 */
export function shellOf(step: Pick<Step, 'language'>, detail: Pick<StepDetail, 'shell'> | undefined): Shell {
  return step.language === 'zsh' ? 'zsh' : (detail?.shell ?? 'bash')
}

/** By what a script is said to be read: its shell, or the language of the block. */
export function readBy(step: Pick<Step, 'language'>, detail: Pick<StepDetail, 'shell'> | undefined): string {
  return step.language === null || step.language === 'sh' ? shellOf(step, detail) : step.language
}
