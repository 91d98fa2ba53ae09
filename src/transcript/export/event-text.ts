import {
  type Check,
  diffText,
  interpretersText,
  type Observed,
  type RunEvent,
  signedReason,
} from '../../model/index.ts'

/** What an event says to a reader. Not escaped and not cleaned: it holds whatever stands in the record. */
export interface EventText {
  /** Who did what; empty for an event that is not told, such as output. May hold newlines. */
  readonly sentence: string
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
export function eventText(event: RunEvent): EventText {
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
    case 'step.start':
      return say(`attempt ${event.attempt} started in ${event.cwd}`, block(event.script, event.shell))
    case 'step.stop':
      return say(`stopped by ${event.by ?? event.why} with ${event.signal}`)
    case 'output.end':
      return say(event.streams.map(streamText).join('; '))
    case 'output.late.end':
      return say(
        `late output ${event.why === 'closed' ? 'ended' : 'was left, others can still write'}: ${event.streams.map(streamText).join('; ')}`,
      )
    case 'step.left':
      return say(leftText(event))
    case 'step.end':
      return say(
        `attempt ${event.attempt} ${endText(event)} after ${event.ms} ms: ${event.result}${checks(event.checks)}`,
      )
    case 'step.decide':
      return say(`${event.state}; decided ${event.choice} by ${event.by}${because(event.reason)}`)
    case 'step.skip':
      return say(`skipped (${event.why})${event.by === null ? '' : ` by ${event.by}`}${because(event.reason)}`)
    case 'step.reopen':
      return say(`opened again by ${event.by}${because(event.reason)}`)
    case 'jump':
      return say(
        `jumped to ${event.to} over ${event.over.join(', ') || 'nothing'}, by ${event.by}${because(event.reason)}`,
      )
    case 'block':
      return say(`blocked by ${event.by}${because(event.reason)}`)
    case 'block.end':
      return say(`block of line ${event.block + 1} ended by ${event.by}${because(event.reason)}`)
    case 'confirm':
      return say(
        `${event.answer === 'yes' ? '[x]' : `[${event.answer}]`} ${event.ask}: ${event.by}${observed(event.observed)}${because(event.note)}`,
      )
    case 'form':
      return say(`filled in by ${event.by}`, block(event.text, 'text'))
    case 'note':
      return say(`note by ${event.by}: ${event.text}`)
    case 'approval.request':
      return say(`approval asked: ${event.ask} ${needs(event.need)}${checks(event.criteria)}`)
    case 'approval':
      return say(
        `${event.decision.toUpperCase()} by ${event.principal}${event.role === null ? '' : ` as ${event.role}`}, signed with ${event.keyid}${because(signedReason(event.envelope))}`,
      )
    case 'approval.refused':
      return say(`an approval was refused: ${event.why}`)
    case 'gate.end':
      return say(`gate: ${event.decision.toUpperCase()}${checks(event.criteria)}`)
    case 'wait.start':
      return say(`waiting until ${event.until}${because(event.reason)}`)
    case 'wait.end':
      return say(`wait ${event.how}${event.by === null ? '' : ` by ${event.by}`}${because(event.reason)}`)
    case 'phase.end':
      return say(`phase ${event.result} after ${event.ms} ms${planned(event.planned)}${because(event.criteria)}`)
    case 'rollback.start':
      return say(`rollback of ${event.for ?? 'the run'} begun by ${event.by}${because(event.reason)}`)
    case 'rollback.end':
      return say(`rollback ${event.result}: ${event.done.length} done, ${event.failed.length} failed`)
    case 'runbook.changed':
      return say(`the runbook's file had changed; ${event.by} chose ${event.decision}`, block(event.diff, 'diff'))
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
      return say(`taken over from ${event.from.principal} by ${event.to.principal}${because(event.reason)}`)
    case 'run.pause':
      return say(`paused${event.by === null ? '' : ` by ${event.by}`}${because(event.reason)}`)
    case 'run.resume':
      return say(`resumed by ${event.operator.principal} after ${event.gapMs} ms${torn(event.tornBytes)}`)
    case 'journal.full':
      return say(`the journal could not grow: ${event.errno}`)
    case 'run.abort':
      return say(`aborted by ${event.by}${because(event.reason)}`)
    case 'run.end':
      return say(`ended: ${event.result}`)
    default:
      event satisfies never
      return NOTHING
  }
}

