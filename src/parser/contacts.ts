import type { ShownText } from '../model/index.ts'
import type { Block, Item, LabelBlock, TableBlock } from './blocks.ts'
import { textOf } from './constructs/text.ts'
import type { SectionDraft } from './sections.ts'

/**
 * Rule R20: contacts, escalation and dependencies are shown when a step fails: whole sections and labels that name them, and
 * tables that say who is reached how, wherever they stand. So are sections on known trouble.
 */
export function findContacts(phases: readonly SectionDraft[]): ShownText[] {
  return phases.flatMap(section =>
    section.troubleshooting ? knownTrouble(section) : [...inSection(section), ...findContacts(section.children)],
  )
}

/** Rule R5: a section on known trouble is in no flow; it is read when a step fails. */
function knownTrouble(section: SectionDraft): ShownText[] {
  const lines = troubleLines(section)
  return lines.length === 0 ? [] : [{ title: section.title, line: section.line, lines }]
}

/** A section on known trouble as a whole, its commands too: it is in no flow, and is read when something fails. */
function troubleLines(section: SectionDraft): string[] {
  const own = section.blocks.flatMap(block =>
    block.kind === 'fence'
      ? block.text
          .replace(/\n$/, '')
          .split('\n')
          .map(line => `$ ${line}`)
      : textOf([block]),
  )
  return [...own, ...section.children.flatMap(child => [child.title, ...troubleLines(child).map(line => `  ${line}`)])]
}

function inSection(section: SectionDraft): ShownText[] {
  if (section.template) return []
  if (!namesContacts(section.title)) return section.blocks.flatMap((_, index) => atBlock(section, index))
  return shown(section.title, section.line, section.blocks)
}

/** A label with what it leads to, or a table that says who is reached how. */
function atBlock(section: SectionDraft, index: number): ShownText[] {
  const block = section.blocks[index]
  const before = section.blocks[index - 1]
  const label = before?.kind === 'label' ? before : null
  if (block?.kind === 'label' && namesContacts(block.name)) return underLabel(section.blocks, index, block)
  if (block?.kind !== 'table' || !saysWhoIsReached(block)) return []
  return label !== null && namesContacts(label.name) ? [] : shown(label?.name ?? section.title, block.line, [block])
}

function underLabel(blocks: readonly Block[], index: number, label: LabelBlock): ShownText[] {
  const next = blocks[index + 1]
  if (label.rest !== '') return [{ title: label.name, line: label.line, lines: [label.rest] }]
  return next?.kind === 'table' || next?.kind === 'list' ? shown(label.name, label.line, [next]) : []
}

function shown(title: string, line: number, blocks: readonly Block[]): ShownText[] {
  const lines = blocks.flatMap(block => (block.kind === 'list' ? block.items.flatMap(linesOfItem) : textOf([block])))
  return lines.length === 0 ? [] : [{ title, line, lines }]
}

/** Numbered items too: the order in which people are called. */
function linesOfItem(item: Item): string[] {
  const title = item.number === null ? item.title : `${item.number}. ${item.title}`
  return [title, ...textOf(item.blocks)].filter(line => line !== '')
}

const CONTACTS =
  /\bcontacts\b|^(?:\w+[- ]){0,2}contact(?: (?:list|sheet|details|info(?:rmation)?|points?|us))?$|^(?:\w+[- ]){0,2}escalations?(?: (?:paths?|polic(?:y|ies)|matrix|chain|levels?|order|contact))?$|^(?:(?:critical|external|internal|service|system|upstream|downstream|third-party|runtime) ){0,2}dependencies$|\bon-?call (?:roster|rota|rotation|schedule)\b|^who to (?:call|contact|page|ask)\b/i
const TELLS_TO = /^(?:save|update|verify|check|confirm|ask|notify|inform|add|collect|gather|review)\b/i

function namesContacts(title: string): boolean {
  return CONTACTS.test(title) && !TELLS_TO.test(title) && !title.endsWith('?')
}

const WHO =
  /^(?:role|name|team|who|contact|person|owner|on-?call|level|tier|service|system|vendor|provider|dependency|component)\b/i
const REACHED =
  /^(?:primary|secondary|backup)$|\b(?:contacts?|phone|tel|e-?mail|slack|pager(?:duty)?|escalat(?:e|ion)|status page|support|channel|reach(?:ed)?)\b/i

/** One column says who or what, another one how to reach them. */
function saysWhoIsReached(table: TableBlock): boolean {
  const who = table.header.findIndex(name => WHO.test(name))
  return who !== -1 && table.header.some((name, index) => index !== who && REACHED.test(name))
}
