import type { EventOf, RunEvent, RunState } from '../../model/index.ts'
import type { Finding } from './verify-report.ts'

/** What says which order of a script an event belongs to. */
interface Ordered {
  readonly kind: string
  readonly step: string
  readonly attempt: number
}

export interface OrderCheck {
  /** Takes every event but output that was read by bytes, with the run as it stood before it. */
  add(event: RunEvent, line: number, before: RunState): void
  /** Takes a chunk of output, however it was read. */
  addOutput(chunk: Ordered, line: number, before: RunState): void
  readonly findings: readonly Finding[]
  /** Outcomes without the digest of what was printed: of a copy, that line may be withheld. */
  readonly undigested: readonly Finding[]
}

/**
 * Holds the record of scripts to its promise: an order starts at most once, one script after the other, and its outcome is recorded once.
 * Nothing is the output of a script that does not run, or that has said all it had to say.
 */
export function createOrderCheck(): OrderCheck {
  const findings: Finding[] = []
  const undigested: Finding[] = []
  /** What was found of a chunk stands for all that follow it: they are millions. */
  let said = ''
  const found = (message: string, line: number): void => {
    if (message !== said) findings.push(policy(message, line))
    said = message
  }
  const check: OrderCheck = {
    add(event, line, before) {
      switch (event.kind) {
        case 'step.start': {
          const problem = whyNotStarted(event, before)
          if (problem !== null) found(`${nameOf(event)} was started ${problem}`, line)
          return
        }
        case 'output':
          return check.addOutput(event, line, before)
        case 'output.end':
          if (!isRunning(event, before)) found(`${nameOf(event)} was not running when its output ended`, line)
          else if (hasSaidAll(before)) found(`the output of ${nameOf(event)} ended twice`, line)
          return
        case 'step.end':
          if (!isRunning(event, before)) found(`${nameOf(event)} was not running when its outcome was recorded`, line)
          // Nobody saw the end of what is unknown, nor that of its output.
          else if (event.outcome !== 'unknown' && !hasSaidAll(before))
            undigested.push(policy(`${nameOf(event)} ended without the digest of its output`, line))
          return
        case 'run.end':
          if (before.running !== null)
            found(`the run ended before the outcome of ${nameOf(before.running)} was recorded`, line)
          return
        default:
          return
      }
    },
    addOutput(chunk, line, before) {
      if (chunk.kind !== 'output') return
      if (!isRunning(chunk, before)) found(`${nameOf(chunk)} was not running when it printed something`, line)
      else if (hasSaidAll(before)) found(`${nameOf(chunk)} printed something behind the end of its output`, line)
    },
    findings,
    undigested,
  }
  return check
}

function whyNotStarted({ step, attempt }: EventOf<'step.start'>, { running, steps }: RunState): string | null {
  if (running !== null) return `before the outcome of ${nameOf(running)} was recorded`
  const last = steps.get(step)?.attempts ?? 0
  return attempt > last ? null : `although attempt ${last} had been`
}

function isRunning({ step, attempt }: Omit<Ordered, 'kind'>, { running }: RunState): boolean {
  return running?.step === step && running.attempt === attempt
}

function hasSaidAll({ running }: RunState): boolean {
  return running?.told.has('output.end') === true
}

function nameOf({ step, attempt }: Omit<Ordered, 'kind'>): string {
  return `attempt ${attempt} of ${step}`
}

function policy(message: string, line: number): Finding {
  return { check: 'policy', exit: 6, message, line }
}
