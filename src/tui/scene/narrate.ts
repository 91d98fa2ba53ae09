import type { Entry, EventOf, Observed, Runbook, RunEvent, Snapshot } from '../../model/index.ts'
import {
  countSteps,
  DECIDED,
  interpretersText,
  LEFT_OUT,
  runChangeText,
  signedReason,
  WHY_REFUSED,
} from '../../model/index.ts'
import { cleanText } from '../text/clean.ts'
import { counted } from '../text/counting.ts'
import { clockText, deadlineText, spokenDuration } from '../text/time-text.ts'
import { standingOfGate, standingText } from './approvals.ts'

/**
 * One sentence for an event, as plain mode and an unattended run say it: the message first, the time last, no symbol
 * without its word. Null for what is not said, such as output. Cleaned, without a newline.
 */
export function sentenceFor(entry: Entry, snapshot: Snapshot, runbook: Pick<Runbook, 'title'>): string | null {
  const sentence = sentenceOf(entry, snapshot, runbook)
  return sentence === null ? null : `${sentence} ${clockText(entry.atMs)}`
}

/** The same without its time. */
export function sentenceOf(
  entry: Entry,
  { state }: Pick<Snapshot, 'state'>,
  runbook: Pick<Runbook, 'title'>,
): string | null {
  const sentence = SENTENCES[entry.event.kind]?.(entry.event as never, { snapshot: { state }, runbook })
  return sentence === undefined || sentence === null ? null : cleanText(sentence)
}

interface Told {
  readonly snapshot: Pick<Snapshot, 'state'>
  readonly runbook: Pick<Runbook, 'title'>
}
type Sentences = { readonly [K in RunEvent['kind']]?: (event: EventOf<K>, told: Told) => string | null }

