import { type Difference, type RunSummary, visible } from '../../transcript/index.ts'
import { durationText } from '../../tui/index.ts'

/** Lines of the runbook's own difference that are shown; all of them are in `--json`. */
const RUNBOOK_LINES = 40

/** Two runs as people compare them: first what they are, then each difference, below the step it is of. Safe in any terminal. */
export function diffLines(
  a: RunSummary,
  b: RunSummary,
  differences: readonly Difference[],
  runbook: readonly string[],
): string[] {
  const lines = [`A  ${runText(a)}`, `B  ${runText(b)}`, '']
  if (differences.length === 0) return [...lines, 'No difference.'].map(line => visible(line))
  const ofRun = differences.filter(({ step }) => step === null)
  for (const one of ofRun)
    lines.push(...differenceLines(one, ''), ...(one.about === 'runbook' ? runbookLines(runbook) : []))
  let last = ''
  for (const one of differences) {
    if (one.step === null) continue
    if (one.step.id !== last) lines.push('', `${one.step.position} ${one.step.title}`)
    last = one.step.id
    lines.push(...differenceLines(one, '  '))
  }
  return [...lines, '', `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}.`].map(line =>
    visible(line),
  )
}

function runText({ state }: RunSummary): string {
  const { start } = state
  if (start === null) return 'a run without a beginning'
  const took = durationText(state.lastAtMs - state.startedAtMs)
  const where = start.env === null ? '' : ` (${start.env})`
  const operators = state.operators.map(({ principal }) => principal).join(', ')
  return `${start.runbook.path}, release ${start.release}${where}, ${state.result ?? 'not ended'}, ${took}, by ${operators}, run ${start.run}`
}

function differenceLines({ about, name, a, b }: Difference, indent: string): string[] {
  const label = name === null ? about : `${about} ${name}`
  const [one, other] = [sideText(about, a), sideText(about, b)]
  const short = `${indent}${label.padEnd(12)}  ${one}  |  ${other}`
  if (!/\n/.test(one + other) && short.length <= 120) return [short]
  const side = (mark: string, text: string) =>
    text.split('\n').map((line, index) => `${indent}  ${index === 0 ? mark : ' '} ${line}`)
  return [`${indent}${label}`, ...side('A', one), ...side('B', other)]
}

function sideText(about: Difference['about'], text: string | null): string {
  if (text === null) return '-'
  if (about === 'time') return durationText(Number(text))
  return about === 'runbook' ? `sha256 ${text.slice(0, 12)}` : text.trimEnd()
}

function runbookLines(lines: readonly string[]): string[] {
  const shown = lines.slice(0, RUNBOOK_LINES).map(line => `    ${line}`)
  return lines.length > RUNBOOK_LINES
    ? [...shown, `    (${lines.length - RUNBOOK_LINES} lines more; --json has all)`]
    : shown
}
