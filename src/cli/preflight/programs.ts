import { type Shell, type Step, shellOf } from '../../model/index.ts'
import { calledPrograms, isShellTag } from '../../parser/index.ts'
import type { RunContext } from '../../runner/index.ts'
import type { AboutToRun } from './about-to-run.ts'
import { type PreflightFinding, preflightFinding } from './finding.ts'
import type { StepsAhead } from './steps-ahead.ts'

/** Whether the machine has a program; relative paths begin in the folder in which the run starts. */
export type HasProgram = (name: string) => boolean

/**
 * Programs that the scripts and offers of the steps ahead call and this machine lacks, each once. A warning: an earlier step may
 * install it. What a script defines, or looks for by itself, is not missed.
 */
export function missingPrograms(run: AboutToRun, ahead: StepsAhead, hasProgram: HasProgram): PreflightFinding[] {
  const { context } = run
  const missing = new Map<string, { line: number; steps: string[]; onlyBack: boolean; mayCome: string | null }>()
  const shells = new Map<string, string[]>()
  const noteShell = (name: string, { position }: Step): void => {
    shells.set(name, [...(shells.get(name) ?? []), position])
  }
  const walk = (steps: readonly Step[], isBack: boolean, done: ReadonlySet<string> = new Set()): void => {
    const known = new Set<string>()
    let moved = false
    let brings: string | null = null
    for (const step of steps) {
      const isDone = done.has(step.id)
      const interpreter = isDone ? null : interpreterOf(context, step)
      if (interpreter !== null && !hasProgram(interpreter)) noteShell(interpreter, step)
      const shell = shellFor(run, step)
      for (const { text, line } of shell === null ? [] : textsOf(run, step)) {
        const needed = shell ?? 'bash'
        if (!isDone && !hasProgram(needed)) noteShell(needed, step)
        const called = calledPrograms(text, needed)
        for (const name of [...called.defines, ...called.looksFor]) known.add(name)
        if (called.moves) moved = true
        for (const { name, offset } of called.programs) {
          const isRelative = name.includes('/') && !/^[/~]/.test(name)
          if (isDone || known.has(name) || (isRelative && moved) || hasProgram(name)) continue
          const at = line + text.slice(0, offset).split('\n').length - 1
          const before = missing.get(name) ?? { line: at, steps: [], onlyBack: isBack, mayCome: brings }
          if (!before.steps.includes(step.position)) before.steps.push(step.position)
          missing.set(name, before)
        }
        if (called.mayBring) brings ??= step.position
      }
    }
  }
  walk([...ahead.done, ...ahead.forward], false, new Set(ahead.done.map(({ id }) => id)))
  walk(ahead.back, true)
  const { path } = context.runbook
  return [
    ...[...shells].map(([shell, steps]) =>
      preflightFinding(
        'shell-missing',
        `${shell} is not on the PATH, and ${called(steps, 'is')} written for it`,
        `install ${shell}`,
        {
          path,
          line: context.steps.get(idAt(context, steps[0]))?.line ?? null,
          steps: [...new Set(steps)],
        },
      ),
    ),
    ...[...missing].map(([name, { line, steps, onlyBack, mayCome }]) => {
      const where = name.includes('/') ? 'is no program here' : 'is not on the PATH'
      const way = onlyBack ? ', on the way back' : ''
      const maybe = mayCome === null ? '' : `; ${mayCome} sources a file or changes the PATH, and may bring it`
      const help = `install it before step ${steps[0]}, unless an earlier step does`
      const message = `${name} ${where}, and ${called(steps, 'calls')} it${way}${maybe}`
      return preflightFinding('command-missing', message, help, { path, line, steps })
    }),
  ]
}

/** `2.1 calls`, `2.1 and 2 more call`. */
function called(positions: readonly string[], verb: 'calls' | 'is'): string {
  const [first = '', ...rest] = [...new Set(positions)]
  const plural = verb === 'calls' ? 'call' : 'are'
  return rest.length === 0
    ? `${first} ${verb}`
    : `${first}, ${rest.slice(0, 3).join(', ')}${rest.length > 3 ? ` and ${rest.length - 3} more` : ''} ${plural}`
}

function idAt(context: RunContext, position: string | undefined): string {
  return [...context.steps.values()].find(step => step.position === position)?.id ?? ''
}

/** What runs on this machine: the script of a task, and what is offered beside a question. */
function textsOf(
  { context, state, provided }: AboutToRun,
  step: Step,
): { readonly text: string; readonly line: number }[] {
  const line = context.runbook.details.get(step.id)?.scriptLine ?? step.line
  const edited = provided.edits.get(step.id)?.script ?? state.steps.get(step.id)?.edited?.script ?? null
  if (edited !== null) return [{ text: edited, line }]
  const texts = [step.script, step.offer === step.script ? null : step.offer, step.probe?.script ?? null]
  return texts.flatMap(text => (text === null ? [] : [{ text, line: text === step.script ? line : step.line }]))
}

/** The program that the configuration names for the language of a step; null where a shell runs it. */
function interpreterOf(context: RunContext, step: Step): string | null {
  return step.kind === 'task' ? (context.interpreters[step.language ?? '']?.[0] ?? null) : null
}

/** Null for what no shell of this machine reads: another machine, another language. An offer is shell, whatever stands around it. */
function shellFor({ context }: AboutToRun, step: Step): Shell | null {
  if (step.interaction === 'remote') return null
  const isShell = step.language === null || step.script === null || isShellTag(step.language)
  return isShell ? shellOf(step, context.runbook.details.get(step.id)) : null
}
