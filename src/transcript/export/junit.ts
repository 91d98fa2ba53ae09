import { derivedText } from './derived.ts'
import type { ExportFormat, ExportSource, Piece } from './format.ts'
import { type RunResults, resultsOf, type StepResult, verdictOfRun } from './results.ts'

/**
 * A JUnit report for CI: a suite a phase, a case a step, and a case for the run as a whole, so that a run that was stopped
 * before anything failed is not green. Only what passed passes: unknown is an error, skipped and open are skipped.
 */
export const junit: ExportFormat = { kind: 'document', write }

async function* write(source: ExportSource): AsyncGenerator<Piece> {
  const results = await resultsOf(source)
  const suites = suitesOf(results)
  const { name: ofRun, outcome, message, ms } = verdictOfRun(results, source.report)
  const whole: Case = { name: ofRun, verdict: VERDICTS[outcome], message, detail: '', ms }
  const { start } = results.state
  const name = start === null ? 'a run without a beginning' : `${start.runbook.path}, release ${start.release}`
  yield `<?xml version="1.0" encoding="UTF-8"?><!-- ${comment(derivedText(source.report))} -->\n`
  yield `<testsuites${attributes({ name, ...totals([whole, ...[...suites.values()].flat()]) })}>\n`
  yield suite('The run', [whole], results)
  for (const [phase, cases] of suites) yield suite(phase, cases, results)
  yield '</testsuites>\n'
}

interface Case {
  readonly name: string
  readonly verdict: 'passed' | 'failure' | 'error' | 'skipped'
  readonly message: string
  readonly detail: string
  readonly ms: number
}

function suitesOf({ steps }: RunResults): Map<string, Case[]> {
  const suites = new Map<string, Case[]>()
  for (const step of steps) {
    const phase = step.phase ?? 'Steps'
    const cases = suites.get(phase) ?? []
    cases.push(caseOf(step))
    suites.set(phase, cases)
  }
  return suites
}

const VERDICTS: Readonly<Record<StepResult['outcome'], Case['verdict']>> = {
  passed: 'passed',
  failed: 'failure',
  unknown: 'error',
  skipped: 'skipped',
  'not-applicable': 'skipped',
  open: 'skipped',
}

function caseOf({ planned, outcome, detail, tail, ms }: StepResult): Case {
  const verdict = VERDICTS[outcome]
  return {
    name: `${planned.position} ${planned.title}`,
    verdict,
    // What is said of a step mostly begins with what became of it.
    message: detail === null ? outcome : detail.startsWith(outcome) ? detail : `${outcome}: ${detail}`,
    detail: verdict === 'failure' || verdict === 'error' ? tail : '',
    ms,
  }
}

function totals(cases: readonly Case[]): Record<string, string | number> {
  const count = (verdict: Case['verdict']) => cases.filter(one => one.verdict === verdict).length
  const ms = cases.reduce((sum, one) => sum + one.ms, 0)
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds(ms),
  }
}

function suite(name: string, cases: readonly Case[], { state }: RunResults): string {
  // Readers of this format know no zone: it is UTC, without saying so.
  const timestamp = new Date(state.startedAtMs).toISOString().slice(0, 19)
  const inner = cases.map(one => {
    const head = `    <testcase${attributes({ name: one.name, classname: name, time: seconds(one.ms) })}`
    if (one.verdict === 'passed') return `${head}/>\n`
    const body = one.detail === '' ? '/>' : `>${xml(one.detail)}</${one.verdict}>`
    return `${head}>\n      <${one.verdict}${attributes({ message: one.message })}${body}\n    </testcase>\n`
  })
  return `  <testsuite${attributes({ name, ...totals(cases), timestamp })}>\n${inner.join('')}  </testsuite>\n`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
    .join('')
}

/**
 * Text as XML 1.0 can hold it. A character that it cannot hold becomes U+FFFD: writing it as a reference (`&#27;`) is as illegal
 * as the character itself. A carriage return is written as one, since parsers make a newline of it.
 */
export function xml(text: string): string {
  return text
    .replace(ILLEGAL, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;')
}

/** What is no Char of XML 1.0; lone halves of surrogate pairs too. C1 controls are legal there, and act on a terminal all the same. */
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Cs}/gu

/** Two hyphens end a comment in all but name. */
function comment(text: string): string {
  return xml(text).replaceAll('--', '- -')
}
