import { describe, expect, test } from 'vitest'
import { stepsOf } from '../../src/model/index.ts'
import { canHaveInterpreter, parseRunbook } from '../../src/parser/index.ts'

const INTERPRETERS = { python: ['python3', '-u'], node: ['node'] }

function stepsIn(fence: string, interpreters?: Record<string, string[]>) {
  const text = `# Release\n\n## 1. Migrate\n\nRun the migration:\n\n${fence}\n`
  const options = interpreters === undefined ? {} : { interpreters }
  const { runbook, diagnostics } = parseRunbook(Buffer.from(text), 'r.md', options)
  return { runbook, steps: stepsOf(runbook), codes: diagnostics.map(({ code }) => code) }
}

const PYTHON = '```python\nimport os\nprint(f"${os.getcwd()} {1 + 1}")\n```'

describe('a block for an interpreter', () => {
  test('is text where the project names none', () => {
    expect(stepsIn(PYTHON).steps).toEqual([])
    expect(stepsIn(PYTHON, { ruby: ['ruby'] }).steps).toEqual([])
  })

  test('is a task where it does: byte for byte, at least a change, and its `$` is no value of ours', () => {
    const { steps, runbook, codes } = stepsIn(PYTHON, INTERPRETERS)
    expect(steps).toMatchObject([
      {
        kind: 'task',
        language: 'python',
        script: 'import os\nprint(f"${os.getcwd()} {1 + 1}")',
        risk: 'change',
        needs: [],
      },
    ])
    expect(runbook.flows.main).toEqual(steps.map(step => step.id))
    expect(runbook.parameters).toEqual([])
    const detail = runbook.details.get(steps[0]?.id ?? '')
    expect(detail).toMatchObject({ scriptLine: 8, detail: ['a task by configuration: run by `python3 -u`'] })
    expect(codes).toContain('SO013')
  })

  test.each([
    ['a shell block', 'bash'],
    ['an untagged block', ''],
    ['a block of that tag', 'python'],
  ])('in %s is told by its `#!` line', (_, tag) => {
    const { steps } = stepsIn(`\`\`\`${tag}\n#!/usr/bin/env python3\nprint(1)\n\`\`\``, INTERPRETERS)
    expect(steps).toMatchObject([{ kind: 'task', language: 'python', script: '#!/usr/bin/env python3\nprint(1)' }])
  })

  test('whose `#!` line names a program that the project does not name stays by hand', () => {
    const { steps } = stepsIn('```bash\n#!/usr/bin/env ruby\nputs 1\n```', INTERPRETERS)
    expect(steps.filter(step => step.script !== null && step.language !== 'bash')).toEqual([])
    expect(stepsIn('```python\n#!/usr/bin/env node\nconsole.log(1)\n```', INTERPRETERS).steps).toEqual([])
  })

  test('that holds what looks like an open value stays by hand', () => {
    const { steps, codes } = stepsIn('```python\ndeploy("<staging-org>")\n```', INTERPRETERS)
    expect(steps).toMatchObject([{ kind: 'manual', script: null, risk: 'change' }])
    expect(codes).toContain('SO011')
  })

  test('is tightened by markers and attributes as a script is', () => {
    const kinds = (marker: string, info = 'python') =>
      stepsIn(`${marker}\n\`\`\`${info}\nprint(1)\n\`\`\``, INTERPRETERS).steps.map(({ kind, script }) => [
        kind,
        script,
      ])
    expect(kinds('<!-- signoff manual -->')).toEqual([['manual', null]])
    expect(kinds('', 'python {manual}')).toEqual([['manual', null]])
    // A gate stands before what it guards, as before a script.
    expect(kinds('<!-- signoff gate -->').map(([kind]) => kind)).toEqual(['gate', 'task'])
    expect(stepsIn('<!-- signoff gate -->\n```bash\necho 1\n```').steps.map(({ kind }) => kind)).toEqual([
      'gate',
      'task',
    ])
    expect(kinds('<!-- signoff confirm -->')).toEqual([['confirmation', null]])
    expect(kinds('<!-- signoff wait=10m -->')).toEqual([['wait', null]])
    expect(kinds('', 'python {ignore}')).toEqual([])
    const [step] = stepsIn('<!-- signoff risk=danger timeout=5m -->\n```python\nprint(1)\n```', INTERPRETERS).steps
    expect(step).toMatchObject({ kind: 'task', risk: 'danger', timeoutMs: 300_000 })
    const [lower] = stepsIn('<!-- signoff risk=view -->\n```python\nprint(1)\n```', INTERPRETERS).steps
    expect(lower?.risk).toBe('change')
  })

  test('that is an example, or expected output, is no task either', () => {
    const text = 'Expected output:\n\n```python\n[1, 2]\n```'
    expect(stepsIn(text, INTERPRETERS).steps).toEqual([])
  })

  test('is never one for a shell, a console or a query', () => {
    expect(['bash', 'sh', 'console', 'sql', 'powershell', 'markdown', ''].filter(canHaveInterpreter)).toEqual([])
    expect(['python', 'node', 'ruby', 'js'].filter(canHaveInterpreter)).toHaveLength(4)
  })
})

test('a shell block is the same with and without interpreters', () => {
  const fence = '```bash\n#!/bin/bash\necho "$HOME"\n```'
  expect(stepsIn(fence, INTERPRETERS).steps).toEqual(stepsIn(fence).steps)
})
