import {
  type Check,
  DECIDED,
  type Entry,
  type EventOf,
  lineDiff,
  type Observed,
  signedReason,
} from '../../../model/index.ts'
import { eventText } from '../event-text.ts'
import type { PlanNames } from '../plan-names.ts'
import { spanText } from '../span-text.ts'
import { type Html, html, joined, preformatted } from './html-text.ts'
import { type Clock, timeText } from './time-text.ts'

/** What stands right above in the same step, and need not be shown again. */
export interface AlreadyShown {
  readonly script: string | null
  readonly criteria: readonly Check[]
}

export const NOTHING_SHOWN: AlreadyShown = { script: null, criteria: [] }

/** How times are written on this page, and what its steps are called. */
export interface TellingFor {
  readonly clock: Clock
  readonly names: PlanNames
}

/** One event of a step, or of the run, as an item of a list: what, who, when, and the line of the journal. Empty where nothing is told of it. */
export function eventItem(entry: Entry, { clock, names }: TellingFor, shown: AlreadyShown): Html {
  const told = tell(entry, names, shown)
  if (told === null) return html``
  return html`<li class="ev${told.tone !== undefined && ` ev-${told.tone}`}"><p>${told.text} <span class="at">${when(entry, clock)}</span></p>${told.more}</li>`
}

/** The same in short, for lists that lead to it: without scripts. */
export function eventBrief(entry: Entry, { clock, names }: TellingFor): Html {
  const told = tell(entry, names, NOTHING_SHOWN)
  if (told === null) return html``
  return html`${told.text} <span class="at">${when(entry, clock)}</span>${entry.event.kind === 'confirm' && told.more}`
}

/** The time of an entry and its line in the journal. */
export function when({ atMs, seq }: Entry, clock: Clock): Html {
  return html`${clock(atMs)} <span class="ln">#${seq + 1}</span>`
}

interface Told {
  readonly text: Html
  readonly more?: Html
  /** Sets apart what a reader looks for. */
  readonly tone?: 'good' | 'bad' | 'odd' | 'quiet'
}

function tell({ event }: Entry, names: PlanNames, shown: AlreadyShown): Told | null {
  switch (event.kind) {
    case 'confirm':
      return confirmed(event)
    case 'choice':
      return {
        text: html`Chosen: <b>${event.option}</b> by ${who(event.by)}${because(event.reason)}`,
      }
    case 'step.edit':
      return {
        text: html`Script <b>edited</b> by ${who(event.by)}${because(event.reason)}`,
        more: difference(event.was, event.script),
        tone: 'odd',
      }
    case 'step.start':
      return started(event, shown.script)
    case 'step.end':
      return ended(event)
    case 'output.end':
    case 'output.late.end':
      return noteworthyStreams(event)
    case 'step.decide':
      return {
        text: html`${capital(event.state)}; <b>${DECIDED[event.choice]}</b> by ${who(event.by)}${because(event.reason)}`,
        tone: 'odd',
      }
    case 'approval':
      return {
        text: html`<b>${event.decision.toUpperCase()}</b> by ${who(event.principal)}${event.role !== null && html` as ${event.role}`}`,
        more: html`<p class="fine">signed with <code>${event.keyid}</code></p>${reasonIn(event.envelope)}`,
        tone: event.decision === 'go' ? 'good' : 'bad',
      }
    case 'gate.end':
      return {
        text: html`The gate: <b>${event.decision.toUpperCase()}</b>`,
        more: checkList(JSON.stringify(event.criteria) === JSON.stringify(shown.criteria) ? [] : event.criteria),
        tone: event.decision === 'go' ? 'good' : 'bad',
      }
    case 'approval.request':
      return {
        text: html`Approval asked: ${event.ask}`,
        more: html`<ul class="needs">${event.need.map(
          ({ role, from }) =>
            html`<li>${role ?? 'any signer'}: ${from === null ? 'mapped to nobody' : from.join(' or ')}</li>`,
        )}</ul>${checkList(event.criteria)}`,
      }
    case 'wait.start':
      return { text: html`Wait until ${waitUntil(event.until)}${because(event.reason)}` }
    case 'wait.end':
      return {
        text: html`${WAITED[event.how]}${event.by !== null && html` by ${who(event.by)}`}${event.leftMs > 0 && html`, ${spanText(event.leftMs)} left`}${because(event.reason)}`,
        ...(event.how === 'elapsed' ? {} : { tone: 'odd' as const }),
      }
    case 'form':
      return { text: html`Filled in by ${who(event.by)}`, more: scriptBlock(event.text) }
    case 'note':
      return { text: html`Note by ${who(event.by)}`, more: html`${quote(event.text)}` }
    case 'step.skip':
      return skipped(event, names)
    case 'run.pause':
      return { text: html`<b>Paused</b>${event.by !== null && html` by ${who(event.by)}`}${because(event.reason)}` }
    case 'run.resume':
      return {
        text: html`<b>Resumed</b> by ${who(event.operator.principal)} after ${spanText(event.gapMs)}${event.tornBytes > 0 && `; ${event.tornBytes} bytes of a cut write were taken off`}`,
      }
    case 'run.end':
      return { text: html`<b>Ended</b>: ${event.result}` }
    default:
      return general(event, names)
  }
}

function skipped(event: EventOf<'step.skip'>, names: PlanNames): Told {
  if (event.by === null || (event.why !== 'person' && event.why !== 'not-applicable')) return general(event, names)
  const text = event.why === 'person' ? html`<b>Skipped</b>` : html`Said to be <b>not applicable</b>`
  return { text: html`${text} by ${who(event.by)}${because(event.reason)}`, tone: 'odd' }
}

