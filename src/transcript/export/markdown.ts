import { EMPTY_STATE, type Entry, evolve, type PlannedStep, type RunState, type StepRecord } from '../../model/index.ts'
import type { VerifyReport } from '../verify/verify-report.ts'
import { addendaIn } from './addenda.ts'
import { countsText } from './counts-text.ts'
import { exportWarning } from './derived.ts'
import { isDeviation } from './deviating.ts'
import { createExcerpt, type Excerpt, type ExcerptMaker } from './excerpt.ts'
import { type ExportFormat, type ExportSource, entriesOf, type Piece } from './format.ts'
import { headingText } from './heading-text.ts'
import { describeEvent } from './markdown-event.ts'
import { fenced, plain } from './markdown-text.ts'
import { type PlanNames, planNames } from './plan-names.ts'
import { plannedText, spanText } from './span-text.ts'

/**
 * The runbook filled in, for people: a change ticket, a wiki, a mail. Phases and steps in the order of the plan, each with what happened
 * in it, and of long output the beginning and the end. No HTML, no link, no image of the record.
 */
export const markdown: ExportFormat = { kind: 'document', write }

async function* write(source: ExportSource): AsyncGenerator<Piece> {
  const { report, bundle } = source
  const told = await readRun(source)
  const { start } = told.state
  const blocks = [
    `> Derived from the transcript, which is what is signed${seal(report)}${exportWarning(report)}.`,
    '',
    `# ${plain(start === null ? 'A run without a beginning' : `${start.runbook.path}, release ${start.release}`)}`,
    '',
    ...summary(told.state, report),
    ...phaseTable(told),
    ...approvals(told),
    ...deviations(told),
    ...phases(told),
    ...general(told),
    ...verification(report, bundle),
  ]
  // A fenced text is one block, so that its own empty lines stay.
  let before = ''
  for (const block of blocks) {
    if (block !== '' || before !== '') yield `${block}\n`
    before = block
  }
}

/** What happened in a run, in memory that does not grow with its output. */
interface Told {
  readonly state: RunState
  /** By step: its events, and each stretch of output between them. */
  readonly ofStep: ReadonlyMap<string, readonly (Entry | ExcerptMaker)[]>
  /** What belongs to the run and to no step of it. */
  readonly ofRun: readonly Entry[]
  readonly deviations: readonly Entry[]
  /** Sequence number of the entry into a recovery; beyond all of them where none was entered. */
  readonly recoveryFrom: number
  /** Signed by approvers. */
  readonly decisions: readonly Entry[]
}

async function readRun(source: ExportSource): Promise<Told> {
  let state = EMPTY_STATE
  const ofStep = new Map<string, (Entry | ExcerptMaker)[]>()
  const ofRun: Entry[] = []
  const found: Entry[] = []
  const decisions: Entry[] = []
  let recoveryFrom = Number.POSITIVE_INFINITY
  for await (const entry of entriesOf(source)) {
    const { event, seq } = entry
    const step = stepOf(entry)
    const seen = step === null ? ofRun : (ofStep.get(step) ?? [])
    if (step !== null && seen.length === 0) ofStep.set(step, seen)
    if (event.kind === 'output' || event.kind === 'output.late') {
      const last = seen.at(-1)
      const stretch = last === undefined || 'event' in last ? createExcerpt() : last
      if (stretch !== last) seen.push(stretch)
      stretch.add(event, seq)
      continue
    }
    state = evolve(state, entry)
    if (isDeviation(entry)) found.push(entry)
    if (event.kind === 'approval') decisions.push(entry)
    if (event.kind === 'rollback.start') recoveryFrom = Math.min(recoveryFrom, seq)
    seen.push(entry)
  }
  return { state, ofStep, ofRun, deviations: found, decisions, recoveryFrom }
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
    ['Environment', run.env ?? 'none'],
    ['Operated by', run.operators.map(({ principal }) => principal).join(', ')],
    ['On', `${start.host.user} at ${start.host.name} (${start.host.os})`],
    ['Started', run.startedOn],
    ['Finished', run.finishedOn ?? 'not yet'],
    ['Runbook', `${run.runbook.path}, sha256 ${run.runbook.sha256}`],
    ['Commit', `${run.commit ?? 'none'}${start.git?.dirty === true ? ' (with uncommitted changes)' : ''}`],
    ['Steps', countsText(run.steps)],
    ['Tool', `${start.tool.name} ${start.tool.version}`],
  ]
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${plain(value)} |`), '']
}

/** Planned against actual, and how each phase ended: the run at one look. */
function phaseTable({ state, ofRun, recoveryFrom }: Told): string[] {
  const rows = ofRun.flatMap(({ event, seq }) => {
    if (event.kind !== 'phase.end') return []
    const isBack = seq > recoveryFrom
    const name = `${phaseName(state, event.phase)}${isBack ? ', way back' : ''}`
    // What a runbook plans for a phase is the way forward.
    const cells = [name, event.result, spanText(event.ms), (isBack ? null : plannedText(event.planned)) ?? '']
    return [`| ${[...cells, countsText(event.steps)].map(cell => plain(cell)).join(' | ')} |`]
  })
  if (rows.length === 0) return []
  return ['| Phase | Result | Took | Planned | Steps |', '| --- | --- | --- | --- | --- |', ...rows, '']
}

/** Who decided, whatever became of it: what a change ticket is asked for first. */
function approvals({ state, decisions }: Told): string[] {
  if (decisions.length === 0) return []
  return [
    '## Approvals',
    '',
    ...decisions.flatMap(entry => describeEvent(entry, planNames(state, 'forward'), 'brief')),
    '',
  ]
}

/** What went otherwise than the runbook has it, in one place, since that is what a reader looks for. */
function deviations({ state, deviations: found }: Told): string[] {
  const lines = found.flatMap(entry => describeEvent(entry, planNames(state, 'forward'), 'brief'))
  return ['## Deviations', '', ...(lines.length === 0 ? ['None.'] : lines), '']
}

function phases({ state, ofStep, ofRun, recoveryFrom }: Told): string[] {
  const lines: string[] = []
  let phase: string | null | undefined
  let notEntered: PlannedStep[] = []
  const flush = (): void => {
    lines.push(...notEnteredLines(notEntered))
    notEntered = []
  }
  for (const { planned, status } of state.steps.values()) {
    if (planned.phase !== phase) {
      flush()
      phase = planned.phase
      lines.push('', `## ${plain(phaseName(state, phase))}`, '', ...phaseEnd(state, ofRun, phase, recoveryFrom))
    }
    const seen = ofStep.get(planned.id) ?? []
    // Ways back and appendices that nobody went into are no part of what happened: their names are enough.
    if (planned.flow !== 'main' && status.kind === 'pending' && seen.length === 0) notEntered.push(planned)
    else {
      flush()
      lines.push(...step(planned, status.kind, seen, planNames(state, 'forward')))
    }
  }
  flush()
  return lines
}

