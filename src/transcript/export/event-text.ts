import {
  DECIDED,
  diffText,
  type EventOf,
  interpretersText,
  LEFT_OUT,
  type RunEvent,
  signedReason,
  WHY_REFUSED,
} from '../../model/index.ts'
import { checksText, checkText, leftText, needText, observedText, streamsText, unmetCount } from './event-parts.ts'
import type { PlanNames } from './plan-names.ts'
import { plannedText, spanText } from './span-text.ts'

/** What an event says to a reader. Not escaped and not cleaned: it holds whatever stands in the record. */
export interface EventText {
  /** Who did what; empty for an event that is not told, such as output. May hold newlines. */
  readonly sentence: string
  /** What the sentence is about, one by one: whose approval is asked, the criteria of a gate. */
  readonly items: readonly string[]
  readonly blocks: readonly EventBlock[]
}

/** Text that keeps its lines: a script, a difference, a form. */
export interface EventBlock {
  readonly text: string
  readonly language: string
  /** What is said before it; null where the sentence says it. */
  readonly lead: string | null
}

/** One event in words, all that is recorded of it. */
export function eventText(event: RunEvent, names: PlanNames): EventText {
  switch (event.kind) {
    case 'run.start':
    case 'run.plan':
    case 'output':
    case 'output.late':
    case 'output.resize':
      return NOTHING
    case 'param':
      return say(`value ${event.name} = ${event.value ?? '(secret)'}, given by ${event.by} (${event.how})`)
    case 'choice':
      return say(`chosen: ${event.option}, by ${event.by}${because(event.reason)}`)
    case 'condition':
      return say(`condition "${event.when}": ${event.answer}, by ${event.by}`)
    case 'step.edit':
      return say(
        `script edited by ${event.by}${because(event.reason)}`,
        block(diffText(event.was, event.script).join('\n'), 'diff'),
        block(event.script, '', 'It ran from then on as:'),
      )
    case 'step.start': {
      const limit = event.timeoutMs === null ? '' : `, time limit ${spanText(event.timeoutMs)}`
      return say(`attempt ${event.attempt} started in ${event.cwd}${limit}`, block(event.script, event.shell))
    }
    case 'step.stop':
      return say(
        `${event.signal} sent, ${event.why === 'time-limit' ? 'its time limit is over' : `asked by ${event.by ?? 'a person'}`}`,
      )
    case 'output.end':
      return say(streamsText(event.streams, 'printed'))
    case 'output.late.end':
      return say(
        `late output ${event.why === 'closed' ? 'ended' : 'was left, others can still write'}: ${streamsText(event.streams, 'printed')}`,
      )
    case 'step.left':
      return say(leftText(event))
    case 'step.end':
      return say(`attempt ${event.attempt} ${endText(event)}${checksText(event.checks)}`)
    case 'step.decide':
      return say(`${event.state}; ${DECIDED[event.choice]} by ${event.by}${because(event.reason)}`)
    case 'step.skip':
      return say(
        event.why === 'person'
          ? `skipped by ${event.by ?? 'a person'}${because(event.reason)}`
          : `${LEFT_OUT[event.why]}${event.by === null ? '' : `, said by ${event.by}`}${because(event.reason)}`,
      )
    case 'step.reopen':
      return say(`opened again by ${event.by}${because(event.reason)}`)
    case 'jump':
      return say(
        `jumped to ${nameOf(event.to, names)} over ${positions(event.over, names)}, by ${event.by}${because(event.reason)}`,
      )
    case 'block':
      return say(`blocked by ${event.by}${because(event.reason)}`)
    case 'block.end':
      return say(`block of line ${event.block + 1} ended by ${event.by}${because(event.reason)}`)
    case 'confirm':
      return say(confirmText(event, names))
    case 'form':
      return say(`filled in by ${event.by}`, block(event.text, 'text'))
    case 'note':
      return say(`note by ${event.by}: ${event.text}`)
    case 'approval.request':
      return {
        sentence: `approval asked: ${event.ask}`,
        items: [...event.need.map(needText), ...event.criteria.map(checkText)],
        blocks: [],
      }
    case 'approval':
      return say(
        `${event.decision.toUpperCase()} by ${event.principal}${event.role === null ? '' : ` as ${event.role}`}, signed with ${event.keyid}${because(signedReason(event.envelope))}`,
      )
    case 'approval.refused':
      return say(`an approval was refused: ${WHY_REFUSED[event.why]}`)
    case 'gate.end':
      return {
        sentence: `gate: ${event.decision.toUpperCase()}${unmetCount(event.criteria)}${voidedText(event)}`,
        items: event.criteria.filter(({ ok }) => !ok).map(checkText),
        blocks: [],
      }
    case 'wait.start':
      return say(
        `waiting ${event.minMs === 0 ? '' : `${spanText(event.minMs)}, `}until ${event.until}${because(event.reason)}`,
      )
    case 'wait.end':
      return say(waitText(event))
    case 'phase.end': {
      const planned = names.way === 'back' ? null : plannedText(event.planned)
      return say(
        `phase ${names.phase(event.phase)} ${event.result} after ${spanText(event.ms)}${planned === null ? '' : `, planned ${planned}`}${because(event.criteria)}`,
      )
    }
    case 'rollback.start': {
      const of = event.of === null ? '' : ` of the sealed run ${event.of}`
      const without = event.without.length === 0 ? '' : `; no way back for ${positions(event.without, names)}`
      return say(`recovery${of} entered by ${event.by}${because(event.reason)}${without}`)
    }
    case 'rollback.end': {
      const without = event.without.length === 0 ? '' : `, ${event.without.length} without a way back`
      return say(`rollback ${event.result}: ${event.done.length} done, ${event.failed.length} failed${without}`)
    }
    case 'runbook.changed':
      return say(
        `the runbook file has changed; ${event.decision === 'keep' ? 'the run goes on with the text it began with' : 'the run stops'}, decided by ${event.by}`,
        block(event.diff, 'diff'),
      )
    case 'output.differs':
      return say('its output differs from the sample, which decides nothing', block(event.diff, 'diff'))
    case 'run.interpreters':
      return say(interpretersText(event))
    case 'handoff.offer':
      return say(`hand-over offered by ${event.by} to ${event.to}${because(event.note)}`)
    case 'handoff.withdraw':
      return say(`hand-over offer withdrawn by ${event.by}`)
    case 'handoff.accept':
      return say(`hand-over accepted by ${event.by}`)
    case 'writer.changed':
      return say(
        `taken over from ${event.from.principal} on ${event.from.host} by ${event.to.principal} on ${event.to.host}${because(event.reason)}`,
      )
    case 'run.pause':
      return say(`paused${event.by === null ? '' : ` by ${event.by}`}${because(event.reason)}`)
    case 'run.resume':
      return say(resumeText(event))
    case 'journal.full':
      return say(`the journal could not grow: ${event.errno}`)
    case 'run.abort':
      return say(`run ended by ${event.by}${because(event.reason)}`)
    case 'run.end':
      return say(`run ended, ${event.result}`)
    default:
      event satisfies never
      return NOTHING
  }
}

