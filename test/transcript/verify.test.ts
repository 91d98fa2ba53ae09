import { describe, expect, it } from 'vitest'
import { VerifyReportSchema } from '../../src/transcript/verify/verify-report.ts'
import * as run from './helpers/run.ts'
import { bundle, journal, smallest, trusted } from './helpers/sealed-run.ts'

describe('a sealed transcript', () => {
  it('verifies, and the report tells the run', async () => {
    const report = await run.verify(journal, bundle)
    expect(report.findings).toEqual([])
    expect(report).toMatchObject({ exitCode: 0, status: 'verified' })
    expect(VerifyReportSchema.parse(report)).toEqual(report)
    expect(report.run).toMatchObject({ run: run.RUN, result: 'passed', masked: 1, unmappedRoles: false })
    expect(report.run?.approvals.map(({ principal, good }) => [principal, good])).toEqual([
      ['rm@example.com', true],
      ['pl@example.com', true],
    ])
  })

  it('verifies in pieces of any size', async () => {
    for (const size of [1, 7, 100]) {
      const report = await run.verify(journal, bundle, { journal: run.stream(journal, size) })
      expect(report.exitCode).toBe(0)
    }
  })

  it('is the smallest one of the format', async () => {
    expect(await run.verify(smallest.journal, smallest.bundle, trusted)).toMatchObject({ exitCode: 0, findings: [] })
  })
})