function notEnteredLines(steps: readonly PlannedStep[]): string[] {
  if (steps.length === 0) return []
  const names = steps.map(({ position, title, line }) => `- ${plain(`${position} ${title} (line ${line})`)}`)
  return ['**Not entered**', '', ...names, '']
}

function phaseName(state: RunState, id: string | null): string {
  const phase = state.phases.find(one => one.id === id)
  return phase === undefined ? 'Steps' : headingText(phase)
}

function phaseEnd(state: RunState, entries: readonly Entry[], phase: string | null, recoveryFrom: number): string[] {
  return entries
    .filter(({ event }) => event.kind === 'phase.end' && event.phase === phase)
    .flatMap(entry => {
      const names = planNames(state, entry.seq > recoveryFrom ? 'back' : 'forward')
      return [...describeEvent(entry, names, 'whole'), '']
    })
}

function step(
  planned: PlannedStep,
  status: StepRecord['status']['kind'],
  seen: readonly (Entry | ExcerptMaker)[],
  names: PlanNames,
): string[] {
  const kind = `${planned.kind}${planned.required ? '' : ', optional'}${planned.flow === 'main' ? '' : `, ${planned.flow}`}`
  return [
    `### ${plain(`${planned.position} ${planned.title}`)}`,
    '',
    `**${mark(status)}** (${kind}, line ${planned.line} of the runbook)`,
    '',
    ...seen.flatMap(one => ('event' in one ? describeEvent(one, names, 'whole') : outputLines(one.excerpt()))),
    '',
  ]
}

function mark(status: StepRecord['status']['kind']): string {
  if (status !== 'pending') return status === 'open-gate' ? 'waiting for approval' : status.replace('-', ' ')
  return 'open'
}

function outputLines({ head, left, journal: [first, last] }: Excerpt): string[] {
  if (head === '') return []
  if (left === null) return ['', fenced(head, 'text'), '']
  const lines = `${left.lines} ${left.lines === 1 ? 'line' : 'lines'}`
  const between = `Left out here: ${lines}. The journal has all of it, from line ${first} to line ${last}.`
  return ['', fenced(head, 'text'), '', between, '', fenced(left.tail, 'text'), '']
}

function general({ state, ofRun }: Told): string[] {
  const lines = ofRun
    .filter(({ event }) => !['run.start', 'run.plan', 'phase.end'].includes(event.kind))
    .flatMap(entry => describeEvent(entry, planNames(state, 'forward'), 'whole'))
  return ['## The run', '', ...lines, '']
}

function stepOf({ event }: Entry): string | null {
  if ('step' in event && event.kind !== 'run.pause') return event.step
  return null
}

function verification(report: VerifyReport, bundle: string | null): string[] {
  const addenda = addendaIn(bundle)
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
    ...(report.seal === null ? [] : [`- ${plain(timeText(report.seal))}; ${addenda.length} addenda`]),
    ...addenda.map(
      ({ n, at, type, author, text }) => `- ${plain(`addendum ${n}, ${at}, ${type} by ${author}: ${text}`)}`,
    ),
    ...(report.run?.unmappedRoles === true
      ? ['- the roles of a gate were mapped to nobody: any two different signers could decide']
      : []),
    ...rows,
    '',
  ]
}

function timeText({ time, timestamp }: NonNullable<VerifyReport['seal']>): string {
  if (time === 'time-stamped' && timestamp !== null) return `time-stamped ${timestamp.at} by ${timestamp.by}`
  return 'time self-asserted by the signer'
}
