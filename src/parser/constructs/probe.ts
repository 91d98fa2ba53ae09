import type { Block } from '../blocks.ts'
import type { At, Draft, Reading, ScriptText } from '../draft.ts'
import { interactionOf, riskOf } from '../shell/index.ts'
import type { InlineCode } from '../text/prose.ts'
import { leadIn, leadSentence } from './lead.ts'
import { offerIn, offering } from './offer.ts'
import { asPoll } from './poll.ts'
import { firstLine } from './text.ts'
import { textStep } from './text-step.ts'
import { intervalIn, isWaitAlone, waitIn } from './wait.ts'

/**
 * Rule R19: a script that only looks, right under a text that says to wait for a time or to look again and again, is the offer
 * of that step. Any other script behind a wait is a task of its own, behind it; one that sleeps is the wait itself. A sentence
 * that is a wait by itself ("Wait 5 minutes.") takes no script that it does not speak of.
 */
export function underWait(at: At, script: ScriptText, made: Reading): Reading {
  const lead = leadIn(at)
  const task = made.nodes.length === 1 && made.nodes[0]?.node === 'step' ? made.nodes[0] : null
  if (task?.kind !== 'task' || at.section.role === 'reference' || sleeps(script.text)) return made
  const polls = intervalIn(lead) !== null
  if (!polls && waitIn(lead) === null) return made
  const line = at.before?.line ?? task.line
  const step = textStep({
    text: lead,
    rule: 'R19',
    line,
    endLine: task.endLine,
    printed: task.printed,
    detail: task.detail,
  })
  const isAlone = (at.before === null || at.before.kind === 'paragraph') && isWaitAlone(lead)
  const asksToLook = polls || (!SAYS_THEN.test(lead) && (!isAlone || SAYS_UNTIL.test(lead)))
  if (asksToLook && onlyLooks(task, polls))
    return {
      ...made,
      nodes: [
        { ...asPoll(offering(step, script), lead), rule: 'R19', when: task.when ?? step.when, original: task.original },
      ],
    }
  // The paragraph or the item is the wait already.
  if (isAlone) {
    const isUntitled = task.rule === 'R10' && isWaitAlone(leadSentence(lead))
    return isUntitled ? { ...made, nodes: [titledByCommand(task)] } : made
  }
  // A line that leads to the script is no step of its own; an item makes the wait itself.
  return at.item === null && step.kind === 'wait'
    ? { ...made, nodes: [{ ...step, endLine: line }, titledByCommand(task)] }
    : made
}

/** What the prose of a watched section says to look at again and again: the offer of its wait. */
export function probeIn(blocks: readonly Block[]): { readonly offer: ScriptText; readonly everyMs: number } | null {
  for (const { text, codes } of blocks.flatMap(proseOf)) {
    const everyMs = intervalIn(text)
    const offer = everyMs === null ? null : offerIn(codes)
    if (everyMs !== null && offer !== null) return { offer, everyMs }
  }
  return null
}

/** Paragraphs, and bullets that are no steps of their own. */
function proseOf(block: Block): { readonly text: string; readonly codes: readonly InlineCode[] }[] {
  if (block.kind === 'paragraph') return [{ text: block.text, codes: block.lines.flatMap(line => line.codes) }]
  if (block.kind !== 'list' || block.ordered) return []
  return block.items.flatMap(item => (item.checked === null ? [{ text: item.title, codes: item.codes }] : []))
}

const SAYS_THEN = /\b(?:then|before|afterwards?|and (?:run|start|restart|continue|proceed))\b/i

/** What a wait that names a time may end by as well: the script under it looks for that. */
const SAYS_UNTIL = /\buntil\b|\b(?:while|as long as)\b.*(?:\bnot\b|n['’]t\b)/i

/** Under a mere wait a build or an install is work; what is to be repeated may be a script that checks. */
function onlyLooks(task: Draft, polls: boolean): boolean {
  const text = task.script?.text ?? ''
  const risk = riskOf(text)
  return (risk === 'view' || (risk === 'safe' && polls)) && interactionOf(text) === 'none' && task.unfinished === null
}

/** A task behind a wait: what the text says of waiting is no title for what it does. */
export function titledByCommand(task: Draft): Draft {
  return task.script === null ? task : { ...task, title: firstLine(task.script.text) }
}

/** The script waits by itself. */
export function sleeps(script: string): boolean {
  return /(?:^|[\s;&|(])sleep\s+["']?[\d$]/.test(script)
}
