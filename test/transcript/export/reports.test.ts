import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ctrf } from '../../../src/transcript/export/ctrf.ts'
import { junit, xml } from '../../../src/transcript/export/junit.ts'
import { hasCommand } from '../../helpers/world/has-command.ts'
import { eventfulRun, HOSTILE } from '../helpers/eventful-run.ts'
import { exported, sourceOf } from '../helpers/export.ts'
import * as run from '../helpers/run.ts'

const eventful = eventfulRun()
const bundle = await run.sealed(eventful)
const source = sourceOf(eventful, bundle, await run.verify(eventful.bytes(), bundle))
const good = await run.wholeRun()
const goodBundle = await run.sealed(good)
const goodSource = sourceOf(good, goodBundle, await run.verify(good.bytes(), goodBundle))

/** What a real XML parser finds; it fails on what is not well-formed. */
function xpath(document: string, path: string): string {
  return execFileSync('xmllint', ['--nonet', '--xpath', path, '-'], { input: document, encoding: 'utf8' }).trimEnd()
}

describe.skipIf(!hasCommand('xmllint'))('the JUnit report, read by an XML parser', () => {
  it('has a case for each step of the plan, and what did not pass is not passed', async () => {
    const document = await exported(junit, source)
    const verdict = (name: string) => {
      const path = `//testcase[starts-with(@name, "${name} ")]`
      expect(xpath(document, `count(${path})`)).toBe('1')
      return xpath(document, `name(${path}/*)`)
    }
    expect(['1.1', '1.2', '1.3', '2.1', '2.2', '2.3', '2.4'].map(verdict)).toEqual([
      '',
      '',
      'skipped',
      '',
      'error',
      '',
      'skipped',
    ])
    expect(xpath(document, 'string(//testcase[@name="the run ended well, and on record"]/failure/@message)')).toBe(
      'the run ended aborted',
    )
    const totals = ['tests', 'failures', 'errors', 'skipped'].map(name =>
      xpath(document, `string(/testsuites/@${name})`),
    )
    expect(totals).toEqual(['8', '1', '1', '2'])
    expect(xpath(document, 'sum(//testsuite/@tests)')).toBe('8')
    expect(xpath(document, 'string(//testcase[starts-with(@name, "1.1 ")]/@name)')).toBe('1.1 Build & <b>pack</b>')
    expect(xpath(document, 'string(//testcase[starts-with(@name, "1.1 ")]/@time)')).toBe('3.000')
    expect(xpath(document, 'string(//testcase[starts-with(@name, "1.3 ")]/skipped/@message)')).toContain('not today')
    expect(xpath(document, 'string(//testcase[starts-with(@name, "2.2 ")]/error)')).toContain('half a\ufffdline')
  })

  it('says once what became of a step, and of a gate that was refused by whom and why', async () => {
    const document = await exported(junit, source)
    expect(xpath(document, 'string(//testcase[starts-with(@name, "1.3 ")]/skipped/@message)')).toBe(
      'skipped by op@example.com: not today',
    )
    const refused = run.atGate()
    const approval = await run.approvalOf(refused, run.manager, 'Release Manager')
    const by = run.operator.principal
    refused.add({ ...approval, decision: 'no-go' }, run.gateEnd([], 'no-go'), {
      kind: 'step.decide',
      step: 'flip-dns',
      attempt: 1,
      state: 'failed',
      choice: 'stop',
      reason: 'NO-GO',
      by,
    })
    const report = await exported(junit, sourceOf(refused, null, await run.verify(refused.bytes(), null)))
    expect(xpath(report, 'string(//testcase[contains(@name, "flip-dns")]/failure/@message)')).toMatch(
      /^failed: NO-GO by rm@example\.com as Release Manager, signed with SHA256:/,
    )
  })

  it('holds no character that could act on a terminal, also where XML would allow it', async () => {
    const document = await exported(junit, source)
    expect(document).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    expect(document).not.toMatch(/&#(0?27|x1b|155|x9b);/i)
  })

  it('is green as a whole only for a run that ended well and is sealed', async () => {
    const green = await exported(junit, goodSource)
    expect(xpath(green, 'count(//failure | //error | //skipped)')).toBe('0')
    const unsealed = sourceOf(good, null, await run.verify(good.bytes(), null))
    expect(xpath(await exported(junit, unsealed), 'string(//error/@message)')).toContain('NOT SEALED')
    const policy = await run.verify(good.bytes(), goodBundle, { policy: { requireApprovals: 3 } })
    expect(xpath(await exported(junit, sourceOf(good, goodBundle, policy)), 'string(//error/@message)')).toContain(
      'AGAINST POLICY',
    )
  })

  it('gives any text back, with a mark for what XML cannot hold', () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), { numRuns: 2000, seed: 7 })
    const lines = [HOSTILE, ']]>', '&#27;', '\u001b', 'a\rb\r\nc', '\ud800', ...texts]
    const document = `<all>${lines.map(text => `<t a="${xml(text)}">${xml(text)}</t>`).join('')}</all>`
    const count = Number(xpath(document, 'count(//t)'))
    expect(count).toBe(lines.length)
    const back = xpath(
      `<all>${lines.map(text => `<t>${xml(text)}\u0001</t>`.replace('\u0001', '&#xE000;')).join('')}</all>`,
      'string(/all)',
    )
    const wanted = lines.map(text =>
      text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Cs}/gu, '\ufffd'),
    )
    expect(back.split('\ue000').slice(0, -1)).toEqual(wanted)
  })
})

