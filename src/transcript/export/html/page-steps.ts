import type { Entry, EventOf, RunState, Section, StepRecord } from '../../../model/index.ts'
import { countText } from './counting.ts'
import { type Html, html, isEmpty, joined } from './html-text.ts'
import { type Chunk, outputPanel } from './output-panel.ts'
import { eventItem, when } from './page-event.ts'
import type { PenClasses } from './page-style.ts'
import { type ShownState, STATES, type State, shownState } from './step-state.ts'
import { spanText, time } from './time-text.ts'

export interface StepsInput {
  readonly state: RunState
  /** The entries of each step, output too, by its id and in order. */
  readonly byStep: ReadonlyMap<string, readonly Entry[]>
  /** `phase.end` by phase; the last counts. */
  readonly phaseEnds: ReadonlyMap<string, Entry>
  readonly outline: readonly Section[]
  readonly anchors: Anchors
  readonly classes: PenClasses
  /** Characters of one stretch of output that are shown. */
  readonly most: number
}

/** Where things stand on the page, without the `#`. */
export interface Anchors {
  step(id: string): string
  phase(id: string | null): string
}

/** Phases, sections and steps in the order of the plan, each with what happened in it. */
export function stepsSection(input: StepsInput): Html {
  const groups: { phase: string | null; records: StepRecord[] }[] = []
  for (const record of input.state.steps.values()) {
    const last = groups.at(-1)
    if (last !== undefined && last.phase === record.planned.phase) last.records.push(record)
    else groups.push({ phase: record.planned.phase, records: [record] })
  }
  const sections = sectionsOfSteps(input.outline)
  return joined(
    groups.map(group => phaseSection(group.phase, group.records, sections, input)),
    html`\n`,
  )
}

/** How many steps stand in each state. */
export function countStates(state: RunState, byStep: StepsInput['byStep']): ReadonlyMap<State, number> {
  const counts = new Map<State, number>()
  for (const record of state.steps.values()) {
    const shown = shownState(record, byStep.has(record.planned.id)).state
    counts.set(shown, (counts.get(shown) ?? 0) + 1)
  }
  return counts
}

function phaseSection(
  id: string | null,
  records: readonly StepRecord[],
  sections: ReadonlyMap<string, readonly Section[]>,
  input: StepsInput,
): Html {
  const phase = input.state.phases.find(one => one.id === id)
  const shown = records.map(record => shownState(record, input.byStep.has(record.planned.id)).state)
  const counts = STATES.map(name => [name, shown.filter(state => state === name).length] as const)
  const role = phase === undefined || phase.role === 'main' ? null : html` <span class="tag">${phase.role}</span>`
  const end = id === null ? undefined : input.phaseEnds.get(id)
  const parts: Html[] = []
  let open: readonly Section[] = []
  for (const record of records) {
    const path = sections.get(record.planned.id) ?? []
    for (const [depth, section] of path.entries())
      if (open[depth] !== section || path.slice(0, depth).some((one, at) => open[at] !== one))
        parts.push(html`<h4><span class="pos">${section.position}</span> ${section.title}</h4>`)
    open = path
    parts.push(stepArticle(record, input))
  }
  return html`<section class="phase" id="${input.anchors.phase(id)}">
<h3>${phase === undefined ? 'Steps' : html`<span class="pos">${phase.position}</span> ${phase.title}`}${role}</h3>
<p class="sum">${countText(counts)}${end !== undefined && phaseEndText(end)}</p>
${joined(parts, html`\n`)}
</section>`
}

function phaseEndText(entry: Entry): Html | null {
  const { event } = entry
  if (event.kind !== 'phase.end') return null
  const by = event.by !== null && html`, said by <b class="who">${event.by}</b>`
  const criteria = event.criteria !== null && html`: <q>${event.criteria}</q>`
  return html` · ended ${event.result}${by}${criteria} <span class="at">${when(entry)}</span>`
}

