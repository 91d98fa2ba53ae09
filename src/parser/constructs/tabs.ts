import { type Diagnostic, diagnostic } from '../../model/index.ts'
import type { TabsBlock } from '../blocks.ts'
import {
  type At,
  type Draft,
  draft,
  mapDrafts,
  type OptionDraft,
  type Reading,
  type Rule,
  reading,
  underCondition,
} from '../draft.ts'
import { riskOf } from '../shell/index.ts'
import { choiceOf } from './alternatives.ts'
import { placeOf, textOf } from './text.ts'

/**
 * Rule R7: tabs are a choice, since a reader follows one of them. One that stands alone is for those whom its name means. Of
 * tabs without a sound beginning or end nothing is run: nobody can say which commands exclude each other.
 */
export const tabs: Rule = {
  rule: 'R7',
  name: 'tabs',
  read(at) {
    const { block } = at
    if (block.kind !== 'tabs') return null
    const inside = block.tabs.map(tab => at.readAll(tab.blocks))
    const apart = inside.flatMap(one => one.apart)
    const findings = inside.flatMap(one => one.findings)
    const nodes = inside.flatMap(one => one.nodes)
    if (block.problem !== null) return unsound(at, block.problem, reading(nodes, { apart, findings }))
    if (nodes.length === 0) return reading([], { apart, findings })
    const remarks = block.remark === null ? [] : [finding(at, block.remark)]
    const more = { apart, findings: [...remarks, ...findings] }
    const [only, ...others] = block.tabs
    if (only !== undefined && others.length === 0) return underCondition(reading(nodes, more), only.name)
    return reading([choice(at, block, inside)], more)
  },
}

function choice(at: At, block: TabsBlock, inside: readonly Reading[]): Draft {
  const options = block.tabs.map(({ name, line, endLine, blocks }, index): OptionDraft => {
    const nodes = inside[index]?.nodes ?? []
    if (nodes.length > 0) return { name, note: null, nodes }
    // A tab of prose is taken by a person who reads it.
    const step = draft({ kind: 'manual', title: name, rule: 'R7', line, endLine, detail: textOf(blocks) })
    return { name, note: null, nodes: [step] }
  })
  return choiceOf(at, block, options)
}

function unsound(at: At, problem: string, made: Reading): Reading {
  return {
    ...made,
    nodes: mapDrafts(made.nodes, byHand),
    apart: made.apart.map(one => ({ ...one, nodes: mapDrafts(one.nodes, byHand) })),
    findings: [finding(at, `${problem}: by hand`), ...made.findings],
  }
}

function finding(at: At, message: string): Diagnostic {
  return diagnostic('SO025', placeOf(at, at.block), message, 'end each tab where it began')
}

function byHand(step: Draft): Draft {
  if (step.script === null) return step
  const { text } = step.script
  return {
    ...step,
    kind: 'manual',
    rule: 'R7',
    script: null,
    offer: step.script,
    blockRisk: riskOf(text),
    detail: [...step.detail, ...text.split('\n')],
  }
}