describe('the CTRF report', () => {
  const require = createRequire(import.meta.url)
  const file = require.resolve('ctrf').replace(/index\.\w+$/, 'ctrf-schema-0.0.json')
  const ajv = new Ajv({ strict: false })
  formats.default(ajv)
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')))

  it.each([
    ['a run in which much went wrong', source],
    ['a run in which all went well', goodSource],
  ])('of %s is valid by the schema of CTRF', async (_, from) => {
    const document = JSON.parse(await exported(ctrf, from))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    const { summary, tests } = document.results
    expect(summary.tests).toBe(tests.length)
    expect(summary.passed + summary.failed + summary.skipped + summary.pending + summary.other).toBe(tests.length)
  })

  it('is held by that schema: a wrong status is refused', async () => {
    const document = JSON.parse(await exported(ctrf, source))
    document.results.tests[1].status = 'unknown'
    expect(validate(document)).toBe(false)
  })

  it('says passed of nothing else, and keeps our own word for it', async () => {
    const { tests, summary } = JSON.parse(await exported(ctrf, source)).results
    const told = tests.map(({ name, status, rawStatus }: Record<string, string>) => [
      name?.slice(0, 3),
      status,
      rawStatus,
    ])
    expect(told).toEqual([
      ['the', 'failed', 'failed'],
      ['1.1', 'passed', 'passed'],
      ['1.2', 'passed', 'passed'],
      ['1.3', 'skipped', 'skipped'],
      ['2.1', 'passed', 'passed'],
      ['2.2', 'other', 'unknown'],
      ['2.3', 'passed', 'passed'],
      ['2.4', 'pending', 'open'],
    ])
    expect(summary).toMatchObject({ tests: 8, passed: 4, failed: 1, skipped: 1, pending: 1, other: 1, flaky: 1 })
    expect(tests[1]).toMatchObject({ flaky: true, retries: 1, duration: 3000, retryAttempts: [{ message: 'exit 2' }] })
  })

  it('holds nothing that acts on a terminal that prints it, parsed or not', async () => {
    const text = await exported(ctrf, source)
    expect(text).toMatch(/^[\x20-\x7e]*\n$/)
    expect(JSON.stringify(JSON.parse(text))).not.toMatch(/\\u00[01]|[\u007f-\u009f\u202a-\u202e]/)
  })
})
