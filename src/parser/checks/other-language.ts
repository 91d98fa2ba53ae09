import type { Root } from 'mdast'
import { type Diagnostic, diagnostic, type Runbook } from '../../model/index.ts'
import { nodesOf } from '../text/nodes.ts'

const ENGLISH = /\b(?:the|and|to|of|is|in|for|with|this|you|if|on|be|are|it|that|from|when|run)\b/gi
const OTHERS =
  /(?<!\p{L})(?:der|die|das|und|für|mit|nach|wenn|nicht|werden|ist|ein|eine|zu|zum|auf|von|bei|sie|alle|den|dem|im|falls|nur|le|la|les|des|du|et|pour|avec|sur|est|une|el|los|las|del|para|con|una|por|que|di|il|che|per|não|uma|het|een|voor|met)(?!\p{L})/giu
const NO_LATIN = /(?!\p{Script=Latin})\p{L}/gu

/**
 * SO040: a page that is walked and is not in English. Words that hold a block back are known in more languages (rule R5); what
 * makes a condition, a wait or a gate is not. At its first sentence, once.
 */
export function otherLanguage(runbook: Runbook, root: Root): Diagnostic[] {
  if (runbook.mode === 'reference') return []
  let text = ''
  let place: { readonly line: number; readonly column: number } | null = null
  for (const node of nodesOf(root)) {
    const start = node.position?.start
    if (node.type !== 'text' || start === undefined || text.length > ENOUGH) continue
    place ??= { line: start.line, column: start.column }
    text += `${node.value}\n`
  }
  if (place === null || !isOther(text)) return []
  const message = 'the prose is not in English: conditions, waits and gates in it are not read'
  const help = 'look through `signoff plan`, and say them by markers: if="…", wait=5m, gate approvers="…"'
  return [diagnostic('SO040', place, message, help)]
}

/** Characters of prose that tell a language. */
const ENOUGH = 20_000

function isOther(text: string): boolean {
  const letters = count(text, /\p{L}/gu)
  if (letters >= 40 && count(text, NO_LATIN) > letters * 0.3) return true
  const others = count(text, OTHERS)
  return others >= 5 && others > count(text, ENGLISH) * 2
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
