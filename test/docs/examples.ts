import { type Diagnostic, type Runbook, type Section, type Step, stepsOf } from '../../src/model/index.ts'
import { parseRunbook } from '../../src/parser/index.ts'

/** One example of a page: a whole runbook, and what the page says of it. */
export interface Example {
  /** Line of the page on which it begins. */
  readonly line: number
  readonly text: string
  /** The lines right behind it: a table of steps, then the findings. */
  readonly stated: readonly string[]
}

/** Examples stand in fences of five backticks. */
export function examplesIn(page: string): Example[] {
  const lines = page.split('\n')
  return lines.flatMap((line, index) => {
    if (line !== '`````markdown') return []
    const end = lines.indexOf('`````', index)
    const behind = lines.slice(end + 2)
    const next = behind.findIndex((text, at) => text !== '' && !/^\||^Findings: /.test(text) && at >= 0)
    const stated = behind.slice(0, next === -1 ? behind.length : next).filter(text => text !== '')
    return [{ line: index + 1, text: `${lines.slice(index + 1, end).join('\n')}\n`, stated }]
  })
}

/** The table and the findings as the page must state them. */
export function statementOf(text: string): string[] {
  const { runbook, diagnostics } = parseRunbook(new TextEncoder().encode(text), 'runbook.md')
  return [
    '| Position | Kind | Title | And |',
    '| --- | --- | --- | --- |',
    ...stepsOf(runbook).map(
      step => `| ${step.position} | ${step.kind} | ${escaped(step.title)} | ${escaped(factsOf(step, runbook))} |`,
    ),
    ...findingsLine(diagnostics),
  ]
}

function factsOf(step: Step, runbook: Runbook): string {
  const secret = new Set(runbook.parameters.filter(one => one.secret).map(one => one.name))
  const { name = '', op = '', value = null, unit = null } = step.evidence ?? {}
  return [
    step.kind === 'task' || (step.offer !== null && step.risk !== 'view') ? step.risk : '',
    step.environment ?? '',
    step.interaction === 'none' ? '' : step.interaction,
    runbook.flows.main.includes(step.id) ? '' : 'not on the way forward',
    step.choice === null ? '' : `option "${step.choice.option}"`,
    step.options === null ? '' : `one of ${step.options.map(one => `"${one.name}"`).join(', ')}`,
    step.when === null ? '' : `only "${step.when}"`,
    step.needs.length === 0
      ? ''
      : `needs ${step.needs.map(one => (secret.has(one) ? `${one} (secret)` : `${one}${proposed(one, runbook)}`)).join(', ')}`,
    step.evidence === null ? '' : `asks ${name} ${op} ${value ?? ''} ${unit ?? ''}`.trim(),
    step.offer === null ? '' : `offers \`${step.offer}\``,
    step.approvers === null ? '' : `approved by ${step.approvers.map(one => one.role ?? one.principal).join(' and ')}`,
    step.durationMs === null ? '' : `waits ${step.durationMs / 60_000} minutes`,
    step.probe === null ? '' : `looks every ${step.probe.everyMs / 1000} seconds`,
    requiredBy(step, runbook),
    step.recovery === null ? '' : 'has a way back',
  ]
    .filter(fact => fact !== '')
    .join('; ')
}

/** What the section of a step requires. */
function requiredBy(step: Step, runbook: Runbook): string {
  const section = sectionsIn(runbook.phases).find(one => one.steps.includes(step))
  const titles = (section?.requires ?? []).map(id => sectionsIn(runbook.phases).find(one => one.id === id)?.title)
  return titles.length === 0 ? '' : `behind ${titles.join(', ')}`
}

function sectionsIn(sections: readonly Section[]): Section[] {
  return sections.flatMap(section => [section, ...sectionsIn(section.sections)])
}

function proposed(name: string, runbook: Runbook): string {
  const proposals = runbook.parameters.find(one => one.name === name)?.proposals ?? []
  return proposals.length === 0
    ? ''
    : ` (proposed: ${proposals.map(one => `${one.value} for ${one.environment}`).join(', ')})`
}

function findingsLine(diagnostics: readonly Diagnostic[]): string[] {
  const codes = [...new Set(diagnostics.map(one => one.code))]
  return codes.length === 0 ? [] : [`Findings: ${codes.join(', ')}.`]
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|')
}
