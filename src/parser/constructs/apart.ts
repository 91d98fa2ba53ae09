import { diagnostic } from '../../model/index.ts'
import type { Block, LabelBlock, ParagraphBlock } from '../blocks.ts'
import { conditionOfLabel, readCondition } from '../conditions.ts'
import {
  type ApartRole,
  type At,
  type DraftNode,
  draftsOf,
  mapDrafts,
  type Reading,
  type Rule,
  reading,
} from '../draft.ts'
import { roleOfLabel, roleOfLead } from '../role.ts'
import { jumpIn } from '../text/jump.ts'
import { namesWork, plainTitle } from '../text/words.ts'
import { labelledOptions } from './alternatives.ts'
import { asSection, isApart } from './apart-section.ts'
import { isCriteriaLabel } from './criteria.ts'
import { isDecisionLabel } from './decision.ts'
import { isJump } from './jump-in-prose.ts'
import { underLabel } from './label-scope.ts'
import { leadSentence } from './lead.ts'
import { placeOf, writtenText } from './text.ts'
import { textStep } from './text-step.ts'

/**
 * Rules R5 and R6: what stands under `**Rollback Plan**`, `**Cleanup**` or `**Useful commands**` is no part of the way
 * forward. A way back leads back from its section. Inside a section that is apart itself a label is nothing special.
 */
export const apartByLabel: Rule = {
  rule: 'R6',
  name: 'role by label',
  read(at) {
    const { block } = at
    if (block.kind !== 'label' || isApart(at.section)) return null
    const role = roleOfLabel(block.name, at.page)
    if (role === null) return null
    const options = labelledOptions(at)
    if (options.length > 1) return ofOptions(at, block, role, options)
    const { body, next } = belowLabel(at, block)
    if (body.length === 0 && conditionOfLabel(block.name) !== null && sendsAway(at, block.rest)) return null
    const inside = at.readAll(body, { label: block, section: asSection(at.section, role) })
    const rest = inside.nodes.length > 0 && isMereCondition(block.rest) ? [] : restOf(at, block, role)
    const nodes = [...rest, ...withoutCondition(inside.nodes, role, block.name)]
    const used = next - at.index
    if (nodes.length > 0) return apart(inside, { role, title: block.name, line: block.line, nodes }, used)
    if (role !== 'recovery') return null
    const empty = `"${block.name}" holds nothing to do`
    const finding = diagnostic('SO026', placeOf(at, block), empty, 'write the way back as a list')
    return reading([], { apart: inside.apart, findings: [...inside.findings, finding], used })
  },
}

/** Alternatives that are all apart are one choice there; where one of them is not, it is asked for in the section. */
function ofOptions(
  at: At,
  block: LabelBlock,
  role: ApartRole,
  options: ReturnType<typeof labelledOptions>,
): Reading | null {
  if (options.some(option => roleOfLabel(option.label.name, at.page) !== role)) return null
  const next = options.at(-1)?.next ?? at.index + 1
  const { nodes, ...inside } = at.readAll(at.blocks.slice(at.index, next), { section: asSection(at.section, role) })
  return apart({ nodes, ...inside }, { role, title: block.name, line: block.line, nodes }, next - at.index)
}

/** The same by the text that leads to blocks: "If something breaks, roll back:", "To clean up, run:". */
export const apartByLead: Rule = {
  rule: 'R6',
  name: 'role by lead-in',
  read(at) {
    const { block } = at
    if (block.kind !== 'paragraph' || isApart(at.section)) return null
    const lead = leadSentence(block.text)
    const role = roleOfLead(lead, at.page)
    if (role === null) return null
    const body = [block, ...ledBlocks(at)]
    const inside = at.readAll(body, { section: asSection(at.section, role) })
    if (inside.nodes.length === 0 || draftsOf(inside.nodes).every(isJump)) return null
    const nodes = withoutCondition(inside.nodes, role, lead)
    return apart(inside, { role, title: plainTitle(lead), line: block.line, nodes }, body.length)
  },
}

