import { expect, test } from 'vitest'
import * as run from './helpers/run.ts'

test('a line that goes wrong 200,000 times is judged as one that goes wrong once', { timeout: 30_000 }, async () => {
  const writer = run.createWriter()
  writer.add(run.runStart(), { ...run.PLAN, steps: [run.planned('g', 'gate'), run.planned('t', 'task')] })
  writer.add({
    kind: 'jump',
    from: null,
    to: 't',
    over: Array(200_000).fill('g'),
    reason: 'late',
    by: 'op@example.com',
  })
  writer.add({ kind: 'run.end', result: 'partial', steps: { passed: 0, failed: 0, skipped: 1, unknown: 0, open: 1 } })
  const report = await run.verify(writer.bytes(), await run.sealed(writer))
  expect(report.exitCode).toBe(6)
  expect(report.findings.filter(({ message }) => message === 'the gate g was jumped over')).toHaveLength(200_000)
})
