import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../src/transcript/encoding/hash.ts'
import * as run from '../helpers/run.ts'
import { bundle, journal } from '../helpers/sealed-run.ts'

describe('threat 14: another runbook, release, commit or folder', () => {
  it('is 7', async () => {
    const expected = async (expectations: object) => (await run.verify(journal, bundle, { expectations })).exitCode
    expect(await expected({ runbookSha256: sha256Hex(run.RUNBOOK), release: 'v1.4.2', folderName: run.RUN })).toBe(0)
    expect(await expected({ commit: 'c'.repeat(12) })).toBe(0)
    expect(await expected({ runbookSha256: sha256Hex(`${run.RUNBOOK} `) })).toBe(7)
    expect(await expected({ release: 'v1.4.3' })).toBe(7)
    expect(await expected({ commit: 'd'.repeat(40) })).toBe(7)
    expect(await expected({ folderName: 'elsewhere' })).toBe(7)
  })

  it('a runbook whose text has not its digest is 4', async () => {
    const writer = await run.wholeRun(
      run.runStart({ runbook: { path: 'RELEASE.md', sha256: 'a'.repeat(64), gitBlob: null, text: run.RUNBOOK } }),
    )
    expect((await run.verify(writer.bytes(), await run.sealed(writer))).exitCode).toBe(4)
  })
})
