import type { Wish } from '../acts/acts.ts'

/** What a line of plain mode means: its word and what stands behind it. */
export type Word =
  | { readonly kind: 'wish'; readonly wish: Wish; readonly rest: string }
  | { readonly kind: 'choose'; readonly rest: string }
  | { readonly kind: 'value'; readonly rest: string }
  | { readonly kind: 'jump'; readonly to: string; readonly rest: string }
  | { readonly kind: 'extend'; readonly byMs: number; readonly rest: string }
  | { readonly kind: 'tell'; readonly what: 'status' | 'outline' | 'help' | 'show' | 'contacts' | 'deviations' }
  /** Read at length: the output of a step, lines of it, or what has happened so far. */
  | { readonly kind: 'read'; readonly what: 'log' | 'find' | 'transcript'; readonly rest: string }
  | { readonly kind: 'copy' }
  /** How the approvers of a gate get what they sign. */
  | { readonly kind: 'request' }
  /** Go on in the full screen. */
  | { readonly kind: 'full' }
  | { readonly kind: 'unknown'; readonly word: string }

/** Words with what they do, in the order that `help` prints them. */
export const WORDS: readonly { readonly word: string; readonly takes: string; readonly does: string }[] = [
  { word: 'run', takes: '', does: 'run the step; from a change on it asks first' },
  { word: 'tick', takes: '', does: 'confirm the step; asks for the value where one is named' },
  { word: 'value', takes: 'VALUE', does: 'confirm with the value that was observed' },
  { word: 'cannot', takes: '[REASON]', does: 'it cannot be confirmed' },
  { word: 'check', takes: '', does: 'run the command that the step offers; it ticks nothing' },
  { word: 'choose', takes: 'NUMBER', does: 'take one of the options' },
  { word: 'yes', takes: '', does: 'the condition holds' },
  { word: 'no', takes: '', does: 'the condition does not hold' },
  { word: 'fill', takes: '', does: 'give a missing value, or fill in the form' },
  { word: 'skip', takes: '', does: 'skip the step, with a reason' },
  { word: 'na', takes: '[REASON]', does: 'the step is not applicable' },
  { word: 'retry', takes: '[REASON]', does: 'run a failed step again' },
  { word: 'edit', takes: '', does: 'change the script in your editor, and run that instead' },
  { word: 'byhand', takes: '[WHAT]', does: 'it was resolved by hand' },
  { word: 'recover', takes: '', does: 'enter the recovery' },
  { word: 'wait', takes: '[REASON]', does: 'end a wait early, or make it longer: wait +5m REASON' },
  { word: 'jump', takes: 'STEP [REASON]', does: 'go to a step: forward over others, or back to open it again' },
  { word: 'note', takes: '[TEXT]', does: 'keep a note' },
  { word: 'block', takes: '[REASON]', does: 'nothing goes past this step until it is lifted; lifts it again' },
  { word: 'handover', takes: '[WHO]', does: 'offer the run to another operator, or withdraw the offer' },
  { word: 'keep', takes: '', does: 'the file of the runbook changed: go on with the text that the run began with' },
  { word: 'status', takes: '', does: 'say where the run stands' },
  { word: 'outline', takes: '', does: 'list the steps' },
  { word: 'deviations', takes: '', does: 'list what went otherwise than the runbook has it' },
  { word: 'contacts', takes: '', does: 'whom to call, and what this depends on, as the runbook says it' },
  { word: 'show', takes: '', does: 'show the step that is needed now once more' },
  { word: 'stop', takes: '', does: 'ways to stop the running script' },
  { word: 'pause', takes: '', does: 'leave the run for a while, or end it' },
  { word: 'after', takes: '', does: 'pause after the running step' },
  { word: 'end', takes: '', does: 'end the run here' },
  { word: 'log', takes: '[STEP]', does: 'print the output of a step, the last one if none is named' },
  { word: 'find', takes: '[TEXT]', does: 'lines of that output with a text, or those that look like an error' },
  { word: 'transcript', takes: '', does: 'print what has happened in this run' },
  { word: 'request', takes: '', does: 'what approvers of the gate need, here or on another host' },
  { word: 'copy', takes: '', does: "give the step's text to the clipboard" },
  { word: 'terminal', takes: '', does: 'run the script with your terminal handed over' },
  { word: 'full', takes: '', does: 'go on in the full screen; its key l comes back' },
  { word: 'help', takes: '', does: 'list the words' },
]

/** Reads a line that is not the answer to a question of its own. */
export function wordOf(line: string): Word {
  const [word = '', ...others] = line.trim().split(/\s+/)
  const rest = others.join(' ')
  const lower = word.toLowerCase()
  if (lower === 'wait') return waitWord(rest)
  if (lower === 'jump') return { kind: 'jump', to: others[0] ?? '', rest: others.slice(1).join(' ') }
  const wish = WISHES[lower]
  if (wish !== undefined) return { kind: 'wish', wish, rest }
  switch (lower) {
    case 'choose':
      return { kind: 'choose', rest }
    case 'value':
      return { kind: 'value', rest: line.trim().slice('value'.length).trim() }
    case 'status':
    case 'outline':
    case 'contacts':
    case 'help':
    case 'show':
    case 'deviations':
      return { kind: 'tell', what: lower }
    case 'log':
    case 'transcript':
      return { kind: 'read', what: lower, rest }
    case 'find':
      // The words as they were typed, blanks between them too.
      return { kind: 'read', what: 'find', rest: line.trim().slice('find'.length).trim() }
    case 'copy':
    case 'request':
    case 'full':
      return { kind: lower }
    case '?':
      return { kind: 'tell', what: 'help' }
    default:
      return { kind: 'unknown', word }
  }
}

/** `wait` alone asks what about it, `wait +5m REASON` makes it longer, `wait REASON` ends it early. */
function waitWord(rest: string): Word {
  const longer = /^\+(\d{1,4})\s?(s|m|h)\b\s*(.*)$/i.exec(rest)
  if (longer === null) return { kind: 'wish', wish: rest === '' ? 'wait' : 'end-wait', rest }
  const [, count = '0', unit = 'm', reason = ''] = longer
  const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }[unit.toLowerCase()] ?? 60_000
  return { kind: 'extend', byMs: Number(count) * unitMs, rest: reason }
}

/** Words that are wishes; the same wishes are behind keys. */
export const WISHES: Readonly<Record<string, Wish>> = {
  run: 'proceed',
  tick: 'tick',
  cannot: 'cannot',
  check: 'offer',
  yes: 'yes',
  no: 'no',
  fill: 'fill',
  skip: 'skip',
  na: 'not-applicable',
  retry: 'retry',
  byhand: 'by-hand',
  recover: 'recover',
  edit: 'edit',
  note: 'note',
  block: 'block',
  handover: 'hand-over',
  keep: 'keep',
  stop: 'stop',
  pause: 'pause',
  after: 'pause-after',
  end: 'end-run',
  terminal: 'in-terminal',
}
