import { diagnostic } from '../../model/index.ts'
import type { Block, Item, ListBlock } from '../blocks.ts'
import { type At, conditionAround, type DraftNode, type Reading, type Rule, reading, underCondition } from '../draft.ts'
import { placedByMarker } from '../markers/marker-choices.ts'
import { headingKey } from '../text/heading.ts'
import { beginsWithMark, namesWork } from '../text/words.ts'
import { readItem } from './item.ts'
import { conditionOfLead, leadIn } from './lead.ts'
import { placeOf, writtenText } from './text.ts'

/** Rule R9: an ordered item is a step, so is a box, so is a bullet right below words for work. Other bullets are text. */
export const list: Rule = {
  rule: 'R9',
  name: 'list',
  read(at) {
    const { block } = at
    if (block.kind !== 'list') return null
    if (isContents(at, block) || namesHeadings(at, block)) return reading([])
    const next = at.blocks[at.index + 1]
    const takesNext = next !== undefined && takes(block, next)
    const last = block.items.length - 1
    const numbered = countedOn(block.items, onesBefore(at))
    const items = takesNext
      ? numbered.map((item, index) =>
          index === last ? { ...item, endLine: next.endLine, end: next.end, blocks: [...item.blocks, next] } : item,
        )
      : numbered
    const readings = items.map(item =>
      underCondition(readItem(at, item, item.checked !== null || isStep(at, block, item.title)), item.under),
    )
    const made = underLead(together(items, readings, takesNext ? 2 : 1), conditionOf(at))
    return { ...made, findings: [...misnumbered(at, numbered), ...made.findings] }
  },
}

/** A list of only `1.` counts on, over the blocks at column 0 that cut it too. */
function countedOn(items: readonly Item[], before: number): readonly Item[] {
  const repeats =
    items.length + before > 1 && items.every(item => item.number === items[0]?.number && item.number !== null)
  return repeats && (before === 0 || items[0]?.number === 1)
    ? items.map((item, index) => ({ ...item, number: before + index + 1 }))
    : items
}

/** How many items with the number 1 stand before this list that only blocks at column 0 part from it. */
function onesBefore(at: At): number {
  let count = 0
  // Nobody counts on over more; a section of many thousand blocks is read in a time that grows with its length.
  for (const block of at.blocks.slice(Math.max(0, at.index - MOST_BLOCKS), at.index).reverse()) {
    if (block.kind === 'list' && block.ordered && block.items.every(item => item.number === 1))
      count += block.items.length
    else if (block.kind !== 'fence' && block.kind !== 'html' && block.kind !== 'table' && block.kind !== 'paragraph')
      break
    else if (block.kind === 'paragraph' && /[:：]$/.test(block.text) && count === 0) break
  }
  return count
}

const MOST_BLOCKS = 200

/** "Mandatory sections:" leads to the parts of a text, not to work. */
const NAMES_PARTS = /\b(?:sections|fields|columns|headings|reasons|examples|references|links|severities)\s*:$/i

/** "If volume resizing is available, you can:" holds for every item. */
function conditionOf(at: At): string | null {
  return /:$/.test(leadIn(at)) ? conditionOfLead(at) : null
}

function underLead(made: Reading, when: string | null): Reading {
  return when === null ? made : { ...made, nodes: conditionAround(made.nodes, when) }
}

/** Numbers written by hand that repeat or leave one out: the order of the file holds. */
function misnumbered(at: At, items: readonly Item[]): Reading['findings'] {
  return items.flatMap((item, index) => {
    const before = items[index - 1]?.number ?? null
    if (item.number === null || before === null || item.number === before + 1) return []
    const message = `item ${item.number} follows item ${before}: the order of the file holds`
    return [diagnostic('SO006', placeOf(at, item), message, 'number the items anew')]
  })
}

function isStep(at: At, block: ListBlock, title: string): boolean {
  if (block.ordered) return !NAMES_PARTS.test(leadIn(at))
  if (at.item !== null || beginsWithMark(title)) return false
  if (at.label !== null) return at.before === at.label && namesWork(at.label.name)
  return at.index === 0 && namesWork(at.section.title)
}

/** "… the following:" at the end of a list leads to the fence behind it. */
function leadsOn(block: ListBlock): boolean {
  const last = block.items.at(-1)
  return last !== undefined && last.blocks.length === 0 && /(?::|\b(?:following|below))$/i.test(last.title)
}

/**
 * A fence belongs to the last item where that leads on to it, or where it stands on the very next line; bullets do where a
 * numbered item leads on to them.
 */
function takes(block: ListBlock, next: Block): boolean {
  if (next.kind === 'fence') return leadsOn(block) || isOnNextLine(block, next)
  return next.kind === 'list' && block.ordered && !next.ordered && leadsOn(block) && next.items.every(isPlain)
}

function isOnNextLine(block: ListBlock, next: Block): boolean {
  const last = block.items.at(-1)
  return block.ordered && last !== undefined && last.blocks.length === 0 && next.line === last.endLine + 1
}

function isPlain(item: Item): boolean {
  return item.checked === null && item.blocks.every(block => block.kind === 'list' && block.items.every(isPlain))
}

/** A list of links into the page. */
function isContents(at: At, block: ListBlock): boolean {
  const rows = writtenText(at.page.source, block)
    .split('\n')
    .filter(row => row.trim() !== '')
  return rows.every(row => /^\s*(?:[-*+]|\d+[.)])\s*\[[^\]]*\]\(#[^)]*\)\s*$/.test(row))
}

/** "There are three steps:" and then the headings of the page: what stands under those is the work. */
function namesHeadings(at: At, block: ListBlock): boolean {
  if (block.items.length < 2 || block.items.some(item => item.checked !== null || item.blocks.length > 0)) return false
  return block.items.every(item => at.page.headings.has(headingKey(item.title)))
}

function together(items: readonly Item[], readings: readonly Reading[], used: number): Reading {
  const nodes: DraftNode[] = []
  const apart = readings.flatMap((one, index) => {
    const placed = placedByMarker(items[index]?.directives ?? [], one.nodes, nodes.at(-1))
    if (placed?.replaces === true) nodes.pop()
    nodes.push(...(placed?.nodes ?? one.nodes))
    return [...one.apart, ...(placed?.apart ?? [])]
  })
  return reading(nodes, { apart, findings: readings.flatMap(one => one.findings), used })
}