const SENTENCES: Sentences = {
  'run.start': (event, { runbook }) =>
    `Run ${event.run.slice(0, 13)} of "${runbook.title}", release ${event.release}, ${event.env === null ? 'no environment' : `environment ${event.env}`}, operated by ${event.operator.principal}.`,
  param: event =>
    event.masked ? `Value ${event.name} given, hidden.` : `Value ${event.name} is ${event.value ?? ''}.`,
  choice: (event, told) => `Step ${at(told, event.step)}: "${event.option}" chosen by ${event.by}.`,
  condition: event =>
    `"${event.when}" answered ${event.answer} by ${event.by}, for ${counted(event.steps.length, 'step')}.`,
  'step.edit': (event, told) => `Step ${at(told, event.step)} edited by ${event.by}: ${event.reason}.`,
  'step.start': (event, told) => started(event, told),
  'step.stop': (event, told) =>
    `Step ${at(told, event.step)}: ${event.signal} sent, ${event.why === 'time-limit' ? 'its time limit is over' : `asked by ${event.by ?? 'a person'}`}.`,
  'step.left': (event, told) => left(event, told),
  'output.late.end': (event, told) => late(event, told),
  'output.differs': (event, told) => differs(event, told),
  'step.end': (event, told) => ended(event, told),
  'step.decide': (event, told) => decidedOf(event, told),
  'step.skip': (event, told) => skipped(event, told),
  'step.reopen': (event, told) => `Step ${at(told, event.step)} reopened by ${event.by}: ${event.reason}.`,
  jump: (event, told) =>
    `Jump to step ${at(told, event.to)} by ${event.by}, over ${counted(event.over.length, 'step')}: ${event.reason}.`,
  block: (event, told) => `Step ${at(told, event.step)} blocked by ${event.by}: ${event.reason}.`,
  'block.end': event => `A blocker was removed by ${event.by}: ${event.reason}.`,
  confirm: (event, told) => confirmed(event, told),
  form: (event, told) => `Step ${at(told, event.step)}: form filled in by ${event.by}. ${progress(told)}`,
  note: event => `Note by ${event.by}: ${event.text}.`,
  'approval.request': (event, told) =>
    `Gate ${at(told, event.step)} is open: ${counted(event.need.length, 'approval')} needed. They run: signoff approve ${runOf(told)} ${at(told, event.step)}.`,
  approval: (event, told) => approved(event, told),
  'approval.refused': (event, { snapshot }) =>
    snapshot.state.offer?.seq === event.request
      ? `An acceptance of the run was refused: ${REFUSED_ACCEPTANCE[event.why] ?? WHY_REFUSED[event.why]}.`
      : `An approval was refused: ${WHY_REFUSED[event.why]}.`,
  'gate.end': (event, told) => `Gate ${at(told, event.step)}: ${event.decision.toUpperCase()}. ${progress(told)}`,
  'wait.start': (event, told) => waitStarted(event, told),
  'wait.end': (event, told) => waited(event, told),
  'phase.end': (event, told) => phaseEnded(event, told),
  'rollback.start': (event, told) =>
    `Recovery entered by ${event.by}: ${event.reason}. ${counted(event.steps.length, 'step')}.${event.without.length === 0 ? '' : ` No way back for ${event.without.map(step => at(told, step)).join(', ')}: done, and not undone here.`}`,
  'rollback.end': event =>
    event.result === 'complete'
      ? `Rolled back, ${counted(event.done.length, 'step')} done.`
      : `Rollback incomplete: ${event.done.length} done, ${event.failed.length} failed, ${event.without.length} without a way back.`,
  'runbook.changed': event => `${runChangeText(event)}.`,
  'run.interpreters': event => `${interpretersText(event)}.`,
  'handoff.offer': (event, told) =>
    `The run is offered to ${event.to} by ${event.by}${event.note === null ? '' : `: ${event.note}`}. They take it by: signoff accept ${runOf(told)}.`,
  'handoff.withdraw': event => `The offer was withdrawn by ${event.by}.`,
  'handoff.accept': event => `The run was handed over to ${event.by}, who operates it now.`,
  'writer.changed': event => `${runChangeText(event)}.`,
  'run.pause': event => `Run paused: ${event.reason}.`,
  'run.resume': event =>
    `Run resumed by ${event.operator.principal} after ${spokenDuration(event.gapMs)}. ${counted(event.attached.length, 'script')} attached, ${event.unknown.length} of unknown outcome.`,
  'journal.full': event => `The journal cannot be written (${event.errno}).`,
  'run.abort': event => `Run ended by ${event.by}: ${event.reason}.`,
  'run.end': event =>
    `Run ended, ${event.result}: ${event.steps.passed} passed, ${event.steps.failed} failed, ${event.steps.skipped} skipped, ${event.steps.open} open.`,
}

const REFUSED_ACCEPTANCE: Partial<typeof WHY_REFUSED> = {
  unlisted: 'the run is not on offer to the signer, or no line names them',
  operator: 'it is signed with the key that made the offer',
  stale: 'it is for an earlier offer',
}

function decidedOf({ step, choice, by, reason }: EventOf<'step.decide'>, told: Told): string {
  const isGate = told.snapshot.state.steps.get(step)?.planned.kind === 'gate'
  return isGate && choice === 'rerun'
    ? `Gate ${at(told, step)}: to be asked again, said by ${by}: ${reason}.`
    : `Step ${at(told, step)}: ${DECIDED[choice]} by ${by}: ${reason}.`
}

/** `17 of 23 done, 1 skipped.` */
function progress({ snapshot }: Told): string {
  const { passed, failed, skipped, unknown, open } = countSteps(snapshot.state)
  const total = passed + failed + skipped + unknown + open
  return `${passed + skipped} of ${total} done${skipped === 0 ? '' : `, ${skipped} skipped`}.`
}

function started(event: EventOf<'step.start'>, told: Told): string | null {
  const planned = told.snapshot.state.steps.get(event.step)?.planned
  if (planned?.kind === 'wait') return null
  if (planned !== undefined && planned.kind !== 'task') return `The command offered at ${planned.position} started.`
  const title = planned === undefined ? '' : `, ${planned.title},`
  return `Step ${at(told, event.step)}${title} started${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}.`
}

