import type { Plan, Section, Step } from '../../model/index.ts'
import { findingLine } from './finding-line.ts'
import { count, duration, titleOf } from './plan-text.ts'

/** A plan as Markdown, for a change ticket. Text of the runbook is escaped, scripts stand in fences that hold them. */
export function planMarkdown(plan: Plan, clean: (text: string) => string): string {
  const main = new Set(plan.flows.main)
  const text = (raw: string): string => escapeMarkdown(clean(raw))
  const path = clean(plan.runbook.path)
  const lines = [
    `# Plan: ${text(plan.runbook.title)}`,
    '',
    `${path.includes('`') ? escapeMarkdown(path) : `\`${path}\``}, sha256 \`${plan.runbook.sha256}\`. ${plan.runbook.mode}; main flow of ${count(plan.flows.main.length, 'step')}. Nothing was run.`,
  ]
  for (const phase of plan.phases) lines.push(...sectionLines(phase, 2))
  if (plan.parameters.length > 0) {
    lines.push('', '## Values', '', '| Name | Kind | Value | Uses (lines) |', '| --- | --- | --- | --- |')
    for (const p of plan.parameters) {
      const preset = p.default === '' ? 'may stay empty' : p.default
      const value = p.secret ? 'secret' : (p.value ?? preset ?? (p.required ? 'required' : 'optional'))
      lines.push(`| ${text(p.name)} | ${p.kind} | ${text(value)} | ${p.uses.map(use => use.line).join(', ')} |`)
    }
  }
  const proposed = plan.parameters.flatMap(p => (p.proposals ?? []).map(one => ({ name: p.name, ...one })))
  if (proposed.length > 0) {
    lines.push('', '## Values that tables propose', '', 'Offered beside the question for `--env`, never taken.', '')
    lines.push('| Name | Environment | Value | Line |', '| --- | --- | --- | --- |')
    for (const one of proposed)
      lines.push(`| ${text(one.name)} | ${text(one.environment)} | ${text(one.value)} | ${one.line} |`)
  }
  if (plan.findings.length > 0) {
    lines.push('', '## Findings', '')
    for (const finding of plan.findings) lines.push(`- ${findingLine(plan.runbook.path, finding, text)}`)
  }
  return `${lines.join('\n')}\n`

  function sectionLines(section: Section, level: number): string[] {
    const facts = [
      section.role === 'main' ? '' : `Role: ${section.role}.`,
      section.owners.length === 0 ? '' : `Owner: ${text(section.owners.join(', '))}.`,
      section.duration === null ? '' : `Planned: ${text(section.duration.text)}.`,
      section.successCriteria === null ? '' : `Success: ${text(section.successCriteria)}.`,
    ].filter(fact => fact !== '')
    return [
      '',
      `${'#'.repeat(Math.min(level, 6))} ${section.position === section.id ? '' : `${section.position} `}${text(section.title)}`,
      ...(facts.length === 0 ? [] : ['', facts.join(' ')]),
      ...(section.requires ?? []).flatMap(id => ['', `Requires ${text(titleOf(plan, id))}, walked before it.`]),
      ...(section.metadata ?? []).flatMap(({ key, value }) => ['', `${text(key)}: ${text(value)}`]),
      ...section.steps.flatMap(stepLines),
      ...section.sections.flatMap(child => sectionLines(child, level + 1)),
    ]
  }

  function stepLines(step: Step): string[] {
    const facts = [
      step.kind === 'task' ? step.risk : step.kind,
      main.has(step.id) ? '' : 'not in the main flow',
      step.environment ?? '',
      step.choice === null ? '' : `option "${step.choice.option}"`,
      step.when === null ? '' : `only if ${step.when}`,
      step.options === null ? '' : `one of ${step.options.map(option => option.name).join(' | ')}`,
      step.approvers === null
        ? ''
        : `approved by ${step.approvers.map(a => a.role ?? a.principal ?? '').join(' and ')}`,
      step.durationMs === null ? '' : `waits ${duration(step.durationMs)}`,
      step.probe === null ? '' : `looks every ${duration(step.probe.everyMs)}`,
      step.needs.length === 0 ? '' : `needs ${step.needs.join(', ')}`,
    ].filter(fact => fact !== '')
    const box = step.kind === 'confirmation' ? '[ ] ' : ''
    const script = step.script ?? step.offer
    return [
      '',
      `- ${box}**${step.position}** ${text(step.title)} (${text(facts.join('; '))})`,
      ...(script === null ? [] : ['', ...fenced(script, clean, '  ')]),
    ]
  }
}

/** A fence longer than any run of backticks inside, so that nothing in a script can end it. */
function fenced(script: string, clean: (text: string) => string, indent: string): string[] {
  const longest = Math.max(2, ...[...script.matchAll(/`+/g)].map(run => run[0].length))
  const fence = '`'.repeat(longest + 1)
  const lines = script.replace(/\n$/, '').split('\n').map(clean)
  return [`${fence}sh`, ...lines, fence].map(line => `${indent}${line}`)
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|#~&]/g, '\\$&')
}
