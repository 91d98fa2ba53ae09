import type { Block, FenceBlock } from '../blocks.ts'
import type { At, Page } from '../draft.ts'
import type { SectionDraft } from '../sections.ts'
import { sessionOpener } from '../shell/index.ts'
import { fenceKind } from './fence-kind.ts'
import { leadIn } from './lead.ts'

const ELSEWHERE =
  /\b(?:on|from|in|inside|within|log(?:ged)?[- ]?in(?:to)?|ssh(?:'d)? in(?:to)?|connect(?:ed)? to)\s+(?:to\s+)?(?:the|each|your|a|that|this|every|all)?\s*(?:\w+[ -]){0,2}?(?:server|host|box|machine|node|vm|instance|pod|container)s?\b[^.]*:?$|\bwhen logged in\b|\bbash command prompt\b/i
/** "Run the following command in all etcd pods.": a whole sentence must say that it is run there. */
const RUN_THERE =
  /\b(?:run|execute|issue|type)\b[^.]{0,60}\b(?:on|in|from|inside)\s+(?:the|each|all|every)\b[^.]{0,40}\b(?:server|host|box|machine|node|vm|instance|pod|container)(?:e?s)?\b[^.]*\.$/i
const HERE =
  /\b(?:your (?:local|own) machine|localhost|local machine|workstation|laptop|this machine|build (?:machine|host|server)|your machine)\b/i
const LEAVES =
  /^\s*(?:[$#%>] ?)?(?:exit|logout|quit|\\q)\s*$|\b(?:log out|exit the (?:session|shell|pod|container|server)|back on (?:your|the local)|return to your|locally)\b/i

/**
 * Rule R15: why a block is for another place: it is led by "on the server" (`lead`), or an earlier block of its section
 * opened a session there and nothing since has left it (`session`); null where it is for this one.
 */
export function isElsewhere(at: At, block: FenceBlock): 'lead' | 'session' | null {
  const byLead = isLedElsewhere(leadIn(at)) ? ('lead' as const) : null
  const openers = fencesIn(at.section.blocks, block.line).filter(one => one.line < block.line && opensSession(one))
  const last = openers.at(-1)
  const from = last?.line ?? (at.page.inSession === true ? at.section.line : null)
  if (from === null) return byLead
  return leaves(at.page.source, from, block.line - 1) ? byLead : 'session'
}

/** What stands below a section whose own text opened a session and did not leave it: for that place as well. */
export function below(section: SectionDraft, page: Page): Page {
  const last = fencesIn(section.blocks, Number.POSITIVE_INFINITY).filter(opensSession).at(-1)
  const from = last?.line ?? (page.inSession === true ? section.line : null)
  const to = section.children[0]?.line ?? section.endLine
  const inSession = from !== null && !leaves(page.source, from, to - 1)
  return inSession === (page.inSession === true) ? page : { ...page, inSession }
}

function leaves(source: Page['source'], from: number, to: number): boolean {
  return source.lines.slice(from, to).some(line => LEAVES.test(line))
}

function isLedElsewhere(lead: string): boolean {
  return (ELSEWHERE.test(lead) || RUN_THERE.test(lead)) && !HERE.test(lead)
}

/** Asked of a fence by every one that stands behind it, and answered once. */
function opensSession(fence: FenceBlock): boolean {
  const known = OPENS.get(fence)
  if (known !== undefined) return known
  const opens = readsAsOpener(fence)
  OPENS.set(fence, opens)
  return opens
}

const OPENS = new WeakMap<FenceBlock, boolean>()

function readsAsOpener(fence: FenceBlock): boolean {
  const kind = fenceKind(fence.language)
  // A block that holds another fence is text.
  if (!fence.closed || /^[ \t]*(?:`{3,}|~{3,})/m.test(fence.text)) return false
  return (kind === 'shell' || kind === 'console') && sessionOpener(plainLines(fence.text)) !== null
}

/** Prompts would hide the command. */
function plainLines(text: string): string {
  return text.replace(/^[$%] /gm, '')
}

/** Fences that a person comes by before a line: of tabs around it only those of its own. */
function fencesIn(blocks: readonly Block[], line: number): FenceBlock[] {
  return blocks.flatMap(block => {
    if (block.kind === 'fence') return [block]
    if (block.kind === 'list') return block.items.flatMap(item => fencesIn(item.blocks, line))
    if (block.kind !== 'tabs') return []
    const own = block.endLine < line ? block.tabs : block.tabs.filter(tab => tab.line <= line && line <= tab.endLine)
    return own.flatMap(tab => fencesIn(tab.blocks, line))
  })
}