const NOTHING: EventText = { sentence: '', blocks: [] }

function say(sentence: string, ...blocks: readonly EventBlock[]): EventText {
  return { sentence, blocks }
}

function block(text: string, language: string, lead: string | null = null): EventBlock {
  return { text, language, lead }
}

function because(reason: string | null): string {
  return reason === null || reason === '' ? '' : `: ${reason}`
}

function endText(event: Extract<RunEvent, { kind: 'step.end' }>): string {
  if (event.exit !== null) return `${event.outcome} ${event.exit}`
  return event.signal === null ? event.outcome : `${event.outcome} ${event.signal}`
}

function streamText(stream: Extract<RunEvent, { kind: 'output.end' }>['streams'][number]): string {
  const { fd, bytes, kept, masked, lost } = stream
  const left = kept === bytes ? '' : `, ${kept} kept`
  return `${fd}: ${bytes} bytes${left}${masked === 0 ? '' : `, ${masked} secrets masked`}${lost === 0 ? '' : `, ${lost} lost`}`
}

/** What a script left behind: what the next one does not find, and who still runs. */
function leftText(event: Extract<RunEvent, { kind: 'step.left' }>): string {
  const { state, jobs, descriptors, open, processes } = event
  const parts = [
    state === 'before' ? 'its shell left no state: the next block finds the one before it' : '',
    jobs.length === 0 ? '' : `jobs that no later block can wait for: ${jobs.join(', ')}`,
    descriptors.length === 0 ? '' : `descriptors that no later block has: ${descriptors.join(', ')}`,
    open.length === 0 ? '' : `${open.join(' and ')} still held by others`,
    processes.length === 0
      ? ''
      : `still running: ${processes.map(({ pid, name, command, escaped }) => `${name} (${pid}${escaped ? ', out of its group' : ''}: ${command})`).join(', ')}`,
  ]
  return parts.filter(part => part !== '').join('; ')
}

function observed(values: readonly Observed[]): string {
  if (values.length === 0) return ''
  const texts = values.map(({ name, value, unit, op, want, ok }) => {
    const limit = want === null ? '' : ` (${op ?? ''} ${want}: ${ok === true ? 'met' : 'NOT met'})`
    return `${name} ${value}${unit === null ? '' : ` ${unit}`}${limit}`
  })
  return `; observed ${texts.join(', ')}`
}

function checks(list: readonly Check[]): string {
  if (list.length === 0) return ''
  const texts = list.map(({ name, op, want, got, unit, ok }) => {
    const found = got === null ? 'nothing' : `${got}${unit === null ? '' : ` ${unit}`}`
    return `${name} ${op} ${want}: ${found}, ${ok ? 'met' : 'NOT met'}`
  })
  return `; ${texts.join('; ')}`
}

function needs(list: Extract<RunEvent, { kind: 'approval.request' }>['need']): string {
  return list
    .map(({ role, from }) => `[${role ?? 'any signer'}${from === null ? '' : ` = ${from.join(' or ')}`}]`)
    .join(' ')
}

function planned({ minMs, maxMs }: Extract<RunEvent, { kind: 'phase.end' }>['planned']): string {
  return minMs === null && maxMs === null ? '' : `, planned ${minMs ?? '?'} to ${maxMs ?? '?'} ms`
}

function torn(bytes: number): string {
  return bytes === 0 ? '' : `; ${bytes} bytes of a cut write were taken off`
}
