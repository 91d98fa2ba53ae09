import { diagnostic } from '../../model/index.ts'
import { type At, type Draft, draft, type Reading, type Rule, reading } from '../draft.ts'
import { evidenceIn } from '../evidence.ts'
import { plainTitle } from '../text/words.ts'
import { columnOf, textOf } from './text.ts'

/** True for the labels and headings that say when a section is done. */
export function isCriteriaLabel(name: string): boolean {
  return /^(?:(?:success|exit|acceptance|completion) criteria|definition of done|done when)$/i.test(name)
}

/** Rule R18: success criteria close their section with one confirmation, those of a list with one each. */
export const criteria: Rule = {
  rule: 'R18',
  name: 'success criteria',
  read(at) {
    const { block } = at
    if (block.kind === 'label' && isCriteriaLabel(block.name)) {
      if (block.rest !== '')
        return closing(at, [{ text: block.rest, line: block.line, endLine: block.endLine, detail: [] }], 1)
      const next = at.blocks[at.index + 1]
      return next?.kind === 'list' ? closing(at, itemsOf(next), 2) : null
    }
    if (block.kind === 'list' && at.item === null && at.label === null && isCriteriaLabel(at.section.title))
      return closing(at, itemsOf(block), 1)
    return null
  },
}

interface Criterion {
  readonly text: string
  readonly line: number
  readonly endLine: number
  readonly detail: readonly string[]
}

function itemsOf(list: Extract<At['block'], { kind: 'list' }>): Criterion[] {
  return list.items.map(item => ({
    text: item.title,
    line: item.line,
    endLine: item.endLine,
    detail: textOf(item.blocks),
  }))
}

function closing(at: At, criteria: readonly Criterion[], used: number): Reading {
  const steps = criteria.filter(one => one.text !== '').map(toStep)
  const findings = criteria
    .filter(one => one.text !== '' && evidenceIn(one.text) === null)
    .map(one =>
      diagnostic(
        'SO030',
        { line: one.line, column: columnOf(at, one.line) },
        `"${plainTitle(one.text)}" has no number and no command: a person ticks it`,
        'name a value and its limit, such as `error rate < 1 %`, if there is one',
      ),
    )
  return reading(steps, { findings, used })
}

function toStep(one: Criterion): Draft {
  return draft({
    kind: 'confirmation',
    title: plainTitle(one.text),
    rule: 'R18',
    line: one.line,
    endLine: one.endLine,
    original: one.text,
    detail: one.detail,
    evidence: evidenceIn(one.text),
    closing: true,
  })
}
