import type { Block, LabelBlock } from './blocks.ts'
import { isGoHeading } from './constructs/decision.ts'
import { isJump } from './constructs/jump-in-prose.ts'
import { closesDetails } from './constructs/label-scope.ts'
import { probeIn } from './constructs/probe.ts'
import { below } from './constructs/session.ts'
import { textOf } from './constructs/text.ts'
import { textStep } from './constructs/text-step.ts'
import { namesWatching } from './constructs/wait.ts'
import {
  type At,
  conditionAround,
  type Draft,
  type DraftNode,
  draft,
  draftsOf,
  type Page,
  type Reading,
  underCondition,
} from './draft.ts'
import { type Before, joinOptions } from './join-options.ts'
import { applyDirectives, markedBlock } from './markers/apply-directives.ts'
import type { Directive } from './markers/directives.ts'
import { placedByMarker } from './markers/marker-choices.ts'
import { RULES } from './rules.ts'
import { choicesBetween } from './section-choices.ts'
import type { SectionDraft } from './sections.ts'
import { isImperative } from './text/words.ts'

/** What a section's own blocks became; its sub-sections are read apart. */
export interface SectionReading extends Pick<Reading, 'nodes' | 'apart' | 'findings'> {
  readonly section: SectionDraft
  readonly children: readonly SectionReading[]
}

/** A placed section to its steps, by the table of rules. */
export function readSection(section: SectionDraft, page: Page): SectionReading {
  const { nodes, apart, findings } = readBlocks(section.blocks, { page, section, label: null, item: null })
  const {
    choices,
    children,
    findings: ofChoices,
  } = choicesBetween(
    remedies(
      section,
      section.children.map(child => readSection(child, below(section, page))),
    ),
    page,
  )
  const waits = nodes.some(isWait) ? [] : watching(section, page)
  const read = inOrder([...nodes, ...choices], waits)
  const all = [...read, ...decidedByOwners(section, [...read, ...children.flatMap(child => child.nodes)])]
  // A heading that is a step takes all of its text along; a sentence of that alone would leave the rest out. What a marker made a
  // step of stands beside it.
  const marked = all.filter(isMarked)
  const unmarked = all.filter(node => !isMarked(node))
  const isText = unmarked.length < 2 && unmarked.every(node => node.node === 'step' && node.inProse && !isJump(node))
  const whole = isText && apart.length === 0 && children.every(isEmpty) ? headingAsStep(section) : []
  return {
    section,
    nodes: whole.length > 0 ? [...whole, ...marked] : all,
    apart,
    findings: [...findings, ...ofChoices],
    children,
  }
}

function isMarked(node: DraftNode): boolean {
  return node.node === 'step' && (node.rule === 'R3' || (node.inProse && node.markers.length > 0))
}

/**
 * Several remedies side by side under "Mitigation" are never all done: each is behind the question whether it is the one,
 * which its heading names.
 */
function remedies(section: SectionDraft, children: readonly SectionReading[]): readonly SectionReading[] {
  const isRemedy = (one: SectionReading) =>
    one.section.number === null && one.section.role === 'main' && one.section.when === null && !isEmpty(one)
  if (!/^(?:mitigations?|resolutions?|remediations?|solutions?|fix(?:es)?)\b/i.test(section.title)) return children
  if (children.filter(isRemedy).length < 2) return children
  return children.map(one => (isRemedy(one) ? asked(one, one.section.title) : one))
}

/** The whole section behind one question. */
export function asked(one: SectionReading, when: string): SectionReading {
  return {
    ...one,
    nodes: conditionAround(one.nodes, when),
    children: one.children.map(child => asked(child, when)),
  }
}

export function isEmpty(one: SectionReading): boolean {
  return one.nodes.length === 0 && one.apart.length === 0 && one.children.every(isEmpty)
}

/**
 * A numbered heading that tells a person to do something, or names checks over bullets, with prose only below it, is that
 * step: else it would be lost.
 */
function headingAsStep(section: SectionDraft): Draft[] {
  const namesChecks =
    NAMES_CHECKS.test(section.title.replace(/\([^)]*\)/g, '')) && section.blocks.some(block => block.kind === 'list')
  if (section.number === null || section.template || section.role !== 'main') return []
  // "4. Apply" alone is a verb as well.
  if (!isImperative(`${section.title} it`) && !namesChecks) return []
  const { title, line } = section
  const step = textStep({ text: title, rule: 'R9', line, endLine: line, detail: textOf(section.blocks) })
  return [{ ...step, kind: namesChecks ? 'confirmation' : step.kind, when: null }]
}

/** Headings over what must be so before or after: their bullets are looked at, by a person. */
const NAMES_CHECKS =
  /\b(?:pre-?conditions?|pre-?requisites?|checkpoint|checks?|checklist|readiness|verification|validation)\b/i

