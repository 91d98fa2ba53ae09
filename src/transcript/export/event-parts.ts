import type { Check, EventOf, Observed } from '../../model/index.ts'

/** `All tests passed: yes, met` or `error rate: 3 % (< 1), NOT met`. */
export function checkText({ name, op, want, got, unit, ok }: Check): string {
  const found = got === null ? 'nothing' : `${got}${unit === null ? '' : ` ${unit}`}`
  // A criterion that somebody ticks is wanted ticked.
  const limit = op === 'confirmed' ? '' : ` (${op} ${want})`
  return `${name}: ${found}${limit}, ${ok ? 'met' : 'NOT met'}`
}

/** Checks behind a sentence, as a part of it; empty where there are none. */
export function checksText(checks: readonly Check[]): string {
  return checks.map(check => `; ${checkText(check)}`).join('')
}

/** How many criteria were met, as a part of a sentence; empty where there are none. */
export function unmetCount(criteria: readonly Check[]): string {
  if (criteria.length === 0) return ''
  const met = criteria.filter(({ ok }) => ok).length
  const all = criteria.length === 1 ? '1 criterion' : `${criteria.length} criteria`
  return met === criteria.length ? `, ${all} met` : `, ${met} of ${all} met`
}

/** Whose approval is asked: `Release Manager: rm@example.com or deputy@example.com`. */
export function needText({ role, from }: EventOf<'approval.request'>['need'][number]): string {
  return `${role ?? 'any signer'}${from === null ? '' : `: ${from.join(' or ')}`}`
}

/** What somebody saw, as a part of a sentence; empty where nothing was asked. */
export function observedText(values: readonly Observed[]): string {
  if (values.length === 0) return ''
  const texts = values.map(({ name, value, unit, op, want, ok }) => {
    const limit = want === null ? '' : ` (${op ?? ''} ${want}: ${ok === true ? 'met' : 'NOT met'})`
    return `${name} ${value}${unit === null ? '' : ` ${unit}`}${limit}`
  })
  return `; observed ${texts.join(', ')}`
}

type Stream = EventOf<'output.end'>['streams'][number]
const STREAM: Readonly<Record<Stream['fd'], string>> = { out: '', err: ' on stderr', pty: ' to its terminal' }

/** How much came out of a script, and what is missing of it: `printed 87 bytes, 153 bytes on stderr`. */
export function streamsText(streams: readonly Stream[], verb: string): string {
  const told = streams.filter(({ bytes, lost }) => bytes + lost > 0).map(streamText)
  return told.length === 0 ? `${verb} nothing` : `${verb} ${told.join(', ')}`
}

function streamText({ fd, bytes, kept, masked, lost }: Stream): string {
  const parts = [
    kept === bytes ? '' : `${kept} kept`,
    masked === 0 ? '' : masked === 1 ? '1 secret masked' : `${masked} secrets masked`,
    lost === 0 ? '' : `${lost} lost`,
  ].filter(part => part !== '')
  return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}${STREAM[fd]}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}

/** What a script left behind: what the next one does not find, and who still runs. */
export function leftText({ state, jobs, descriptors, open, processes }: EventOf<'step.left'>): string {
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
