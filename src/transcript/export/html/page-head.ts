import type { Entry, RunState } from '../../../model/index.ts'
import type { VerifyReport } from '../../verify-report.ts'
import { isDeviation } from '../deviating.ts'
import { eventText } from '../event-text.ts'
import { type Html, html, joined } from './html-text.ts'
import { eventBrief, when } from './page-event.ts'
import { type Anchors, named } from './page-steps.ts'
import type { RecordedRun } from './recorded-run.ts'
import type { TimeAccount } from './time-account.ts'
import { type Clock, spanText, time, timeText } from './time-text.ts'

/** What became of the run, of what, by whom and when: the part that is read first, and often alone. */
export function pageHead(run: RecordedRun, report: VerifyReport, account: TimeAccount): Html {
  const { start } = run.state
  const { word, symbol, tone } = RESULTS[run.state.result ?? 'open']
  return html`<header>
<p class="kicker">Record of a release</p>
<h1>${start?.runbook.path ?? 'A run without a beginning'} <span class="release">${start?.release ?? ''}</span></h1>
<p class="result r-${tone}"><span aria-hidden="true">${symbol}</span> <b>${word}</b>${start?.env != null && html` <span class="tag env">${start.env}</span>`} <span class="counts">${countsText(report)}</span></p>
${facts(run, report, account)}
</header>`
}

