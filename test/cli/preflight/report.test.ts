import { expect, test } from 'vitest'
import type { Io } from '../../../src/cli/io.ts'
import { preflightFinding } from '../../../src/cli/preflight/finding.ts'
import { reportPreflight } from '../../../src/cli/preflight/report.ts'

test('whoever attends is told how many values are asked later, one or several', () => {
  const said: string[] = []
  const io: Pick<Io, 'say'> = { say: line => said.push(line) }
  const open = preflightFinding('value-missing', 'tag has no value', '')
  for (const findings of [[], [open], [open, open, open]])
    expect(reportPreflight(findings, { attended: true, on: false, running: false }, io as Io)).toBe(0)
  expect(said).toEqual([
    '1 value is not given yet, and asked when a step needs it',
    '3 values are not given yet, and asked when a step needs them',
  ])
})