/** The whole flow is entered by choice when something failed: the condition in its title is not asked once more. */
export function withoutCondition(nodes: readonly DraftNode[], role: ApartRole, title: string): readonly DraftNode[] {
  if (role !== 'recovery') return nodes
  const { when } = readCondition(title.replace(/\s*[:：]$/, ''))
  if (when === null) return nodes
  return mapDrafts(nodes, step => (step.when?.replace(/\s*[:：]$/, '') === when ? { ...step, when: null } : step))
}

/** "If this fails, go to section 4" alone is no way back; section 4 may be one. */
function sendsAway(at: At, text: string): boolean {
  return jumpIn(text, words => at.page.headings.has(words)) !== null
}

function apart(inside: Reading, made: Reading['apart'][number], used: number): Reading {
  return reading([], { apart: [made, ...inside.apart], findings: inside.findings, used })
}

/** `**Rollback:** if this fails` says when, and the blocks below it what. */
function isMereCondition(text: string): boolean {
  return /^(?:if|when|in case|should|only (?:if|when))\b[^,;:.]*[.:]?$/i.test(text)
}

/** Text behind the label is what to do: `**Rollback:** restore the snapshot`. Commands for reference have no such text. */
function restOf(at: At, block: LabelBlock, role: ApartRole): DraftNode[] {
  if (block.rest === '' || (role !== 'recovery' && role !== 'cleanup')) return []
  const { line, endLine } = block
  const original = writtenText(at.page.source, block)
  const step = textStep({ text: block.rest, rule: role === 'recovery' ? 'R6' : 'R5', line, endLine, original })
  return [role === 'recovery' ? { ...step, when: null } : step]
}

/**
 * A label with nothing of its own leads to the labels below it: `**Rollback**`, and then one for each platform or step.
 * They belong to it up to one that says something of the section again.
 */
function belowLabel(at: At, block: LabelBlock): { readonly body: readonly Block[]; readonly next: number } {
  const own = underLabel(at.blocks, at.index)
  const last = own.body.at(-1)
  const leadsOn = last === undefined || (last.kind === 'paragraph' && own.body.length === 1 && /[:：]$/.test(last.text))
  if (block.rest !== '' || !leadsOn) return own
  let { next } = own
  for (let label = at.blocks[next]; label?.kind === 'label' && !endsApart(at, label); label = at.blocks[next])
    next = underLabel(at.blocks, next).next
  return { body: at.blocks.slice(at.index + 1, next), next }
}

function endsApart(at: At, label: LabelBlock): boolean {
  const { name } = label
  return (
    isCriteriaLabel(name) ||
    isDecisionLabel(name) ||
    (!namesWork(name) &&
      /^(?:verif|valid|check|monitor|communicat|notif|announc|notes?\b|next\b|post\b|after\b)/i.test(name)) ||
    roleOfLabel(name, at.page) !== null
  )
}

/**
 * The list right behind a paragraph with the fences that cut it, or the fences; and what a "Then …" leads on to. A list
 * behind a fence is no part of it: it may be what the section goes on with.
 */
function ledBlocks(at: At): Block[] {
  const led: Block[] = []
  let kinds: readonly Block['kind'][] = ['fence', 'list']
  for (const block of at.blocks.slice(at.index + 1)) {
    const goesOn = block.kind === 'paragraph' && led.length > 0 && continues(block)
    if (!goesOn && !kinds.includes(block.kind)) break
    if (goesOn) kinds = ['fence', 'list']
    else if (led.at(-1)?.kind !== 'list') kinds = block.kind === 'list' ? ['fence', 'list'] : ['fence']
    led.push(block)
  }
  return led
}

function continues(block: ParagraphBlock): boolean {
  return /^(?:then|and|afterwards|after (?:that|this)|next|finally)\b/i.test(block.text)
}