/** The counts that were sealed, over the way that was walked. */
function countsText({ run }: VerifyReport): string {
  return Object.entries(run?.steps ?? {})
    .filter(([name, count]) => count > 0 || name === 'passed')
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

/** The words for a result; `open` for a run that has none yet. */
export const RESULTS = {
  passed: { word: 'Passed', symbol: '✔', tone: 'good' },
  partial: { word: 'Partly done', symbol: '◐', tone: 'odd' },
  failed: { word: 'Failed', symbol: '✖', tone: 'bad' },
  'no-go': { word: 'NO-GO', symbol: '✖', tone: 'bad' },
  'rolled-back': { word: 'Rolled back', symbol: '↺', tone: 'odd' },
  'rollback-incomplete': { word: 'Rollback incomplete', symbol: '✖', tone: 'bad' },
  aborted: { word: 'Aborted', symbol: '✖', tone: 'bad' },
  open: { word: 'Not ended', symbol: '◌', tone: 'odd' },
} as const

function facts({ state }: RecordedRun, { run, seal }: VerifyReport, { totals }: TimeAccount): Html {
  const { start } = state
  if (start === null || run === null) return html``
  const finishedMs = run.finishedOn === null ? null : Date.parse(run.finishedOn)
  const commit =
    run.commit !== null && html`<code>${run.commit}</code>${start.git?.dirty === true && ', with uncommitted changes'}`
  const paused = totals.paused === 0 ? '' : `, of which ${spanText(totals.paused)} paused`
  const people: readonly Fact[] = [
    ['Operated by', run.operators.map(({ principal }) => principal).join(', then ')],
    ['On', `${start.host.user} at ${start.host.name} (${start.host.os})`],
    ['Started, UTC', time(state.startedAtMs)],
    ['Finished', finishedMs === null ? 'not yet' : time(finishedMs)],
    ['Took', finishedMs === null ? null : `${spanText(finishedMs - state.startedAtMs)}${paused}`],
    ['Selection', selectionText(start.selection)],
    ['Recorded with', `${start.tool.name} ${start.tool.version}`],
  ]
  const digests: readonly Fact[] = [
    ['Run', html`<code>${run.run}</code>`],
    ['Commit', commit],
    ['Runbook', html`<code>${run.runbook.sha256}</code>`],
    ['Sealed by', seal === null ? 'not sealed' : html`${seal.signer.principal}<br><code>${seal.signer.keyid}</code>`],
    ['Seal', seal === null ? null : html`<code>${seal.sha256}</code>`],
  ]
  return html`<div class="facts">${factList(people)}${factList(digests)}</div>`
}

type Fact = readonly [name: string, value: Html | string | false | null]

function factList(facts: readonly Fact[]): Html {
  return html`<dl>${facts
    .filter(([, value]) => value !== null && value !== false)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

function selectionText(selection: NonNullable<RunState['start']>['selection']): string | null {
  if (selection === null) return null
  const parts = (['only', 'from', 'until'] as const).filter(name => selection[name] !== null)
  return parts.length === 0 ? null : parts.map(name => `${name} ${selection[name]}`).join(', ')
}

/** What went otherwise than written, and who decided what: what a reviewer looks for. */
export function deviationsSection({ acts, state }: RecordedRun, anchors: Anchors, clock: Clock): Html {
  const found = acts.filter(isDeviation)
  const items = found.map(entry => {
    const id = 'step' in entry.event ? entry.event.step : null
    const step = id === null ? undefined : state.steps.get(id)?.planned
    const where = step !== undefined && html`<a href="#${anchors.step(step.id)}">${named(step)}</a>: `
    return html`<li>${where}${eventBrief(entry, clock)}</li>`
  })
  return html`<section id="deviations"><h2>Deviations <span class="n">${found.length}</span></h2>
${found.length === 0 ? html`<p class="none">None: everything went as the runbook has it.</p>` : html`<ul class="list">${joined(items, html`\n`)}</ul>`}
</section>`
}

/** Every approval with whether it was good when this page was made, and the gate it is of. */
export function approvalsSection({ state, acts }: RecordedRun, { run }: VerifyReport, anchors: Anchors): Html {
  const decided = acts.filter(({ event }) => event.kind === 'approval')
  if (decided.length === 0) return html``
  const rows = decided.map(({ event, atMs, seq }) => {
    if (event.kind !== 'approval') return html``
    const step = state.steps.get(event.step)?.planned
    const good = run?.approvals.find(approval => approval.seq === seq)?.good === true
    return html`<tr><td><a href="#${anchors.step(event.step)}">${step === undefined ? event.step : named(step)}</a></td>
<td><b class="${event.decision === 'go' ? 'go' : 'no-go'}">${event.decision === 'go' ? '✔ GO' : '✖ NO-GO'}</b></td>
<td><b class="who">${event.principal}</b>${event.role !== null && html`<br>as ${event.role}`}</td>
<td>${timeText(atMs)}</td><td><code>${event.keyid}</code>${!good && html` <b class="late">not good</b>`}</td></tr>`
  })
  const unmapped =
    run?.unmappedRoles === true &&
    html`<p class="warn">The roles of a gate were mapped to nobody: any two different signers could decide.</p>`
  return html`<section id="approvals"><h2>Approvals <span class="n">${decided.length}</span></h2>
<div class="wide" tabindex="0" role="region" aria-label="Approvals"><table><thead><tr><th scope="col">Gate</th><th scope="col">Decision</th><th scope="col">By</th><th scope="col">At (UTC)</th><th scope="col">Key</th></tr></thead>
<tbody>
${joined(rows, html`\n`)}
</tbody></table></div>${unmapped}
</section>`
}

/** Values that the run was given, and what was said of it as a whole. */
export function runSection({ acts }: RecordedRun, clock: Clock): Html {
  const values = acts.filter(({ event }) => event.kind === 'param')
  const rows = values.map(entry => {
    const { event } = entry
    if (event.kind !== 'param') return html``
    const value = event.value === null ? html`<i>secret, not recorded</i>` : html`<code>${event.value}</code>`
    return html`<tr><th scope="row">${event.name}</th><td>${value}</td><td>${event.by}, ${HOW[event.how]}</td><td class="at">${when(entry, clock)}</td></tr>`
  })
  const table =
    values.length > 0 &&
    html`<h3>Values</h3>
<div class="wide" tabindex="0" role="region" aria-label="Values"><table><thead><tr><th scope="col">Name</th><th scope="col">Value</th><th scope="col">Given by</th><th scope="col">At</th></tr></thead>
<tbody>
${joined(rows, html`\n`)}
</tbody></table></div>`
  const others = acts.filter(entry => isOfTheRun(entry))
  const items = others.map(
    entry => html`<li>${eventText(entry.event).sentence} <span class="at">${when(entry, clock)}</span></li>`,
  )
  return html`<section id="run"><h2>The run</h2>
${table}
<h3>What happened beside the steps</h3>
<ul class="list">${joined(items, html`\n`)}</ul>
</section>`
}

function isOfTheRun({ event }: Entry): boolean {
  if (['run.start', 'run.plan', 'phase.end', 'param'].includes(event.kind)) return false
  return !('step' in event) || event.step === null || event.kind === 'run.pause'
}

const HOW = {
  key: 'by key',
  typed: 'typed',
  flag: 'by flag',
  answers: 'by answers file',
  env: 'from the environment',
  default: 'by default',
  step: 'set by a step',
} as const
