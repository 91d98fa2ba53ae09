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

/** Fence text reaches bash byte for byte: without its indentation, each line of a script ends a line of the file. */
function expectScriptsOfFile({ steps }: Read, rows: readonly string[]): void {
  const whole = new Set(rows)
  for (const step of steps)
    for (const line of step.script?.split('\n') ?? [])
      if (!whole.has(line))
        expect(
          rows.some(row => row.endsWith(line)),
          `"${line}" is a line of the file`,
        ).toBe(true)
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