const NOTHING: EventText = { sentence: '', items: [], blocks: [] }

function say(sentence: string, ...blocks: readonly EventBlock[]): EventText {
  return { sentence, items: [], blocks }
}

function block(text: string, language: string, lead: string | null = null): EventBlock {
  return { text, language, lead }
}

function because(reason: string | null): string {
  return reason === null || reason === '' ? '' : `: ${reason}`
}

function nameOf(id: string, names: PlanNames): string {
  const step = names.step(id)
  return step === undefined ? id : `${step.position} ${step.title}`
}

function positions(ids: readonly string[], names: PlanNames): string {
  return ids.map(id => names.step(id)?.position ?? id).join(', ') || 'nothing'
}

function endText({ outcome, exit, signal, ms, result }: EventOf<'step.end'>): string {
  if (result === 'unknown') return `ended, and nobody saw how: the outcome is unknown`
  const how =
    outcome === 'timed-out'
      ? 'timed out'
      : outcome === 'cancelled'
        ? `was stopped${signal === null ? '' : ` (${signal})`}`
        : exit !== null
          ? `exit ${exit}`
          : `ended by ${signal ?? 'a signal'}`
  return `${result}, ${how}, after ${spanText(ms)}`
}

function confirmText({ step, ask, answer, by, observed, note }: EventOf<'confirm'>, names: PlanNames): string {
  const more = `${observedText(observed)}${because(note)}`
  // Before a dangerous task the phrase is typed; that is no tick.
  if (names.step(step)?.kind === 'task' && answer === 'yes') return `phrase typed by ${by}: ${ask}`
  switch (answer) {
    case 'yes':
      return `[x] ${ask}: confirmed by ${by}${more}`
    case 'no':
      return `[ ] ${ask}: declined by ${by}${more}`
    case 'n/a':
      return `[ ] ${ask}: not applicable, said by ${by}${more}`
    default:
      answer satisfies never
      return ''
  }
}

function voidedText({ voided }: EventOf<'gate.end'>): string {
  return voided.length === 0 ? '' : `; void: the approvals of lines ${voided.map(seq => seq + 1).join(', ')}`
}

function waitText({ how, by, leftMs, reason }: EventOf<'wait.end'>): string {
  const who = by === null ? '' : ` by ${by}`
  switch (how) {
    case 'elapsed':
      return `waited to the end${because(reason)}`
    case 'early':
      return `continued early with ${spanText(leftMs)} left,${who === '' ? ' by a person' : who}${because(reason)}`
    case 'extended':
      return `the wait was extended${who}${because(reason)}`
    case 'cancelled':
      return `the wait ended unmet${who}${because(reason)}`
    default:
      how satisfies never
      return ''
  }
}

function resumeText({ operator, gapMs, attached, unknown, tornBytes }: EventOf<'run.resume'>): string {
  const scripts = [
    attached.length === 0 ? '' : `; ${attached.length} ${attached.length === 1 ? 'script' : 'scripts'} attached`,
    unknown.length === 0 ? '' : `; ${unknown.length} of unknown outcome`,
    tornBytes === 0 ? '' : `; ${tornBytes} bytes of a cut write were taken off`,
  ]
  return `resumed by ${operator.principal} after ${spanText(gapMs)}${scripts.join('')}`
}
