import type { Entry } from '../../../model/index.ts'
import type { VerifyReport } from '../../verify/verify-report.ts'
import { isDeviation } from '../deviating.ts'
import { planNames } from '../plan-names.ts'
import { named } from './heading.ts'
import { type Html, html, joined } from './html-text.ts'
import { eventBrief, eventItem, NOTHING_SHOWN, reasonIn, when } from './page-event.ts'
import type { Anchors } from './page-steps.ts'
import { type RecordedRun, stepOf } from './recorded-run.ts'
import { type Clock, timeText } from './time-text.ts'

/** What went otherwise than written, and who decided what: what a reviewer looks for. */
export function deviationsSection({ acts, state }: RecordedRun, anchors: Anchors, clock: Clock): Html {
  const names = planNames(state, 'forward')
  const found = acts.filter(isDeviation)
  const items = found.map(entry => {
    const id = 'step' in entry.event ? entry.event.step : null
    const step = id === null ? undefined : state.steps.get(id)?.planned
    const where = step !== undefined && html`<a href="#${anchors.step(step.id)}">${named(step)}</a>: `
    return html`<li>${where}${eventBrief(entry, { clock, names })}</li>`
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
<td><b class="who">${event.principal}</b>${event.role !== null && html`<br>as ${event.role}`}${reasonIn(event.envelope)}</td>
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
export function runSection({ acts, state }: RecordedRun, clock: Clock): Html {
  const names = planNames(state, 'forward')
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
  const items = acts.filter(isOfTheRun).map(entry => eventItem(entry, { clock, names }, NOTHING_SHOWN))
  return html`<section id="run"><h2>The run</h2>
${table}
<h3>What happened beside the steps</h3>
<ul class="list">${joined(items, html`\n`)}</ul>
</section>`
}

const ELSEWHERE: ReadonlySet<string> = new Set(['run.start', 'run.plan', 'phase.end', 'param'])

function isOfTheRun(entry: Entry): boolean {
  return stepOf(entry) === null && !ELSEWHERE.has(entry.event.kind)
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
