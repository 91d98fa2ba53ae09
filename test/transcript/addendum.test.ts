import { describe, expect, it } from 'vitest'
import { addAddendum } from '../../src/transcript/statements/addendum.ts'
import * as run from './helpers/run.ts'

const whole = await run.wholeRun()
const journal = whole.bytes()
const seal = await run.sealed(whole)
const said = { type: 'note', text: 'seen again in the morning', atMs: whole.atMs + 1000 } as const
const one = await addAddendum(seal, said, run.RUN, run.operator)
const two = await addAddendum(one, { ...said, type: 'review' }, run.RUN, run.operator)
const lines = two.trimEnd().split('\n')

describe('what is said after the seal', () => {
  it('is signed, numbered, and chained to the seal', async () => {
    expect(await run.verify(journal, two)).toMatchObject({ exitCode: 0, seal: { addenda: 2 } })
  })

  it('out of its place, of another run, or by somebody who may not, is 5', async () => {
    const [first = '', second = '', third = ''] = lines
    for (const bundle of [
      `${first}\n${third}\n`,
      `${first}\n${third}\n${second}\n`,
      `${first}\n${second}\n${second}\n`,
      `${first}\n${second}\n\n`,
      `${first}\n${second}\nnonsense\n`,
      await addAddendum(seal, said, 'another run', run.operator),
      await addAddendum(seal, said, run.RUN, run.manager),
    ])
      expect((await run.verify(journal, bundle)).exitCode).toBe(5)
  })
})
