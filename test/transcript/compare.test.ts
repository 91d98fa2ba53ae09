import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/index.ts'
import { compareRuns, runbookDiff } from '../../src/transcript/compare/compare-runs.ts'
import { createRunSummarizer, type RunSummary } from '../../src/transcript/compare/run-summary.ts'
import { sha256Hex } from '../../src/transcript/encoding/hash.ts'
import { attempt, eventfulRun } from './helpers/eventful-run.ts'
import * as run from './helpers/run.ts'

function summaryOf({ entries }: Pick<run.Writer, 'entries'>): RunSummary {
  const summarizer = createRunSummarizer()
  for (const entry of entries) summarizer.add(entry)
  return summarizer.summary()
}

/** A run of three steps; `events` come behind its plan. */
function of(events: readonly RunEvent[], start = run.runStart(), plan = run.PLAN): RunSummary {
  const writer = run.createWriter()
  writer.add(start, plan, ...events)
  return summaryOf(writer)
}
const by = run.operator.principal
const told = (a: RunSummary, b: RunSummary) =>
  compareRuns(a, b).map(({ about, step, name, a: one, b: other }) => [about, step?.id ?? name, one, other])
const slow = (events: readonly RunEvent[], ms: number) =>
  events.map(event => (event.kind === 'step.end' ? { ...event, ms } : event))

