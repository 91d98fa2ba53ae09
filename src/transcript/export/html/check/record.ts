import { field, readJson, text } from './envelope.ts'
import { broken, type Finding } from './finding.ts'
import type { JournalCheck } from './journal.ts'
import { kindOf } from './statements.ts'

/** What may begin or end a step of one kind alone. */
const OF_ONE_KIND: Readonly<Record<string, string>> = {
  choice: 'choice',
  form: 'form',
  'wait.start': 'wait',
  'wait.end': 'wait',
  'approval.request': 'gate',
  'gate.end': 'gate',
}

/** Kinds that stand before the line of a process that goes on: all of them name the line that was found last. */
const OPENING: ReadonlySet<string> = new Set(['run.plan', 'writer.changed'])

/**
 * What can be seen line by line of a record that no writer makes: steps that end as others do, gates that nobody decided, scripts that
 * start or end twice, and a result that the lines do not come to.
 */
export function checkRecord({ lines, leaves, withheld }: JournalCheck): Finding[] {
  const findings: Finding[] = []
  const scripts = createScripts()
  const story = createStory()
  const kinds = new Map<string, string>()
  const answeredNo = new Set<string>()
  /** Number of the first of the opening lines that stand just before. */
  let opening: number | null = null
  for (const [seq, line] of lines.entries()) {
    const kind = kindOf(line)
    if (kind === null) {
      // A withheld line may be one of the opening ones.
      opening ??= seq
      continue
    }
    if (kind === 'output.late') continue
    const event = readJson(line)
    const step = text(event, 'step')
    const found = (what: string, why: string | null) => {
      if (why !== null) findings.push(broken(`${what} on line ${seq + 1}`, why))
    }
    // Of a copy a line that is missed may be one that is withheld.
    if (withheld.length === 0) {
      found('Script', scripts(kind, event))
      found('End', story(kind, event))
    }
    if (kind === 'output') continue
    if (kind === 'run.plan')
      for (const one of listOf(field(event, 'steps'))) kinds.set(text(one, 'id'), text(one, 'kind'))
    if (kind === 'condition')
      for (const one of listOf(field(event, 'steps')))
        if (text(event, 'answer') === 'no') answeredNo.add(String(one))
        else answeredNo.delete(String(one))
    const due = OF_ONE_KIND[kind]
    // Without the plan it cannot be told.
    const isKnown = withheld.length === 0 || kinds.has(step)
    if (due !== undefined && isKnown && kinds.get(step) !== due) found('Step', `it has a ${kind}, and is no ${due}`)
    if (kinds.get(step) === 'gate') {
      found('Gate', passedBy(kind, event, withheld.length === 0 ? answeredNo : null))
      if (kind === 'step.skip')
        findings.push({
          verdict: 'not-checked',
          what: `Gate on line ${seq + 1}`,
          detail: `it was left out by an answer, and whether the runbook lets it is "signoff verify"'s to say`,
        })
    }
    const head = field(event, 'head')
    if (typeof head === 'string' && !leaves.slice((opening ?? seq) - 1, seq).includes(head))
      found('Operator', 'it goes on behind another line than it says')
    opening = OPENING.has(kind) ? (opening ?? seq) : null
  }
  return findings
}

/**
 * Why a gate cannot have been passed so; null for what decides no gate, or may.
 * @param answeredNo null where the line of an answer may be withheld.
 */
function passedBy(kind: string, event: unknown, answeredNo: ReadonlySet<string> | null): string | null {
  if (kind === 'step.decide')
    return ['rerun', 'stop'].includes(text(event, 'choice')) ? null : 'its operator decided on it'
  if (kind !== 'step.skip') return null
  const why = text(event, 'why')
  if (why === 'condition')
    return answeredNo?.has(text(event, 'step')) !== false ? null : 'nobody said no to its condition'
  return why === 'other-option' ? null : 'it was left out by a word'
}

/** Takes line after line, and says why a script cannot have started, printed or ended so. */
function createScripts(): (kind: string, event: unknown) => string | null {
  const attempts = new Map<string, number>()
  let running: string | null = null
  let isTold = false
  return (kind, event) => {
    const order = JSON.stringify([field(event, 'step'), field(event, 'attempt')])
    switch (kind) {
      case 'step.start': {
        const attempt = Number(field(event, 'attempt'))
        const isAgain = attempt <= (attempts.get(text(event, 'step')) ?? 0)
        const isBeside = running !== null
        attempts.set(text(event, 'step'), attempt)
        running = order
        isTold = false
        return isBeside ? 'it started beside another' : isAgain ? 'it started twice' : null
      }
      case 'output':
      case 'output.end': {
        const wasTold = isTold
        if (running === order && kind === 'output.end') isTold = true
        return running !== order ? 'it does not run' : wasTold ? 'it had said all it had to say' : null
      }
      case 'step.end': {
        const wasRunning = running === order
        const isWhole = isTold || text(event, 'outcome') === 'unknown'
        running = null
        return !wasRunning ? 'it does not run' : isWhole ? null : 'there is no digest of its output'
      }
      case 'run.end':
        return running === null ? null : 'its outcome is not on record'
      default:
        return null
    }
  }
}

/** Takes line after line, and says of the last one why the run cannot have ended so. */
function createStory(): (kind: string, event: unknown) => string | null {
  let isAborted = false
  let isStopped = false
  let isNoGo = false
  /** How the way back ended; empty while it is walked, null where there is none. */
  let back: string | null = null
  return (kind, event) => {
    if (kind === 'run.abort') isAborted = true
    if (kind === 'step.decide' && text(event, 'choice') === 'stop') isStopped = true
    if (kind === 'gate.end' && text(event, 'decision') === 'no-go') isNoGo = true
    if (kind === 'rollback.start') back = ''
    if (kind === 'rollback.end') {
      const isDone = listOf(field(event, 'failed')).length === 0
      const wasWalked = back === ''
      back = text(event, 'result')
      return wasWalked && isDone === (back === 'complete') ? null : 'the way back did not come to that'
    }
    if (kind !== 'run.end') return null
    const may: Readonly<Record<string, boolean>> = {
      passed: !isAborted && !isStopped && back === null,
      partial: !isAborted && !isStopped && back === null,
      failed: isStopped,
      aborted: isAborted,
      'no-go': isNoGo,
      'rolled-back': back === 'complete',
      'rollback-incomplete': back === 'incomplete',
    }
    return may[text(event, 'result')] === true ? null : 'the lines do not come to that result'
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