/** A heading that says GO / NO-GO, with people named below it and no decision: these people decide, behind all that stands there. */
function decidedByOwners(section: SectionDraft, nodes: readonly DraftNode[]): Draft[] {
  const { title, line, role, owners, approvers } = section
  if (!isGoHeading(title) || role !== 'main' || owners.length + approvers.length === 0) return []
  if (draftsOf(nodes).some(({ kind }) => kind === 'gate')) return []
  return [draft({ kind: 'gate', title, rule: 'R18', line, endLine: line, closing: true })]
}

type Inside = Pick<At, 'page' | 'section' | 'label' | 'item'>

function readBlocks(blocks: readonly Block[], inside: Inside): Reading {
  const nodes: DraftNode[] = []
  const apart: Reading['apart'][number][] = []
  const findings: Reading['findings'][number][] = []
  let label: LabelBlock | null = inside.label
  let before: Block | null = inside.label
  let last: Before = { block: null, nodes: [] }
  for (let index = 0; index < blocks.length; ) {
    const block = blocks[index]
    if (block === undefined) break
    const at: At = {
      page: inside.page,
      section: inside.section,
      item: inside.item,
      blocks,
      index,
      block,
      label,
      before,
      readAll: (some, change) => readBlocks(some, { ...inside, label, ...change }),
    }
    const read = firstAnswer(at)
    const made = applyDirectives(markedBlock(at, block), read, inside.page)
    if (made !== null) {
      if (made.expect !== null) expectOfLast(nodes, made.expect, block.directives)
      const marked = placedByMarker(block.directives, made.nodes, nodes.at(-1))
      if (marked !== null) {
        if (marked.replaces) nodes.pop()
        nodes.push(...marked.nodes)
        apart.push(...made.apart, ...marked.apart)
        findings.push(...made.findings)
        last = { block, nodes: marked.nodes }
        if (block.kind === 'label') label = read === null ? block : null
        before = blocks[index + made.used - 1] ?? block
        index += made.used
        continue
      }
      const choice = made.orLabel === undefined ? null : joinOptions(last, made.orLabel, made.nodes, inside.page)
      if (choice !== null) nodes.splice(nodes.length - last.nodes.length, last.nodes.length, choice)
      else nodes.push(...made.nodes)
      last = { block, nodes: choice === null ? made.nodes : [choice] }
      apart.push(...made.apart)
      findings.push(...made.findings)
    }
    if (made === null) last = { block, nodes: [] }
    const used = made?.used ?? 1
    if (closesDetails(block)) label = inside.label
    // A label holds for what follows it, up to the next one; one that a rule has read holds for nothing more.
    if (block.kind === 'label') label = read === null ? block : null
    before = blocks[index + used - 1] ?? block
    index += used
  }
  return { nodes, apart, findings, expect: null, used: blocks.length }
}

function firstAnswer(at: At): Reading | null {
  for (const rule of RULES) {
    const made = rule.read(at)
    if (made !== null) return underCondition(made, at.block.under)
  }
  return null
}

/** Expected output belongs to the last step before it. What a marker says of it counts more than a sample (rule R3). */
function expectOfLast(nodes: DraftNode[], expect: Draft['expect'], directives: readonly Directive[]): void {
  // What is to be done if that went wrong may stand between a script and its output.
  const index = nodes.findLastIndex(node => node.node !== 'step' || !isJump(node))
  const last = nodes[index]
  if (last?.node !== 'step') return
  const marked = last.kind === 'task' ? directives.filter(one => one.word === 'expect') : []
  const advises = last.expect === null || last.expect.kind === 'similar' || last.expect.kind === 'shown'
  if (last.expect === null || (marked.length > 0 && advises))
    nodes[index] = { ...last, expect, markers: [...last.markers, ...marked] }
}

/** Rule R19: a section whose heading names watching, and whose duration has numbers, is waited for. */
function watching(section: SectionDraft, page: Page): Draft[] {
  const { duration } = section
  if (section.role === 'reference' || !namesWatching(section.title) || duration === null || duration.minMs === null)
    return []
  const behind = page.source.lines.slice(section.line, section.endLine).findIndex(text => text.includes(duration.text))
  const line = behind === -1 ? 0 : section.line + behind + 1
  const text = duration.text.replace(/\s*\([^)]*\)/g, '')
  const probe = probeIn(section.blocks)
  return [
    draft({
      kind: 'wait',
      title: `${section.title}: ${text}`,
      rule: 'R19',
      line: line === 0 ? section.line : line,
      endLine: line === 0 ? section.line : line,
      when: section.durationWhen,
      original: duration.text,
      durationMs: duration.minMs,
      timeoutMs: duration.maxMs,
      beforeClosing: true,
      offer: probe?.offer ?? null,
      everyMs: probe?.everyMs ?? null,
    }),
  ]
}

function isWait(node: DraftNode): boolean {
  return node.node === 'step' && node.kind === 'wait'
}

/** The order of the file; then the wait of the section; its closing confirmations last. */
function inOrder(nodes: readonly DraftNode[], waits: readonly Draft[]): DraftNode[] {
  const isClosing = (node: DraftNode) => node.node === 'step' && node.closing
  return [...nodes.filter(node => !isClosing(node)), ...waits, ...nodes.filter(isClosing)]
}
