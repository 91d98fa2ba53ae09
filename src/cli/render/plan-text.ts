import type { Plan, RecoveryFlow, Section, Step } from '../../model/index.ts'
import { findingLine } from './finding-line.ts'

/**
 * A plan as a person reads it in a terminal: what would happen, in order, and what it would need. The words of the
 * runbook are cleaned of control characters by `clean`, since the text comes from a file.
 */
export function planText(plan: Plan, clean: (text: string) => string): string {
  const { runbook } = plan
  const counts = countKinds(plan)
  const main = new Set(plan.flows.main)
  const lines = [
    `${clean(runbook.title)}   ${clean(runbook.path)}`,
    `sha256 ${runbook.sha256}`,
    ...runbook.metadata.map(({ key, value }) => `${clean(key)}: ${clean(value)}`),
    '',
    `${runbook.mode}; main flow ${count(plan.flows.main.length, 'step')}${counts === '' ? '' : `: ${counts}`}; ${count(plan.flows.recovery.length, 'recovery flow')}`,
  ]
  for (const phase of plan.phases) lines.push('', ...sectionLines(phase, 0))
  if (plan.flows.recovery.length > 0)
    lines.push('', 'Recovery, never part of the main flow', ...plan.flows.recovery.map(recoveryLine))
  lines.push('', ...parameterLines(plan, clean))
  lines.push(...findingLines(plan, clean))
  return `${lines.join('\n').trimEnd()}\n`

  function sectionLines(section: Section, depth: number): string[] {
    const indent = '  '.repeat(depth)
    const facts = [
      section.role === 'main' ? '' : section.role,
      section.owners.length > 0 ? `owner ${section.owners.join(', ')}` : '',
      section.duration === null ? '' : `planned ${section.duration.text}`,
    ].filter(text => text !== '')
    const head = `${indent}${section.position === section.id ? '' : `${section.position} `}${clean(section.title)}`
    return [
      facts.length === 0 ? head : `${head}   [${clean(facts.join('; '))}]`,
      ...(section.requires ?? []).map(id => `${indent}  requires ${clean(titleOf(plan, id))}, walked before it`),
      ...(section.metadata ?? []).map(({ key, value }) => `${indent}  ${clean(key)}: ${clean(value)}`),
      ...section.steps.flatMap(step => stepLines(step, `${indent}  `)),
      ...section.sections.flatMap(child => sectionLines(child, depth + 1)),
    ]
  }

  function stepLines(step: Step, indent: string): string[] {
    const out = main.has(step.id) ? '' : ' (not in the main flow)'
    const head = `${indent}${step.position.padEnd(8)} ${step.kind.padEnd(12)} ${clean(step.title)}`
    return [
      head,
      ...stepFacts(step).map(fact => `${indent}         ${clean(fact)}${''}`),
      ...scriptLines(step, `${indent}         `),
    ].map((line, i) => (i === 0 ? `${line}${out}` : line))
  }

  function scriptLines(step: Step, indent: string): string[] {
    const text = step.script ?? step.offer
    if (text === null) return []
    const mark = step.script === null ? 'offers ' : ''
    return text
      .replace(/\n$/, '')
      .split('\n')
      .map((line, i) => `${indent}${i === 0 ? `${mark}$ ` : `${' '.repeat(mark.length)}  `}${clean(line)}`)
  }

  function recoveryLine(flow: RecoveryFlow): string {
    return `  ${clean(flow.title)}   [for ${flow.for ?? 'the whole runbook'}; ${count(flow.steps.length, 'step')}]`
  }
}

function stepFacts(step: Step): string[] {
  const risk = step.kind === 'task' ? [step.risk, step.environment ?? ''].filter(Boolean).join(', ') : ''
  return [
    [
      risk,
      step.choice === null ? '' : `option "${step.choice.option}"`,
      step.when === null ? '' : `only if: ${step.when}`,
      step.interaction === 'none' ? '' : step.interaction,
      step.evidence === null ? '' : `asks ${evidence(step)}`,
      step.approvers === null
        ? ''
        : `approved by ${step.approvers.map(a => a.role ?? a.principal ?? '').join(' and ')}`,
      step.durationMs === null
        ? ''
        : `waits ${duration(step.durationMs)}${step.timeoutMs === null ? '' : ` to ${duration(step.timeoutMs)}`}`,
      step.probe === null ? '' : `looks every ${duration(step.probe.everyMs)}`,
      step.options === null ? '' : `one of ${step.options.map(option => `"${option.name}"`).join(' | ')}`,
      step.needs.length === 0 ? '' : `needs ${step.needs.join(', ')}`,
    ]
      .filter(text => text !== '')
      .join('; '),
  ].filter(text => text !== '')
}

function evidence(step: Step): string {
  const { name, op, value, unit } = step.evidence ?? { name: '', op: 'text', value: null, unit: null }
  return value === null ? `"${name}"` : `"${name}" ${op} ${value}${unit === null ? '' : ` ${unit}`}`
}

function parameterLines(plan: Plan, clean: (text: string) => string): string[] {
  if (plan.parameters.length === 0) return []
  const width = Math.max(...plan.parameters.map(p => p.name.length))
  return [
    'Values',
    ...plan.parameters.flatMap(p => {
      const place = p.uses[0]
      const given =
        p.value !== null
          ? `= ${p.value}`
          : p.default !== null
            ? p.default === ''
              ? 'may stay empty'
              : `default ${p.default}`
            : p.required
              ? 'required'
              : 'optional'
      return [
        `  ${clean(p.name).padEnd(width)}  ${p.kind}${p.secret ? ', secret' : ''}  ${clean(given)}  line ${place?.line ?? '?'}, ${count(p.uses.length, 'use')}`,
        ...(p.description === undefined ? [] : [`  ${' '.repeat(width)}  ${clean(p.description)}`]),
        ...(p.proposals ?? []).map(
          one =>
            `  ${' '.repeat(width)}  proposed for ${clean(one.environment)}: ${clean(one.value)}  line ${one.line}`,
        ),
      ]
    }),
    '',
  ]
}

function findingLines(plan: Plan, clean: (text: string) => string): string[] {
  if (plan.findings.length === 0) return []
  return ['Findings', ...plan.findings.map(one => `  ${findingLine(plan.runbook.path, one, clean)}`)]
}

function countKinds(plan: Plan): string {
  const kinds = new Map<string, number>()
  const main = new Set(plan.flows.main)
  const visit = (section: Section): void => {
    for (const step of section.steps) if (main.has(step.id)) kinds.set(step.kind, (kinds.get(step.kind) ?? 0) + 1)
    section.sections.forEach(visit)
  }
  plan.phases.forEach(visit)
  return [...kinds].map(([kind, number]) => count(number, kind)).join(', ')
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** Position and title of a section. */
export function titleOf(plan: Plan, id: string): string {
  const visit = (sections: readonly Section[]): Section | undefined =>
    sections.find(one => one.id === id) ?? sections.map(one => visit(one.sections)).find(one => one !== undefined)
  const section = visit(plan.phases)
  return section === undefined ? id : `${section.position} ${section.title}`
}

/** `5m`, `2h`, `1d`: the largest unit that divides it, for a person. */
export function duration(ms: number): string {
  if (ms % 86_400_000 === 0 && ms > 0) return `${ms / 86_400_000}d`
  if (ms % 3_600_000 === 0 && ms > 0) return `${ms / 3_600_000}h`
  if (ms % 60_000 === 0 && ms > 0) return `${ms / 60_000}m`
  return `${ms / 1000}s`
}
