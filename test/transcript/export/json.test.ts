import { describe, expect, it } from 'vitest'
import { json } from '../../../src/transcript/export/json.ts'
import { asItSays } from '../../helpers/stated-schema.ts'
import { eventfulRun } from '../helpers/eventful-run.ts'
import { exported, sourceOf } from '../helpers/export.ts'
import * as run from '../helpers/run.ts'
import { TAMPERED } from '../helpers/tampered-runs.ts'

const whole = await run.wholeRun()
const bundle = await run.sealed(whole)
const report = await run.verify(whole.bytes(), bundle)

describe('the JSON export', () => {
  it('holds lines and report, in ASCII, the same each time', async () => {
    const text = await exported(json, sourceOf(whole, bundle, report))
    expect(await exported(json, sourceOf(whole, bundle, report))).toBe(text)
    expect(text).toMatch(/^[\x20-\x7e]*\n$/)
    const document = JSON.parse(text)
    expect(document).toMatchObject({ schema: 'signoff.transcript/1', seal: report.seal?.sha256, report })
    expect(document.derived).toBe(
      `Derived from the transcript, which is what is signed; seal sha256 ${report.seal?.sha256}.`,
    )
    const lines = whole.bytes().toString().trimEnd().split('\n')
    expect(document.lines).toEqual(lines.map(line => JSON.parse(line)))
    for (const line of lines) expect(text).toContain(line)
  })

  it('is of its schema, sealed or not, also with all kinds of lines and with some withheld', async () => {
    asItSays(await exported(json, sourceOf(whole, bundle, report)))
    const eventful = eventfulRun()
    asItSays(await exported(json, sourceOf(eventful, null, await run.verify(eventful.bytes(), null))))
    const copy = await TAMPERED['output withheld, as an addendum says']?.()
    if (copy === undefined) throw new Error('no copy with withheld lines')
    const found = await run.verify(copy.journal, copy.bundle)
    expect(found.withheld?.lines).toBe(1)
    asItSays(await exported(json, sourceOf({ bytes: () => copy.journal }, copy.bundle, found)))
  })

  it('does not say where on this machine the signers file lay, and so is the same on another', async () => {
    const elsewhere = { ...report, signers: report.signers && { ...report.signers, name: '/home/kim/allowed_signers' } }
    const text = await exported(json, sourceOf(whole, bundle, elsewhere))
    expect(text).toBe(await exported(json, sourceOf(whole, bundle, report)))
  })

  it('says in its one line what is wrong, and gives what there is of a run that lasts', async () => {
    const open = run.atGate()
    const torn = Buffer.concat([open.bytes(), Buffer.from('{"seq":4,"pre')])
    const found = await run.verify(torn, null, { lockHeld: true })
    const document = JSON.parse(await exported(json, sourceOf({ bytes: () => torn }, null, found)))
    expect(document.derived).toContain('NOT SEALED: the run is in progress')
    expect(document.seal).toBeNull()
    expect(document.lines).toHaveLength(4)
  })

  it('is not made of bytes that changed since they were verified', async () => {
    const changed = Buffer.from(whole.bytes().toString().replace('echo one', 'echo two'))
    await expect(exported(json, sourceOf({ bytes: () => changed }, bundle, report))).rejects.toMatchObject({
      code: 'TRANSCRIPT_UNREADABLE',
    })
  })
})
