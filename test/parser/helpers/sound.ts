import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { visit } from 'unist-util-visit'
import { expect } from 'vitest'
import { PlanSchema } from '../../../src/model/index.ts'
import { toPlan } from '../../../src/parser/index.ts'
import { findValues } from '../../../src/parser/shell/index.ts'
import { enterValues } from '../../../src/runner/index.ts'
import { type Read, read } from './parse.ts'

/** What holds for the plan of every text, however broken. The text is read once; what was read is given back. */
export function expectSound(text: string): Read {
  const page = read(text)
  PlanSchema.parse(toPlan(page.runbook, page.diagnostics))
  const rows = text.split(/\r\n|\n/)
  expectPlacesInside(page, rows)
  expectOneFlowEach(page)
  expectNothingExcluded(page)
  expectScriptsOfFile(page, text.split(/\r\n|\n|\r/))
  expectFilled(page)
  return page
}

function expectPlacesInside({ runbook, diagnostics, steps }: Read, rows: readonly string[]): void {
  for (const { line, endLine } of steps) {
    expect(line).toBeGreaterThanOrEqual(1)
    expect(endLine).toBeGreaterThanOrEqual(line)
    expect(endLine).toBeLessThanOrEqual(rows.length)
  }
  for (const { line, column } of [...diagnostics, ...runbook.parameters.flatMap(one => one.uses)]) {
    expect(line).toBeLessThanOrEqual(rows.length)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual((rows[line - 1]?.length ?? 0) + 1)
  }
}

function expectOneFlowEach({ runbook, steps }: Read): void {
  const ids = steps.map(step => step.id)
  expect(new Set(ids).size).toBe(ids.length)
  const positions = steps.map(step => step.position)
  expect(new Set(positions).size).toBe(positions.length)
  const inFlows = [...runbook.flows.main, ...runbook.flows.recovery.flatMap(flow => flow.steps)]
  expect(new Set(inFlows).size).toBe(inFlows.length)
  const known = new Set(ids)
  expect(inFlows.filter(id => !known.has(id))).toEqual([])
}

function expectNothingExcluded({ runbook, sections }: Read): void {
  const main = new Set(runbook.flows.main)
  const excluded = sections
    .filter(one => one.role === 'recovery' || one.role === 'cleanup' || one.role === 'reference')
    .flatMap(one => one.steps)
  expect(excluded.filter(step => main.has(step.id)).map(step => step.position)).toEqual([])
}

/**
 * Fence text reaches bash byte for byte: the lines of a script are lines of its step, in their order, whole but for the
 * indentation, the marks of quotes and lists, and the prompt before them.
 */
function expectScriptsOfFile({ steps }: Read, rows: readonly string[]): void {
  for (const step of steps) {
    let next = step.line - 1
    for (const line of step.script?.replace(/\n$/, '').split('\n') ?? []) {
      const found = rows.slice(next, step.endLine).findIndex(row => isLineOf(row, line))
      expect(found, `"${line}" is a line of ${step.line} to ${step.endLine}, behind line ${next}`).not.toBe(-1)
      next += found + 1
    }
  }
}

function isLineOf(row: string, line: string): boolean {
  if (row === line) return true
  // A tab that is cut by the indentation of an item leaves spaces.
  const whole = row.replaceAll('\t', '    ')
  const tail = line.replaceAll('\t', '    ')
  if (!whole.endsWith(tail) && tail.trim() !== '') return false
  const before = whole.slice(0, Math.max(0, whole.length - tail.length))
  return /^(?:[\s>]|[-*+](?=\s)|\d{1,9}[.)](?=\s))*$/.test(before) || /[$#%>❯] ?$/.test(before)
}

/**
 * Each fence and each box of a text that is neither a step nor a finding, as `line kind`. Boxes inside comments and
 * `markdown` fences are no boxes of the tree; those that a person sees are all steps.
 */
export function lostIn({ runbook, diagnostics, steps }: Read): string[] {
  const tree = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ['yaml']).parse(runbook.source)
  const inert = diagnostics.filter(one => one.code === 'SO010').length
  const lost: string[] = []
  let boxes = 0
  visit(tree, 'code', node => {
    const from = node.position?.start.line ?? 0
    const to = node.position?.end.line ?? 0
    const isStep = steps.some(step => step.line <= to && step.endLine >= from)
    // Behind a fence that is never closed all is text, and its one finding says so.
    const unclosed = diagnostics.some(one => one.code === 'SO001' && one.line < from)
    if (!isStep && !unclosed && !diagnostics.some(one => one.line >= from && one.line <= to)) lost.push(`${from} fence`)
  })
  visit(tree, 'listItem', node => {
    const line = node.position?.start.line ?? 0
    const isText = diagnostics.some(one => one.code === 'SO001' && one.line < line)
    if (typeof node.checked === 'boolean' && !isText && !steps.some(step => step.line === line) && boxes++ >= inert)
      lost.push(`${line} box`)
  })
  return lost
}

/** What would reach an executor holds no placeholder any more, whatever the values. */
function expectFilled({ runbook, steps }: Read): void {
  for (const step of steps) {
    const detail = runbook.details.get(step.id)
    if (step.script === null || detail === undefined || detail.unfinished !== null) continue
    const slots = detail.slots
    const { script, missing } = enterValues(step.script, slots, new Map(slots.map(slot => [slot.parameter, 'given'])))
    if (missing.length > 0) continue
    const open = findValues(script).filter(value => value.kind === 'placeholder')
    expect(open.map(value => value.written)).toEqual([])
    if (slots.length > 0) expect(enterValues(step.script, slots, new Map()).missing).not.toEqual([])
  }
}
