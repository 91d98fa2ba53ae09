import type { Block, Item, LabelBlock } from '../blocks.ts'
import { readCondition } from '../conditions.ts'
import {
  type At,
  type Draft,
  type DraftNode,
  draft,
  type OptionDraft,
  type Reading,
  type Rule,
  reading,
} from '../draft.ts'
import { type OptionMark, optionMarkOf, plainLabel } from '../shell/index.ts'
import { isApart } from './apart-section.ts'
import { backInPart, leadsBack } from './back-in-part.ts'
import { isCriteriaLabel } from './criteria.ts'
import { readItem } from './item.ts'
import { closesDetails, underLabel } from './label-scope.ts'
import { offerIn } from './offer.ts'
import { placeOf, writtenText } from './text.ts'

/** Rule R7: labels side by side that exclude each other are a choice; each option reaches to the next label. */
export const labelledAlternatives: Rule = {
  rule: 'R7',
  name: 'alternatives by label',
  read(at) {
    const first = at.block
    if (first.kind !== 'label') return null
    const found = labelledOptions(at)
    return found.length < 2 ? null : toChoice(at, found)
  },
}

/** Items side by side that say Option 1 and Option 2, or `If A: …` and `If B: …`. */
export const listedAlternatives: Rule = {
  rule: 'R7',
  name: 'alternatives by item',
  read(at) {
    const { block } = at
    if (block.kind !== 'list' || block.items.length < 2 || block.items.some(item => item.checked !== null)) return null
    const listed = optionsListed(block.items)
    if (listed === null) return null
    const findings: Reading['findings'][number][] = []
    const apart: Reading['apart'][number][] = []
    const options = block.items.map((item, index): OptionDraft => {
      const { name, note, title } = listed[index] ?? { name: item.title, note: null, title: item.title }
      const inside = readItem(at, { ...item, title, number: null }, true, true)
      findings.push(...inside.findings)
      apart.push(...inside.apart)
      return { name, note, nodes: optionNodes({ name, note, nodes: inside.nodes }, item.line, item.endLine) }
    })
    const choice = choiceOf(at, block, options)
    if (isApart(at.section)) return reading([choice], { apart, findings })
    // Ways back only: what to do forward is not among them.
    if (options.every(option => leadsBack(option.name, at.page))) {
      const made = { role: 'recovery' as const, title: choice.title, line: block.line, nodes: [choice] }
      return reading([], { apart: [made, ...apart], findings })
    }
    return reading([choice], { apart, findings: [...findings, ...backInPart(at.page, options, placeOf(at, block))] })
  },
}

/** The options that begin with the label at this place; fewer than two are none. */
export function labelledOptions(at: At): LabelledOption[] {
  const mark = at.block.kind === 'label' ? optionMarkOf(at.block.name) : null
  return mark === null || mark.kind === 'or' ? [] : optionsBehind(at, mark)
}

interface LabelledOption {
  readonly label: LabelBlock
  readonly mark: OptionMark
  readonly body: readonly Block[]
  /** Index of the first block behind it. */
  readonly next: number
}

function optionsBehind(at: At, first: OptionMark): LabelledOption[] {
  const found: LabelledOption[] = []
  for (let index = at.index; index < at.blocks.length; ) {
    const label = at.blocks[index]
    if (label?.kind !== 'label' || isCriteriaLabel(label.name)) break
    const mark = optionMarkOf(label.name)
    if (mark === null || (mark.kind !== first.kind && mark.kind !== 'or')) break
    const { body, next } = underLabel(at.blocks, index)
    found.push({ label, mark, body, next })
    // Between two `<details>` stands the end of the first.
    index = closesDetails(at.blocks[next]) ? next + 1 : next
  }
  return found
}

function toChoice(at: At, found: readonly LabelledOption[]): Reading {
  const inside = found.map(({ label, body }) => at.readAll(body, { label }))
  const options = found.map(({ label, mark }, index): OptionDraft => {
    const option = { name: plainLabel(mark.label), note: label.note ?? mark.note, nodes: inside[index]?.nodes ?? [] }
    return { ...option, nodes: optionNodes(option, label.line, label.endLine) }
  })
  const last = found.at(-1)
  const end = last?.body.at(-1) ?? last?.label ?? at.block
  const { line, start } = at.block
  const choice = choiceOf(at, { line, start, endLine: end.endLine, end: end.end }, options)
  return reading([choice], {
    apart: inside.flatMap(one => one.apart),
    findings: [
      ...inside.flatMap(one => one.findings),
      ...(isApart(at.section) ? [] : backInPart(at.page, options, placeOf(at, at.block))),
    ],
    used: (last?.next ?? at.index + 1) - at.index,
  })
}

/** The choice between options, named by all of them. */
export function choiceOf(
  at: At,
  span: Pick<Block, 'line' | 'endLine' | 'start' | 'end'>,
  options: readonly OptionDraft[],
): Draft {
  return draft({
    kind: 'choice',
    title: options.map(option => option.name).join(' or '),
    rule: 'R7',
    line: span.line,
    endLine: span.endLine,
    original: writtenText(at.page.source, span),
    options,
  })
}

interface ListedOption {
  readonly name: string
  readonly note: string | null
  /** What the item says to do. */
  readonly title: string
}

/** The options, if every item is one. */
function optionsListed(items: readonly Item[]): ListedOption[] | null {
  const marks = items.map(item => optionMarkOf(item.boldTitle ?? item.title))
  const kind = marks[0]?.kind
  if (kind === 'numbered' && marks.every((mark, index) => mark?.kind === kind || (index > 0 && mark?.kind === 'or')))
    return marks.map((mark, index) => {
      const name = mark?.label ?? items[index]?.title ?? ''
      return { name, note: mark?.note ?? null, title: name }
    })
  if (kind !== undefined && kind !== 'or' && marks.every(mark => mark?.kind === kind) && items.every(isWay))
    return items.map((item, index) => {
      const [, before = item.title, behind = ''] = /^([^:`]{1,80}):\s+(\S.*)$/.exec(item.title) ?? []
      return { name: plainLabel(before), note: marks[index]?.note ?? null, title: behind === '' ? item.title : behind }
    })
  const conditions = items.map(item => (/^if\b[^:]*:\s/i.test(item.title) ? readCondition(item.title) : null))
  if (conditions.every(one => one !== null && one.when !== null))
    return conditions.map(one => ({ name: one?.title ?? '', note: one?.when ?? null, title: one?.title ?? '' }))
  return null
}

/** Bullets that begin with Via or Using are prose as a rule: those that hold commands are ways to do it. */
function isWay(item: Item): boolean {
  return item.number !== null || offerIn(item.codes) !== null || item.blocks.some(one => one.kind === 'fence')
}

/** Options of a choice need a step each: an empty one is taken by a person who reads its name. */
export function optionNodes(option: OptionDraft, line: number, endLine: number): readonly DraftNode[] {
  if (option.nodes.length > 0) return option.nodes
  return [draft({ kind: 'manual', title: option.name, rule: 'R7', line, endLine })]
}
