import {
  type Entry,
  type EventOf,
  fold,
  type PlannedStep,
  type RunState,
  readTerminalText,
  type StepRecord,
} from '../../model/index.ts'
import type { VerifyReport } from '../verify-report.ts'
import { exportWarning } from './derived.ts'
import { isDeviation } from './deviating.ts'
import { type ExportFormat, type ExportSource, entriesOf, type Piece } from './format.ts'
import { describeEvent } from './markdown-event.ts'
import { fenced, plain } from './markdown-text.ts'

/** The runbook filled in, for people: a change ticket, a wiki, a mail. */
export const markdown: ExportFormat = { kind: 'document', write }

async function* write(source: ExportSource): AsyncGenerator<Piece> {
  const entries: Entry[] = []
  for await (const entry of entriesOf(source)) entries.push(entry)
  yield toMarkdown(entries, source.report, source.bundle)
}

/**
 * The runbook filled in, as Markdown: phases and steps in the order of the plan, each with what happened in it. Derived,
 * and says so; the same entries and report give the same bytes. `bundle` is what stands beside the journal; its addenda are counted.
 */
export function toMarkdown(entries: readonly Entry[], report: VerifyReport, bundle: string | null): string {
  const state = fold(entries)
  const { start } = state
  const lines = [
    `> Derived from the transcript, which is what is signed${seal(report)}${exportWarning(report)}.`,
    '',
    `# ${plain(start === null ? 'A run without a beginning' : `${start.runbook.path}, release ${start.release}`)}`,
    '',
    ...summary(state, report),
    ...deviations(entries),
    ...phases(state, entries),
    ...general(entries),
    ...verification(report, bundle),
  ]
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`
}

function seal(report: VerifyReport): string {
  return report.seal === null ? '' : `; seal sha256 \`${report.seal.sha256}\``
}

function summary(state: RunState, { run }: VerifyReport): string[] {
  const start = state.start
  if (start === null || run === null) return []
  const rows: [string, string][] = [
    ['Result', run.result ?? 'not ended'],
    ['Run', run.run],
    ['Release', run.release],
    ['Environment', run.env ?? '-'],
    ['Operated by', run.operators.map(({ principal }) => principal).join(', ')],
    ['On', `${start.host.user} at ${start.host.name} (${start.host.os})`],
    ['Started', run.startedOn],
    ['Finished', run.finishedOn ?? '-'],
    ['Runbook', `${run.runbook.path}, sha256 ${run.runbook.sha256}`],
    ['Commit', `${run.commit ?? '-'}${start.git?.dirty === true ? ' (with uncommitted changes)' : ''}`],
    ['Steps', countsText(run.steps)],
    ['Tool', `${start.tool.name} ${start.tool.version}`],
  ]
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${plain(value)} |`), '']
}

function countsText(counts: NonNullable<VerifyReport['run']>['steps']): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

/** What went otherwise than the runbook has it, in one place, since that is what a reader looks for. */
function deviations(entries: readonly Entry[]): string[] {
  const lines = entries.filter(isDeviation).flatMap(entry => describeEvent(entry, 'brief'))
  return ['## Deviations', '', ...(lines.length === 0 ? ['None.'] : lines), '']
}

function phases(state: RunState, entries: readonly Entry[]): string[] {
  const byStep = new Map<string, Entry[]>()
  for (const entry of entries) {
    const step = stepOf(entry)
    if (step === null) continue
    const known = byStep.get(step)
    if (known === undefined) byStep.set(step, [entry])
    else known.push(entry)
  }
  const lines: string[] = []
  let phase: string | null | undefined
  for (const record of state.steps.values()) {
    if (record.planned.phase !== phase) {
      phase = record.planned.phase
      lines.push('', `## ${phaseTitle(state, phase)}`, '', ...phaseEnd(entries, phase))
    }
    lines.push(...step(record, byStep.get(record.planned.id) ?? []))
  }
  return lines
}

function phaseTitle(state: RunState, id: string | null): string {
  const phase = state.phases.find(one => one.id === id)
  return phase === undefined ? 'Steps' : plain(`${phase.position} ${phase.title}`)
}

function phaseEnd(entries: readonly Entry[], phase: string | null): string[] {
  return entries
    .filter(({ event }) => event.kind === 'phase.end' && event.phase === phase)
    .flatMap(entry => [...describeEvent(entry, 'whole'), ''])
}

function step({ planned, status }: StepRecord, entries: readonly Entry[]): string[] {
  const kind = `${planned.kind}${planned.required ? '' : ', optional'}${planned.flow === 'main' ? '' : `, ${planned.flow}`}`
  return [
    `### ${plain(`${planned.position} ${planned.title}`)}`,
    '',
    `**${mark(planned, status.kind, entries)}** (${kind}, line ${planned.line})`,
    '',
    ...withOutput(entries),
    '',
  ]
}

function mark(planned: PlannedStep, status: StepRecord['status']['kind'], entries: readonly Entry[]): string {
  if (status !== 'pending') return status === 'open-gate' ? 'waiting for approval' : status.replace('-', ' ')
  return entries.length === 0 && planned.flow !== 'main' ? 'not entered' : 'open'
}

/** The events of one step; chunks of output are joined per stretch, as a person saw them. */
function withOutput(entries: readonly Entry[]): string[] {
  const lines: string[] = []
  let stretch: (EventOf<'output'> | EventOf<'output.late'>)[] = []
  const flush = () => {
    if (stretch.length === 0) return
    const bytes = stretch.map(({ text, b64 }) =>
      text === undefined ? Buffer.from(b64 ?? '', 'base64') : Buffer.from(text),
    )
    const text = Buffer.concat(bytes).toString('utf8')
    const inTerminal = stretch.some(({ fd }) => fd === 'pty')
    lines.push('', ...fenced(inTerminal ? readTerminalText(text) : text, 'text'), '')
    stretch = []
  }
  for (const entry of entries) {
    if (entry.event.kind === 'output' || entry.event.kind === 'output.late') stretch.push(entry.event)
    else {
      flush()
      lines.push(...describeEvent(entry, 'whole'))
    }
  }
  flush()
  return lines
}

/** What belongs to the run and to no step of it. */
function general(entries: readonly Entry[]): string[] {
  const lines = entries
    .filter(entry => stepOf(entry) === null && !['run.start', 'run.plan', 'phase.end'].includes(entry.event.kind))
    .flatMap(entry => describeEvent(entry, 'whole'))
  return ['## The run', '', ...lines, '']
}

function stepOf({ event }: Entry): string | null {
  if ('step' in event && event.kind !== 'run.pause') return event.step
  return null
}

function verification(report: VerifyReport, bundle: string | null): string[] {
  const addenda = Math.max(0, (bundle?.trimEnd().split('\n').length ?? 0) - 1)
  const signer =
    report.seal === null ? 'no seal' : `sealed by ${report.seal.signer.principal}, ${report.seal.signer.keyid}`
  const rows = report.findings.map(
    ({ check, exit, message, line }) =>
      `- ${exit === 0 ? 'note' : `exit ${exit}`}, ${check}${line === null ? '' : `, line ${line}`}: ${plain(message)}`,
  )
  return [
    '## Verification',
    '',
    `- ${plain(`${report.status}: ${signer}`)}`,
    ...(report.seal === null ? [] : [`- time self-asserted by the signer; ${addenda} addenda`]),
    ...(report.run?.unmappedRoles === true
      ? ['- the roles of a gate were mapped to nobody: any two different signers could decide']
      : []),
    ...rows,
    '',
  ]
}
