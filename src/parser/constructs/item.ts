import type { Item } from '../blocks.ts'
import { conditionOfPrefix, readCondition, withBoldCondition } from '../conditions.ts'
import {
  type At,
  conditionAround,
  type Draft,
  type DraftNode,
  draft,
  draftsOf,
  type Reading,
  reading,
} from '../draft.ts'
import { evidenceIn, textEvidence } from '../evidence.ts'
import { applyDirectives } from '../markers/apply-directives.ts'
import { roleOfItem } from '../role.ts'
import type { InlineCode } from '../text/prose.ts'
import { beginsExample, plainTitle } from '../text/words.ts'
import { withoutCondition } from './apart.ts'
import { asSection, isApart } from './apart-section.ts'
import { decidersIn } from './deciders.ts'
import { offerIn, offering } from './offer.ts'
import { asPoll } from './poll.ts'
import { sleeps, titledByCommand } from './probe.ts'
import { textOf, writtenText } from './text.ts'
import { textStep } from './text-step.ts'
import { intervalIn, limitOfPolling, waitIn } from './wait.ts'

/**
 * Rules R9 and R17: one item of a list. A box is a confirmation; an item whose fence is a script is that task; an item
 * that only groups boxes takes a position and is no step; any other item is what its text says, if it is a step at all.
 */
export function readItem(at: At, written: Item, asStep: boolean, asOption = false): Reading {
  const item = { ...written, title: withBoldCondition(written.bold, written.title) }
  const { directives, title, line, endLine } = item
  const made = itself(at, item, asStep, asOption)
  if (directives.length === 0) return made
  const original = writtenText(at.page.source, item)
  const marked = { directives, text: plainTitle(title), line, endLine, original, isLabel: false }
  return applyDirectives(marked, made, at.page) ?? made
}

function itself(at: At, item: Item, asStep: boolean, asOption: boolean): Reading {
  const role = asOption || item.checked !== null || isApart(at.section) ? null : roleOfItem(item.title, at.page)
  const example = at.item !== null && !asOption && (at.item.example || beginsExample(item.title))
  const section = role === null ? at.section : asSection(at.section, role)
  const inside = at.readAll(item.blocks, {
    label: null,
    item: { title: item.title, printed: item.number, example },
    section,
  })
  const apart = inside.apart.map(one => ({ ...one, underLine: one.underLine ?? item.line }))
  const more = { apart, findings: inside.findings }
  if (role !== null && inside.nodes.length > 0) {
    const nodes = withoutCondition([grouped(at, item, inside.nodes)], role, item.title)
    const made = { role, title: plainTitle(item.title), line: item.line, nodes }
    return reading([], { ...more, apart: [made, ...apart] })
  }
  if (item.checked !== null) return reading([box(at, item, waited(at, item, inside.nodes))], more)
  if (inside.nodes.length > 0) return reading([grouped(at, item, inside.nodes)], more)
  if (!asStep || (example && item.checked === null) || item.title === '' || isLinkOnly(item.title))
    return reading([], more)
  return reading([gateOf(at, item) ?? withOffer(step(at, item), item.codes)], more)
}

function box(at: At, item: Item, below: readonly DraftNode[]): Draft {
  const { when, title } = conditionOf(at, item)
  const detail = textOf(item.blocks)
  const asksText = item.title.endsWith(':') && detail.length === 0 && below.length === 0
  const paste = pasteIn(at, item)
  const confirmation = draft({
    kind: 'confirmation',
    title: plainTitle(title),
    rule: 'R17',
    line: item.line,
    endLine: item.endLine,
    printed: item.number,
    original: writtenText(at.page.source, item),
    when,
    detail,
    below: inherited(below, when),
    timeoutMs: limitOfPolling(title),
    everyMs: intervalIn(title),
    evidence: paste ?? evidenceIn(title) ?? (asksText ? textEvidence(plainTitle(title)) : null),
  })
  return withOffer(confirmation, item.codes)
}

/** What is done after a wait that is a box: the wait comes before it, under the box. */
function waited(at: At, item: Item, nodes: readonly DraftNode[]): readonly DraftNode[] {
  const only = nodes.length === 1 ? nodes[0] : undefined
  if (only?.node !== 'step' || !waitsBefore(item, only)) return nodes
  return [{ ...step(at, item), kind: 'wait', endLine: item.line, printed: null, when: null }, titledByCommand(only)]
}

