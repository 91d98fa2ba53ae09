import type { RunState } from '../../../model/index.ts'
import type { VerifyReport } from '../../verify/verify-report.ts'
import { countsText } from '../counts-text.ts'
import { spanText } from '../span-text.ts'
import { type Html, html } from './html-text.ts'
import type { RecordedRun } from './recorded-run.ts'
import type { TimeAccount } from './time-account.ts'
import { time } from './time-text.ts'

/** What became of the run, of what, by whom and when: the part that is read first, and often alone. */
export function pageHead(run: RecordedRun, report: VerifyReport, account: TimeAccount): Html {
  const { start } = run.state
  const { word, symbol, tone } = RESULTS[run.state.result ?? 'open']
  return html`<header>
<p class="kicker">Record of a release</p>
<h1>${start?.runbook.path ?? 'A run without a beginning'} <span class="release">${start?.release ?? ''}</span></h1>
<p class="result r-${tone}"><span aria-hidden="true">${symbol}</span> <b>${word}</b>${start?.env != null && html` <span class="tag env">${start.env}</span>`} <span class="counts">${report.run !== null && countsText(report.run.steps)}</span></p>
${facts(run, report, account)}
</header>`
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