/** The sections around each step below its phase, outermost first. */
function sectionsOfSteps(phases: readonly Section[]): ReadonlyMap<string, readonly Section[]> {
  const found = new Map<string, readonly Section[]>()
  const visit = (section: Section, path: readonly Section[]): void => {
    for (const { id } of section.steps) found.set(id, path)
    for (const inner of section.sections) visit(inner, [...path, inner])
  }
  for (const phase of phases) visit(phase, [])
  return found
}

function stepArticle(record: StepRecord, input: StepsInput): Html {
  const { planned } = record
  const entries = input.byStep.get(planned.id) ?? []
  const shown = shownState(record, entries.length > 0)
  const body = isPlainTick(record, entries) ? html`` : stepBody(entries, shown, input)
  const about = [
    planned.kind,
    ...(planned.required ? [] : ['optional']),
    ...(planned.flow === 'recovery' ? ['way back'] : []),
    `line ${planned.line}`,
  ].join(', ')
  return html`<article class="step s-${shown.state}" id="${input.anchors.step(planned.id)}" data-state="${shown.state}">
<h5><span class="mark" aria-hidden="true">${shown.symbol}</span> <a class="pos" href="#${input.anchors.step(planned.id)}">${planned.position}</a> <span class="title">${planned.title}</span></h5>
<p class="state"><b>${shown.word}</b>${whoAndWhen(record, entries)}</p>
<p class="about">${about}</p>
${body}</article>`
}

/** A tick that says no more than the row of its step: who and when stand there. */
function isPlainTick({ planned }: StepRecord, entries: readonly Entry[]): boolean {
  const [only, ...others] = entries.map(({ event }) => event)
  return (
    others.length === 0 &&
    only?.kind === 'confirm' &&
    only.answer === 'yes' &&
    only.ask === planned.title &&
    only.observed.length === 0 &&
    (only.note ?? '') === ''
  )
}

function whoAndWhen(record: StepRecord, entries: readonly Entry[]): Html | null {
  const { status, changedAtMs } = record
  if (status.kind === 'pending') return null
  const by = 'by' in status ? status.by : null
  const why = status.kind === 'not-applicable' ? status.why : null
  const took = tookMs(entries)
  return html`${by !== null && html` by <b class="who">${by}</b>`}${why !== null && html`: ${why}`}${changedAtMs > 0 && html` <span class="at">${time(changedAtMs, 'clock')}</span>`}${took !== null && html` <span class="took">${spanText(took)}</span>`}`
}

/** How long the last attempt took, or how long the gate or the wait was open. */
function tookMs(entries: readonly Entry[]): number | null {
  const end = entries.findLast(({ event }) => ENDS.has(event.kind))
  if (end === undefined) return null
  if (end.event.kind === 'step.end') return end.event.ms
  const begun = entries.find(({ event }) => event.kind === 'approval.request' || event.kind === 'wait.start')
  return begun === undefined ? null : end.atMs - begun.atMs
}

const ENDS: ReadonlySet<string> = new Set(['step.end', 'gate.end', 'wait.end'])

function stepBody(entries: readonly Entry[], shown: ShownState, input: StepsInput): Html {
  const items: Html[] = []
  let stretch: Entry<EventOf<'output'> | EventOf<'output.late'>>[] = []
  let script: string | null = null
  const flush = (): void => {
    const [first, last] = [stretch[0], stretch.at(-1)]
    if (first === undefined || last === undefined) return
    const chunks: Chunk[] = stretch.map(({ event }) => event)
    const panel = outputPanel(
      { chunks, from: first.seq + 1, to: last.seq + 1 },
      { most: input.most, end: shown.state === 'passed' ? 'passed' : 'other', classes: input.classes },
    )
    items.push(html`<li>${panel}</li>`)
    stretch = []
  }
  for (const entry of entries) {
    const { event } = entry
    if (event.kind === 'output' || event.kind === 'output.late') {
      stretch.push({ ...entry, event })
      continue
    }
    flush()
    items.push(eventItem(entry, script))
    if (event.kind === 'step.start' || event.kind === 'step.edit') script = event.script
  }
  flush()
  const told = joined(items, html`\n`)
  return isEmpty(told) ? html`` : html`<ol class="events">${told}</ol>\n`
}