describe('two runs compared', () => {
  it('that went the same way differ in nothing, whatever release, environment, operator and clock', () => {
    const events = (who: string): RunEvent[] => [
      { ...run.confirm('tell-support'), by: who },
      ...run.script('deploy', []),
    ]
    const production = run.runStart({
      run: '01a203bc-45c0-7d3b-9f52-6a1c0de9b002',
      release: 'v2',
      env: 'production',
      operator: { principal: 'kim@example.com', keyid: 'SHA256:kim' },
    })
    expect(told(of(events(by)), of(events('kim@example.com'), production))).toEqual([])
    expect(told(summaryOf(eventfulRun()), summaryOf(eventfulRun()))).toEqual([])
  })

  it('tell what was skipped, failed, retried, edited, or decided by hand', () => {
    const failed = attempt('deploy', 1, 'no\n', 3)
    const decide = { kind: 'step.decide', step: 'deploy', attempt: 1, state: 'failed', by } as const
    const plain = of(run.script('deploy', []))
    const skipped = of([{ kind: 'step.skip', step: 'deploy', why: 'person', reason: 'not today', by }])
    expect(told(plain, skipped)).toEqual([['outcome', 'deploy', 'passed', `skipped by ${by}: not today`]])
    expect(told(plain, of(failed))).toEqual([['outcome', 'deploy', 'passed', 'failed, exit 3']])
    const again = of([...failed, { ...decide, choice: 'rerun', reason: 'again' }, ...attempt('deploy', 2, 'yes\n', 0)])
    expect(told(plain, again)).toEqual([['attempts', 'deploy', '1', '2']])
    const hand = of([...failed, { ...decide, choice: 'by-hand', reason: 'in the console' }])
    expect(told(plain, hand)).toEqual([['outcome', 'deploy', 'passed', `done by hand by ${by}: in the console`]])
    const edit: RunEvent = { kind: 'step.edit', step: 'deploy', was: 'a\n', script: 'b\n', reason: 'typo', by }
    expect(told(plain, of([edit, ...run.script('deploy', [])]))).toEqual([
      ['edited', 'deploy', null, `typo, by ${by}:\n-a\n+b`],
    ])
    expect(told(of(failed), of(attempt('deploy', 1, '', 4)))).toEqual([['exit', 'deploy', '3', '4']])
  })

  it('tell other values, but of a secret only whether there was one', () => {
    const param = (name: string, value: string | null): RunEvent => ({
      kind: 'param',
      name,
      value,
      masked: value === null,
      how: 'typed',
      by,
      source: null,
    })
    expect(
      told(
        of([param('org', 'acme-staging'), param('token', null)]),
        of([param('org', 'acme'), param('token', null), param('tag', 'v1')]),
      ),
    ).toEqual([
      ['value', 'org', 'acme-staging', 'acme'],
      ['value', 'tag', null, 'v1'],
    ])
    expect(told(of([param('token', null)]), of([]))).toEqual([['value', 'token', '(secret)', null]])
  })

  it('tell other answers, other observations and other people in a confirmation, and not other notes', () => {
    const confirm = run.confirm('tell-support')
    const other = (changes: Partial<typeof confirm>) => told(of([confirm]), of([{ ...confirm, ...changes }]))
    expect(other({ note: 'another note' })).toEqual([])
    const seen = { name: 'errors', value: '3', unit: '%', op: '<', want: '1', ok: false }
    expect(other({ observed: [seen] })).toEqual([
      ['confirmation', 'tell-support', `yes, errors 0 %, by ${by}`, `yes, errors 3 % (NOT met), by ${by}`],
    ])
    expect(other({ by: 'eve@example.com' })).toMatchObject([
      ['confirmation', 'tell-support', expect.anything(), expect.stringContaining('eve')],
    ])
    expect(other({ answer: 'no' }).map(([about]) => about)).toEqual(['outcome', 'confirmation'])
  })

  it('tell other options, conditions, forms and approvers', async () => {
    const choice = (option: string): RunEvent => ({
      kind: 'choice',
      step: 'deploy',
      group: 'deploy',
      option,
      reason: null,
      how: 'key',
      by,
      source: null,
    })
    const condition = (answer: 'yes' | 'no'): RunEvent => ({
      kind: 'condition',
      when: 'If urgent',
      answer,
      steps: [],
      how: 'key',
      by,
      source: null,
    })
    const form = (text: string): RunEvent => ({ kind: 'form', step: 'tell-support', text, by })
    expect(told(of([choice('A'), condition('yes'), form('x')]), of([choice('B'), condition('no'), form('y')]))).toEqual(
      [
        ['condition', 'if urgent', 'yes', 'no'],
        ['form', 'tell-support', 'x', 'y'],
        ['choice', 'deploy', 'A', 'B'],
      ],
    )
    const [both, one] = [run.atGate(), run.atGate()]
    both.add(
      await run.approvalOf(both, run.manager, 'Release Manager'),
      await run.approvalOf(both, run.lead, 'Platform Lead'),
    )
    one.add(await run.approvalOf(one, run.manager, 'Release Manager'))
    expect(told(summaryOf(both), summaryOf(one))).toEqual([
      [
        'approvals',
        'flip-dns',
        'GO by pl@example.com as Platform Lead, GO by rm@example.com as Release Manager',
        'GO by rm@example.com as Release Manager',
      ],
    ])
  })

  it('tell what took half as long again and five seconds more, in either direction, and nothing less', () => {
    const took = (ms: number) => of(slow(run.script('deploy', []), ms))
    expect(told(took(10_000), took(15_000))).toEqual([['time', 'deploy', '10000', '15000']])
    expect(told(took(60_000), took(12_000))).toEqual([['time', 'deploy', '60000', '12000']])
    expect(told(took(10_000), took(14_999))).toEqual([])
    expect(told(took(100), took(5_000))).toEqual([])
    expect(told(took(20_000), took(25_000))).toEqual([])
  })

  it('of two versions of a runbook compare the steps that both have, and tell those that only one has', () => {
    const text = `${run.RUNBOOK}- [ ] Tell sales\n`
    const other = run.runStart({ runbook: { path: 'RELEASE.md', sha256: sha256Hex(text), gitBlob: null, text } })
    const plan = {
      ...run.PLAN,
      steps: [
        run.PLAN.steps[0],
        run.planned('tell-sales', 'confirmation'),
        run.PLAN.steps[1],
        { ...run.planned('deploy', 'task'), required: false },
      ].flatMap(step => step ?? []),
    }
    const [a, b] = [of([]), of([], other, plan)]
    expect(told(a, b)).toEqual([
      ['runbook', null, sha256Hex(run.RUNBOOK), sha256Hex(text)],
      ['step', 'tell-sales', null, 'confirmation: Title of tell-sales'],
      ['step', 'deploy', 'task: Title of deploy', 'task: Title of deploy (optional)'],
    ])
    expect(runbookDiff(a.state, b.state)).toEqual([' # Release', ' ', ' - [ ] Tell support', '+- [ ] Tell sales'])
    expect(told(b, a)[1]).toEqual(['step', 'tell-sales', 'confirmation: Title of tell-sales', null])
  })

  it('is as fast for many steps that only one of them has', () => {
    const steps = Array.from({ length: 20_000 }, (_, i) => run.planned(`step-${i}`, 'task'))
    const from = process.cpuUsage()
    const found = compareRuns(
      of([], run.runStart(), { ...run.PLAN, steps: steps.slice(0, 10_000) }),
      of([], run.runStart(), { ...run.PLAN, steps: steps.slice(10_000) }),
    )
    expect(found).toHaveLength(20_000)
    expect(process.cpuUsage(from).user / 1000).toBeLessThan(5000)
  })
})
