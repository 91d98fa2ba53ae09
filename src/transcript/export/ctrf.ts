import { encode } from '../encoding/canonical.ts'
import { visible } from '../encoding/visible.ts'
import { derivedText } from './derived.ts'
import type { ExportFormat, ExportSource, Piece } from './format.ts'
import { type AttemptResult, resultsOf, type StepResult, verdictOfRun } from './results.ts'

/** The version of the CTRF specification that these reports keep to: that of the schema in the tests. */
const SPEC_VERSION = '0.0.0'

/** A report in the Common Test Report Format, one line of ASCII. Only what passed is `passed`; `rawStatus` has our own word. */
export const ctrf: ExportFormat = { kind: 'document', write }

async function* write(source: ExportSource): AsyncGenerator<Piece> {
  const { report } = source
  const results = await resultsOf(source)
  const { state, result } = results
  const whole = verdictOfRun(results, report)
  const ofRun: Test = {
    name: whole.name,
    status: STATUSES[whole.outcome],
    duration: whole.ms,
    message: whole.message,
    rawStatus: whole.outcome,
  }
  const tests = [ofRun, ...results.steps.map(testOf)]
  const count = (status: Status) => tests.filter(test => test.status === status).length
  const { start } = state
  const document = {
    reportFormat: 'CTRF',
    specVersion: SPEC_VERSION,
    ...(start === null ? {} : { runId: start.run }),
    generatedBy: 'signoff',
    extra: {
      derived: derivedText(report),
      seal: report.seal?.sha256 ?? null,
      status: report.status,
      result,
      release: start?.release ?? null,
      environment: start?.env ?? null,
      runbook: start === null ? null : { path: start.runbook.path, sha256: start.runbook.sha256 },
    },
    results: {
      tool: { name: start?.tool.name || 'signoff', ...(start === null ? {} : { version: start.tool.version }) },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: count('pending'),
        other: count('other'),
        flaky: tests.filter(test => test.flaky === true).length,
        start: state.startedAtMs,
        stop: state.lastAtMs,
      },
      tests,
    },
  }
  yield `${encode(document)}\n`
}

/** One result of this report; what is printable only, since reports are printed. */
interface Test {
  readonly name: string
  readonly status: Status
  readonly duration: number
  readonly flaky?: boolean
  readonly [field: string]: unknown
}

type Status = 'passed' | 'failed' | 'skipped' | 'pending' | 'other'

const STATUSES: Readonly<Record<StepResult['outcome'], Status>> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  'not-applicable': 'skipped',
  unknown: 'other',
  open: 'pending',
}

function testOf(step: StepResult): Test {
  const { planned, outcome, detail, startedAtMs, ms, attempts, tail } = step
  const status = STATUSES[outcome]
  const earlier = attempts.slice(0, -1)
  const wentWrong = status === 'failed' || status === 'other'
  return {
    testId: planned.id,
    name: visible(`${planned.position} ${planned.title}`),
    status,
    duration: ms,
    ...(startedAtMs === null ? {} : { start: startedAtMs }),
    ...(step.phase === null ? {} : { suite: [visible(step.phase)] }),
    ...(detail === null ? {} : { message: visible(detail, 'lines') }),
    rawStatus: outcome,
    type: planned.kind,
    line: planned.line,
    ...(earlier.length === 0 ? {} : { retries: earlier.length, retryAttempts: earlier.map(attemptOf) }),
    ...(status === 'passed' && earlier.some(({ result }) => result !== 'passed') ? { flaky: true } : {}),
    ...(wentWrong && tail !== '' ? { stdout: visible(tail, 'lines').split('\n') } : {}),
  }
}

function attemptOf({ result, ms, exit }: AttemptResult, index: number) {
  return {
    attempt: index + 1,
    status: result === 'unknown' ? 'other' : result,
    duration: ms,
    ...(exit === null ? {} : { message: `exit ${exit}` }),
  }
}
