import type { Entry, EventOf, Section, StepRecord } from '../../../model/index.ts'
import { isDeviation } from '../deviating.ts'
import { planNames } from '../plan-names.ts'
import { spanText } from '../span-text.ts'
import { countText } from './counting.ts'
import { named } from './heading.ts'
import { type Html, html, isEmpty, joined, prose } from './html-text.ts'
import { outputPanel } from './output-panel.ts'
import { type AlreadyShown, eventItem, NOTHING_SHOWN, quietTick, when } from './page-event.ts'
import type { PenClasses } from './page-style.ts'
import type { RecordedRun, StepItem } from './recorded-run.ts'
import { type ShownState, STATES, type State, shownState } from './step-state.ts'
import type { Clock } from './time-text.ts'

export interface StepsInput {
  readonly run: RecordedRun
  /** `phase.end` by phase; the last counts. */
  readonly phaseEnds: ReadonlyMap<string, Entry>
  readonly outline: readonly Section[]
  readonly anchors: Anchors
  readonly classes: PenClasses
  readonly clock: Clock
}

/** Where things stand on the page, without the `#`. */
export interface Anchors {
  step(id: string): string
  phase(id: string): string
}

/** Phases, sections and steps in the order of the plan, each with what happened in it. */
export function stepsSection(input: StepsInput): Html {
  const groups: { phase: string | null; records: StepRecord[] }[] = []
  for (const record of input.run.state.steps.values()) {
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
export function countStates({ state, steps }: RecordedRun): readonly (readonly [State, number])[] {
  const shown = [...state.steps.values()].map(record => shownState(record, steps.has(record.planned.id)).state)
  return STATES.map(name => [name, shown.filter(one => one === name).length] as const)
}

function phaseSection(
  id: string | null,
  records: readonly StepRecord[],
  sections: ReadonlyMap<string, readonly Section[]>,
  input: StepsInput,
): Html {
  const phase = input.run.state.phases.find(one => one.id === id)
  const shown = records.map(record => shownState(record, input.run.steps.has(record.planned.id)).state)
  const counts = STATES.map(name => [name, shown.filter(state => state === name).length] as const)
  const role = phase === undefined || phase.role === 'main' ? null : html` <span class="tag">${phase.role}</span>`
  const end = id === null ? undefined : input.phaseEnds.get(id)
  const parts: Html[] = []
  let open: readonly Section[] = []
  for (const record of records) {
    const path = sections.get(record.planned.id) ?? []
    for (const [depth, section] of path.entries())
      if (open[depth] !== section || path.slice(0, depth).some((one, at) => open[at] !== one))
        parts.push(html`<h4>${named(section)}</h4>`)
    open = path
    parts.push(stepArticle(record, input))
  }
  const anchor = id !== null && phase !== undefined && html` id="${input.anchors.phase(id)}"`
  return html`<section class="phase"${anchor}>
<h3>${phase === undefined ? 'Steps' : named(phase)}${role}</h3>
<p class="sum">${countText(counts)}${end !== undefined && phaseEndText(end, input)}</p>
${joined(parts, html`\n`)}
</section>`
}

function phaseEndText(entry: Entry, { clock, run }: StepsInput): Html | null {
  const { event } = entry
  if (event.kind !== 'phase.end') return null
  const by = event.by !== null && html`, said by <b class="who">${event.by}</b>`
  const criteria = event.criteria !== null && html`: <q>${event.criteria}</q>`
  return html` · ${entry.seq > run.recoveryFrom && 'way back '}ended ${event.result}${by}${criteria} <span class="at">${when(entry, clock)}</span>`
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
  const items = input.run.steps.get(planned.id) ?? []
  const shown = shownState(record, items.length > 0)
  const body = stepBody(record, items, shown, input)
  const anchor = input.anchors.step(planned.id)
  return html`<article class="step${isEmpty(body) && ' tick'} s-${shown.state}" id="${anchor}" data-state="${shown.state}">
<h5><span class="mark" aria-hidden="true">${shown.symbol}</span><a class="pos" href="#${anchor}">${planned.position}</a> <span class="title">${prose(planned.title)}</span> <span class="word">${shown.word}</span></h5>
<p class="about">${joined([...whoAndWhen(record, items, input), ...whatKind(record, shown)], html` · `)}</p>
${body}</article>`
}

function whatKind({ planned }: StepRecord, { word }: ShownState): Html[] {
  return [
    // Of a confirmed step nobody need be told that it is a confirmation.
    ...(word === 'confirmed' && planned.required ? [] : [kindText(planned)]),
    html`<a href="#L${planned.line}">line ${planned.line}</a>`,
  ]
}

function kindText({ kind, required, flow }: StepRecord['planned']): Html {
  return html`${kind}${!required && ', optional'}${flow === 'recovery' && ', way back'}`
}

/** The one tick of a step that was confirmed in its own words: who and when stand in its row, and often that is all. */
function onlyTick({ planned }: StepRecord, items: readonly StepItem[]): EventOf<'confirm'> | 'nothing more' | null {
  const [only, ...others] = items
  if (others.length > 0 || only?.kind !== 'act') return null
  const { event } = only.entry
  if (event.kind === 'step.skip') return isDeviation(only.entry) ? null : 'nothing more'
  if (event.kind !== 'confirm' || event.answer !== 'yes' || event.ask !== planned.title || isDeviation(only.entry))
    return null
  return event.observed.length === 0 && (event.note ?? '') === '' ? 'nothing more' : event
}

function whoAndWhen(record: StepRecord, items: readonly StepItem[], { run, clock }: StepsInput): Html[] {
  const { status, changedAtMs, planned } = record
  if (status.kind === 'pending') return []
  const by = ('by' in status ? status.by : null) ?? run.startedBy.get(planned.id) ?? null
  const took = tookMs(items)
  const exit = quietEnd(items)?.exit ?? null
  return [
    ...(status.kind === 'not-applicable' ? [html`${status.why}`] : []),
    ...(by === null ? [] : [html`by <b class="who">${by}</b>`]),
    ...(changedAtMs > 0 ? [clock(changedAtMs)] : []),
    ...(took === null ? [] : [html`${spanText(took)}`]),
    ...(exit === null ? [] : [html`exit ${exit}`]),
  ]
}

/** The end of a script that was started once and passed, with nothing to add: the row of its step says all of it. */
function quietEnd(items: readonly StepItem[]): EventOf<'step.end'> | null {
  const ends = items.flatMap(item =>
    item.kind === 'act' && item.entry.event.kind === 'step.end' ? [item.entry.event] : [],
  )
  const [end, ...others] = ends
  if (end === undefined || others.length > 0) return null
  return end.result === 'passed' && end.exit !== null && end.checks.length === 0 ? end : null
}

/** How long the last attempt took, or how long the gate or the wait was open. */
function tookMs(items: readonly StepItem[]): number | null {
  const acts = items.flatMap(item => (item.kind === 'act' ? [item.entry] : []))
  const end = acts.findLast(({ event }) => ENDS.has(event.kind))
  if (end === undefined) return null
  if (end.event.kind === 'step.end') return end.event.ms
  const begun = acts.find(({ event }) => event.kind === 'approval.request' || event.kind === 'wait.start')
  return begun === undefined ? null : end.atMs - begun.atMs
}

const ENDS: ReadonlySet<string> = new Set(['step.end', 'gate.end', 'wait.end'])

function stepBody(
  record: StepRecord,
  items: readonly StepItem[],
  shown: ShownState,
  { classes, clock, run }: StepsInput,
): Html {
  const tick = onlyTick(record, items)
  if (tick === 'nothing more') return html``
  if (tick !== null) return html`<ol class="events">${quietTick(tick)}</ol>\n`
  const end = shown.state === 'passed' ? 'passed' : 'other'
  const quiet = quietEnd(items)
  let above: AlreadyShown = NOTHING_SHOWN
  const told = items.map(item => {
    if (item.kind === 'output') return html`<li>${outputPanel(item.stretch, end, classes)}</li>`
    const { event } = item.entry
    if (event === quiet) return html``
    const shownAbove = above
    if (event.kind === 'step.start') above = { ...above, script: event.script }
    if (event.kind === 'approval.request') above = { ...above, criteria: event.criteria }
    return eventItem(item.entry, { clock, names: planNames(run.state, 'forward') }, shownAbove)
  })
  const list = told.filter(item => !isEmpty(item))
  return list.length === 0
    ? html``
    : html`<ol class="events">
${joined(list, html`\n`)}
</ol>
`
}