/** What the operator has to know before the next step: nothing of it was stopped. */
function left({ step, state, jobs, descriptors, open, processes }: EventOf<'step.left'>, told: Told): string {
  const names = processes.map(({ pid, name, escaped }) => `${name} (${pid}${escaped ? ', out of its group' : ''})`)
  const parts = [
    state === 'before' ? 'its shell left no state, so the next block finds the one before it' : '',
    names.length === 0 ? '' : `left running, not stopped: ${names.join(', ')}`,
    jobs.length === 0 ? '' : `the next block cannot wait for ${jobs.join(', ')}`,
    descriptors.length === 0 ? '' : `the next block has no descriptor ${descriptors.join(', ')}`,
    open.length === 0 ? '' : 'what these still say is recorded as late output',
  ]
  return `Step ${at(told, step)}: ${parts.filter(part => part !== '').join('; ')}.`
}

/** The first line on each side; all of them stand in the record. */
function differs({ step, diff }: EventOf<'output.differs'>, told: Told): string {
  const lines = diff.split('\n')
  const first = (mark: '-' | '+') => lines.find(line => line.startsWith(mark))?.slice(1)
  const parts = [first('-'), first('+')].map(line => (line === undefined ? 'nothing' : `"${shortened(line.trim())}"`))
  return `Step ${at(told, step)}: its output differs from the sample of the runbook, which decides nothing: expected ${parts[0]}, got ${parts[1]}.`
}

function late({ step, why, streams }: EventOf<'output.late.end'>, told: Told): string | null {
  const bytes = streams.reduce((sum, stream) => sum + stream.bytes, 0)
  const lost = streams.reduce((sum, stream) => sum + stream.lost, 0)
  if (bytes + lost === 0 && why === 'closed') return null
  const counts = `${counted(bytes, 'byte')} of late output${lost === 0 ? '' : `, ${lost} not kept`}`
  return `Step ${at(told, step)}: ${counts}${why === 'closed' ? '' : '; what is said from now on is not recorded'}.`
}

function ended(event: EventOf<'step.end'>, told: Told): string {
  const planned = told.snapshot.state.steps.get(event.step)?.planned
  const took = spokenDuration(event.ms)
  const how = outcomeText(event)
  if (planned?.kind === 'wait') return `Check of ${planned.position} ${how} after ${took}.`
  if (planned !== undefined && planned.kind !== 'task')
    return `The command offered at ${planned.position} ${how} after ${took}. It ticks nothing.`
  if (event.result === 'unknown') return `Step ${at(told, event.step)}: the outcome is unknown. A person decides.`
  return `Step ${at(told, event.step)} ${how} after ${took}. ${progress(told)}`
}

function outcomeText(event: EventOf<'step.end'>): string {
  if (event.result === 'passed') return 'passed'
  if (event.outcome === 'timed-out') return 'failed, timed out,'
  if (event.outcome === 'cancelled') return `was stopped${event.signal === null ? '' : ` (${event.signal})`}`
  if (event.outcome === 'signalled') return `failed, ended by ${event.signal ?? 'a signal'},`
  const unmet = event.checks.filter(({ ok }) => !ok)
  if (event.exit === 0 && unmet.length > 0) return `failed, exit 0, but ${unmet.map(unmetText).join('; ')},`
  return event.exit === null ? 'failed' : `failed, exit ${event.exit},`
}

const MOST_SHOWN = 60

/** Why an expectation was not met: the exit code alone would look like success. */
export function unmetText({ name, op, want, got }: EventOf<'step.end'>['checks'][number]): string {
  if (name === 'output') {
    const why = got?.startsWith('not compared') ? `: ${got}` : ''
    return `its output is not as expected (${op})${why}`
  }
  const found = got === null ? 'not there' : shortened(got)
  return op === 'exists' ? `${name} is not there` : `${name} is ${found}, expected ${op} ${shortened(want)}`
}

