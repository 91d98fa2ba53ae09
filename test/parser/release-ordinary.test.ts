import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { read } from './helpers/parse.ts'

const FILE = new URL('../fixtures/runbooks/release-ordinary.md', import.meta.url)
const TEXT = readFileSync(FILE, 'utf8')

describe('one ordinary release runbook', () => {
  const { runbook, diagnostics, steps, sections } = read(TEXT)
  const main = new Set(runbook.flows.main)
  const mainSteps = steps.filter(step => main.has(step.id))

  test('no rollback step is in the main flow', () => {
    const back = runbook.flows.recovery.flatMap(flow => flow.steps)
    expect(back).toHaveLength(2)
    expect(back.filter(id => main.has(id))).toEqual([])
    expect(mainSteps.some(step => /rolled-back|--previous|--down/.test(step.script ?? ''))).toBe(false)
    const flow = runbook.flows.recovery[0]
    expect(sections.find(section => section.id === flow?.for)?.title).toBe('Production')
    const tasks = mainSteps.filter(step => step.script?.includes('--env production'))
    expect(tasks.map(step => step.recovery)).toEqual(['production', 'production', 'production'])
  })

  test('the main flow has the order of the lines, and equal titles have different ids', () => {
    const lines = mainSteps.map(step => step.line)
    expect(lines).toEqual(lines.toSorted((a, b) => a - b))
    expect(sections.filter(section => section.title === 'Verify').map(section => section.id)).toEqual([
      'verify',
      'verify-2',
    ])
    expect(new Set(steps.map(step => step.id)).size).toBe(steps.length)
  })

  test('renaming a heading changes no other id', () => {
    for (const heading of ['## Build', '## Staging', '## Production', '## Close']) {
      const old = new Set(steps.map(step => step.id))
      const renamed = read(TEXT.replace(heading, `${heading} anew`)).steps
      const title = heading.slice(3)
      const section = sections.find(one => one.title === title)
      const back = section?.sections.filter(one => one.role === 'recovery') ?? []
      const under = [...(section?.steps ?? []), ...back.flatMap(one => one.steps)].length
      expect(renamed.filter(step => !old.has(step.id))).toHaveLength(under)
    }
  })

  test('a placeholder is a value to be given, not a redirection', () => {
    expect(runbook.parameters.map(one => `${one.name} ${one.required}`)).toEqual(['staging-org true', 'prod-org true'])
    expect(steps[0]).toMatchObject({ kind: 'task', needs: ['staging-org'] })
    expect(diagnostics.filter(one => one.code === 'SO018')).toHaveLength(2)
  })

  test('Markdown is taken as people write it: no finding is an error', () => {
    expect(diagnostics.filter(one => one.level === 'error')).toEqual([])
  })

  test('owner, duration, boxes and criteria are carried, each with its line', () => {
    const production = sections.find(section => section.title === 'Production')
    expect(production).toMatchObject({
      owners: ['Ops Team', 'DBA'],
      duration: { minMs: 1_800_000, maxMs: 3_600_000 },
      line: 36,
    })
    const boxes = steps.filter(step => step.rule === 'R17')
    expect(boxes.map(step => step.line)).toEqual([31, 32, 72, 73])
    expect(boxes[1]?.evidence).toEqual({ name: 'Basket latency', op: '<', value: 500, unit: 'ms' })
    expect(steps.filter(step => step.title.startsWith('Production serves')).map(step => step.line)).toEqual([75])
  })

  test('a heading has no syntax, and three fences in a section are three steps', () => {
    expect(steps.some(step => step.title === 'Deploy (staging)')).toBe(true)
    const production = sections.find(section => section.title === 'Production')
    expect(production?.steps.map(step => step.title)).toEqual(['First the schema', 'Then the code', 'Then the cache'])
  })
})