/** A bold prefix out of the values that the page declares; else the condition that the text holds. */
function conditionOf(at: At, item: Item): ReturnType<typeof readCondition> {
  const prefix = item.boldTitle === null ? null : conditionOfPrefix(item.boldTitle, at.page.declared)
  if (prefix === null) return readCondition(item.title)
  return { when: prefix, title: item.title.slice((item.boldTitle ?? '').length).replace(/^\s*:\s*/, '') }
}

/** What stands below a conditional item is done under the same condition. */
function inherited(nodes: readonly DraftNode[], when: string | null): readonly DraftNode[] {
  return when === null ? nodes : conditionAround(nodes, when)
}

/** A comment behind a box that asks for a paste makes the box ask for a text. */
function pasteIn(at: At, item: Item): Draft['evidence'] {
  const asked = /<!--\s*((?:paste|add|insert|put)\b[\s\S]*?)-->/i.exec(writtenText(at.page.source, item))?.[1]
  return asked === undefined ? null : textEvidence(asked.trim())
}

/** Rule R18: an item whose sentence says who gives the GO. One with a condition, or with a command, stays for a person. */
function gateOf(at: At, item: Item): Draft | null {
  const approvers = decidersIn(item.title)
  if (approvers === null || item.codes.length > 0 || readCondition(item.title).when !== null) return null
  return draft({
    kind: 'gate',
    title: plainTitle(item.title),
    rule: 'R18',
    line: item.line,
    endLine: item.endLine,
    printed: item.number,
    original: writtenText(at.page.source, item),
    approvers,
    detail: textOf(item.blocks),
  })
}

function step(at: At, item: Item): Draft {
  return textStep({
    text: item.title,
    rule: 'R9',
    line: item.line,
    endLine: item.endLine,
    printed: item.number,
    detail: textOf(item.blocks),
    original: writtenText(at.page.source, item),
  })
}

/** An address alone says nothing to do. */
function isLinkOnly(title: string): boolean {
  return /^<?https?:\/\/\S+>?$/.test(title)
}

function withOffer(made: Draft, codes: readonly InlineCode[]): Draft {
  const { kind } = made
  if (kind !== 'confirmation' && kind !== 'manual' && kind !== 'wait') return made
  return asPoll(offering(made, offerIn(codes)), [made.title, ...made.detail].join(' '))
}

/** An item with steps below it. */
function grouped(at: At, item: Item, nodes: readonly DraftNode[]): DraftNode {
  const { when } = conditionOf(at, item)
  const below = inherited(nodes, when)
  // What only a marker made a step of was a part of this item's text, and takes nothing of it away.
  if (draftsOf(below).every(one => one.rule === 'R3')) return { ...step(at, item), below }
  const only = below.length === 1 ? below[0] : undefined
  if (only?.node === 'step' && isItem(item, only) && only.printed === item.number && !waitsBefore(item, only)) {
    const said = textOf(item.blocks).filter(line => !only.detail.includes(line) && !leadsToExpected(line, only))
    return { ...only, line: item.line, endLine: item.endLine, detail: [...said, ...only.detail] }
  }
  if (only?.node === 'step' && waitsBefore(item, only)) {
    const wait = withOffer({ ...step(at, item), endLine: item.line, printed: null }, item.codes)
    return { node: 'group', nodes: [wait, { ...titledByCommand(only), printed: null }] }
  }
  if (groupsOnly(item, below)) return { node: 'group', nodes: below }
  return withOffer({ ...step(at, item), below }, item.codes)
}

/** "Expected output:" alone: what it leads to is the step's expectation, and is shown as that. */
function leadsToExpected(line: string, { expect }: Draft): boolean {
  return expect !== null && /^(?:the )?(?:expected|sample|example) (?:output|result|response)s?\s*:$/i.test(line)
}

/** The step that a block below the item became is the item itself; one out of a list below it is a step of its own. */
function isItem(item: Item, only: Draft): boolean {
  if (item.blocks.some(block => block.kind === 'list' && block.line <= only.line && only.line <= block.endLine))
    return false
  return only.rule === 'R19' || (only.rule !== 'R17' && only.kind !== 'confirmation')
}

/** "Wait for 10 minutes, then restart:" is two steps, unless its script does the waiting. */
function waitsBefore(item: Item, only: Draft): boolean {
  return waitIn(item.title) !== null && only.kind === 'task' && !sleeps(only.script?.text ?? '')
}

/** The text of the item asks nothing that the steps below it do not do. */
function groupsOnly(item: Item, nodes: readonly DraftNode[]): boolean {
  if (item.title === '' || item.title.endsWith(':')) return true
  return nodes.every(node => node.node === 'step' && node.script !== null)
}