function shortened(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}

/** With the reason, and who is missing still: nobody asks again after each signature. */
function approved(event: EventOf<'approval'>, told: Told): string {
  const role = event.role === null ? '' : `, ${event.role}`
  const reason = signedReason(event.envelope)
  const standing = standingOfGate(told.snapshot, { id: event.step, approvers: null })
  const left = standing.isOpen && standing.missing.length > 0 ? ` ${standingText(standing)}.` : ''
  return `Gate ${at(told, event.step)}: ${event.decision.toUpperCase()} signed by ${event.principal}${role}${reason === null ? '' : `: "${reason}"`}.${left}`
}

function waitStarted(event: EventOf<'wait.start'>, told: Told): string {
  const until =
    event.minMs === 0
      ? 'until its check passes'
      : `${spokenDuration(event.minMs)}, until ${deadlineText(Date.parse(event.until), told.snapshot.state.lastAtMs)}`
  return `Step ${at(told, event.step)}: waiting ${until}.`
}

function skipped(event: EventOf<'step.skip'>, told: Told): string | null {
  if (event.why === 'person')
    return `Step ${at(told, event.step)} skipped by ${event.by ?? 'a person'}: ${event.reason ?? ''}. ${progress(told)}`
  return `Step ${at(told, event.step)}: ${LEFT_OUT[event.why]}.`
}

function confirmed(event: EventOf<'confirm'>, told: Told): string {
  const planned = told.snapshot.state.steps.get(event.step)?.planned
  if (planned?.kind === 'task') return `Step ${planned.position}: the phrase was typed by ${event.by}.`
  const note = event.note === null || event.note === '' ? '' : ` ${event.note}.`
  if (event.answer === 'no') return `Step ${at(told, event.step)} declined by ${event.by}.${note}`
  if (event.answer === 'n/a')
    return `Step ${at(told, event.step)}: not applicable, said by ${event.by}.${note} ${progress(told)}`
  const observed = event.observed.map(observedText).join(', ')
  return `Step ${at(told, event.step)} confirmed by ${event.by}${observed === '' ? '' : `: ${observed}`}.${note} ${progress(told)}`
}

function observedText(seen: Observed): string {
  const verdict = seen.ok === null ? '' : seen.ok ? ', met' : ', NOT met'
  return `${seen.name} ${seen.value}${seen.unit === null ? '' : ` ${seen.unit}`}${verdict}`
}

function waited(event: EventOf<'wait.end'>, told: Told): string {
  const step = at(told, event.step)
  switch (event.how) {
    case 'elapsed':
      return `Step ${step}: the wait is over. ${progress(told)}`
    case 'early':
      return `Step ${step}: continued early with ${spokenDuration(event.leftMs)} left, by ${event.by ?? 'a person'}: ${event.reason ?? ''}. ${progress(told)}`
    case 'extended':
      return `Step ${step}: the wait was extended by ${event.by ?? 'a person'}: ${event.reason ?? ''}.`
    case 'cancelled':
      return `Step ${step}: the wait ended unmet${event.reason === null ? '' : `, ${event.reason}`}. A person decides.`
    default:
      event.how satisfies never
      return ''
  }
}

function phaseEnded(event: EventOf<'phase.end'>, told: Told): string {
  const phase = told.snapshot.state.phases.find(p => p.id === event.phase)
  const name = phase === undefined ? event.phase : `${phase.position} ${phase.title}`
  const counts = `${event.steps.passed} passed, ${event.steps.skipped} skipped`
  return `Phase ${name} complete: ${counts}, after ${spokenDuration(event.ms)}.${event.criteria === null ? '' : ` Success criteria: ${event.criteria}`}`
}

function at({ snapshot }: Told, step: string): string {
  return snapshot.state.steps.get(step)?.planned.position ?? step
}

function runOf({ snapshot }: Told): string {
  return (snapshot.state.start?.run ?? '').slice(0, 13)
}
