import { describe, expect, it } from 'vitest'
import { checkBeforeSeal } from '../../../src/transcript/statements/seal.ts'
import * as run from '../helpers/run.ts'
import { whole } from '../helpers/sealed-run.ts'

describe('threat 5: the file is rewritten before the seal', () => {
  it('nothing is signed', async () => {
    const rewritten = await run.wholeRun(run.runStart({ release: 'v1.4.3' }))
    await expect(checkBeforeSeal(rewritten.bytes(), whole.chain)).rejects.toMatchObject({ code: 'JOURNAL_UNWRITABLE' })
  })

  it('a run that has not ended is not sealed', async () => {
    const open = run.atGate()
    await expect(run.sealed(open)).rejects.toMatchObject({ code: 'JOURNAL_INVALID' })
  })
})