const WAITED = {
  elapsed: 'Waited to the end',
  early: html`<b>Continued early</b>`,
  extended: html`The wait was <b>extended</b>`,
  cancelled: html`The wait <b>ended unmet</b>`,
} as const

/** What an approver has said to it: a NO-GO has a reason. */
export function reasonIn(envelope: string): Html | null {
  return quote(signedReason(envelope))
}

/** Every other kind says what all exports say of it. */
function general(event: Entry['event'], names: PlanNames): Told {
  const { sentence, blocks } = eventText(event, names)
  const text = html`${capital(sentence)}`
  const more = joined(
    blocks.map(({ lead, text }) => html`${lead !== null && html`<p>${lead}</p>`}${scriptBlock(text)}`),
  )
  return { text, more }
}

/** What a tick says beyond its step, which has who and when in its row. */
export function quietTick({ observed, note }: EventOf<'confirm'>): Html {
  return html`<li class="ev">${observedList(observed)}${quote(note)}</li>`
}

function quote(text: string | null): Html | null {
  return text === null || text === '' ? null : html`<p class="quote">${preformatted(text)}</p>`
}

function confirmed({ ask, answer, by, observed, how, note }: EventOf<'confirm'>): Told {
  const typed =
    how === 'typed' ? ', typed' : how === 'answers' ? ', by answers file' : how === 'flag' ? ', by flag' : ''
  const mark = answer === 'yes' ? '☑' : answer === 'no' ? '☒' : '∅'
  return {
    text: html`<b>${mark} ${answer}</b> by ${who(by)}${typed}: ${ask}`,
    more: html`${observedList(observed)}${quote(note)}`,
    ...(answer === 'yes' && observed.every(({ ok }) => ok !== false) ? {} : { tone: 'odd' as const }),
  }
}

function started(event: EventOf<'step.start'>, alreadyShown: string | null): Told {
  const limit = event.timeoutMs === null ? null : html`, time limit ${spanText(event.timeoutMs)}`
  return {
    text: html`${event.attempt > 1 && html`<b>Attempt ${event.attempt}</b>, `}${event.shell} in <code>${event.cwd}</code>${limit}`,
    tone: 'quiet',
    more:
      event.script === alreadyShown ? html`<p class="fine">the same script as before</p>` : scriptBlock(event.script),
  }
}

function ended({ outcome, exit, signal, ms, result, checks }: EventOf<'step.end'>): Told {
  const how = exit !== null ? `exit ${exit}` : signal !== null ? `${outcome} by ${signal}` : outcome
  const text =
    result === 'unknown'
      ? html`<b>Outcome unknown</b>: nobody saw it end`
      : html`<b>${result === 'passed' ? 'Passed' : 'Failed'}</b>, ${how} after ${spanText(ms)}`
  return { text, more: checkList(checks), tone: result === 'passed' ? 'good' : 'bad' }
}

/** Sizes stand above the output; what is said here is what is missing from it. */
function noteworthyStreams({ streams, kind }: EventOf<'output.end'> | EventOf<'output.late.end'>): Told | null {
  const parts = streams.flatMap(({ fd, bytes, kept, masked, lost }) => [
    ...(masked === 0 ? [] : [`${masked} ${masked === 1 ? 'secret' : 'secrets'} masked in ${fd}`]),
    ...(kept === bytes ? [] : [`${kept} of ${bytes} bytes of ${fd} kept`]),
    ...(lost === 0 ? [] : [`${lost} bytes of ${fd} lost`]),
  ])
  if (parts.length === 0) return null
  return { text: html`${kind === 'output.end' ? 'Output' : 'Late output'}: ${parts.join('; ')}` }
}

function observedList(values: readonly Observed[]): Html {
  if (values.length === 0) return html``
  return html`<ul class="checks">${values.map(
    ({ name, value, unit, op, want, ok }) =>
      html`<li class="${ok === false ? 'not-met' : 'met'}">${name} <b>${value}${unit !== null && ` ${unit}`}</b>${want !== null && html` <span class="dim">${op} ${want}: ${verdictWord(ok)}</span>`}</li>`,
  )}</ul>`
}

function checkList(checks: readonly Check[]): Html {
  if (checks.length === 0) return html``
  return html`<ul class="checks">${checks.map(
    ({ name, op, want, got, unit, ok }) =>
      html`<li class="${ok ? 'met' : 'not-met'}">${name}: <b>${got ?? 'nothing'}${got !== null && unit !== null && ` ${unit}`}</b> <span class="dim">${op !== 'confirmed' && `${op} ${want}: `}${verdictWord(ok)}</span></li>`,
  )}</ul>`
}

function verdictWord(ok: boolean | null): string {
  return ok === null ? 'not judged' : ok ? 'met' : 'NOT met'
}

function capital(sentence: string): string {
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`
}

export function scriptBlock(text: string): Html {
  return html`<pre class="script">\n${preformatted(text.replace(/\n$/, ''))}</pre>`
}

function difference(was: string, now: string): Html {
  const lines = lineDiff(was, now).map(({ kind, text }) =>
    kind === 'gap'
      ? html`<span class="gap">@ ${text}</span>`
      : kind === 'same'
        ? html`  ${preformatted(text)}`
        : kind === 'added'
          ? html`<ins>+ ${preformatted(text)}</ins>`
          : html`<del>- ${preformatted(text)}</del>`,
  )
  return html`<pre class="script diff">\n${joined(lines, html`\n`)}</pre>`
}

function waitUntil(until: string): Html {
  const atMs = Date.parse(until)
  return Number.isNaN(atMs) ? html`${until}` : html`${timeText(atMs)}`
}

function because(reason: string | null): Html | null {
  return reason === null || reason === '' ? null : html`: <q>${reason}</q>`
}

function who(principal: string): Html {
  return html`<b class="who">${principal}</b>`
}
