import { createHash } from 'node:crypto'
import type { Entry, Section } from '../../../model/index.ts'
import type { VerifyReport } from '../../verify/verify-report.ts'
import { derivedText, exportWarning } from '../derived.ts'
import script from './browser/main.ts?page'
import { plural } from './counting.ts'
import { named } from './heading.ts'
import { Html, html, joined, preformatted } from './html-text.ts'
import style from './page.css?page'
import { pageHead, RESULTS } from './page-head.ts'
import { approvalsSection, deviationsSection, runSection } from './page-lists.ts'
import { byHandSection, checkBox, dataBlocks, verificationSection } from './page-proof.ts'
import { type Anchors, countStates, stepsSection } from './page-steps.ts'
import { createPenClasses } from './page-style.ts'
import type { RecordedRun } from './recorded-run.ts'
import { STATE_WORDS } from './step-state.ts'
import { accountTime, type TimeAccount } from './time-account.ts'
import { clockFor } from './time-text.ts'
import { timeline } from './timeline.ts'

export interface PageInput {
  readonly run: RecordedRun
  readonly report: VerifyReport
  /** The bytes of the journal; null where they are more than a page carries. */
  readonly journal: Buffer | null
  readonly bundle: string | null
  /** Phases and sections of the embedded runbook; empty where nobody has read it: then there are no headings of sections. */
  readonly outline: readonly Section[]
}

/**
 * One page that needs nothing but itself: no request, no script to be read, no style outside its one sheet. Everything that
 * stands in a record is text in it. The same input gives the same bytes.
 */
export function toHtml({ run, report, journal, bundle, outline }: PageInput): string {
  const { state, acts } = run
  const anchors = anchorsOf(run)
  const classes = createPenClasses()
  const phaseEnds = new Map<string, Entry>()
  for (const entry of acts) if (entry.event.kind === 'phase.end') phaseEnds.set(entry.event.phase, entry)
  // The classes of coloured output are known once the steps are written, and the head of the page needs them.
  const clock = clockFor(acts[0]?.atMs ?? 0, acts.at(-1)?.atMs ?? 0)
  const steps = stepsSection({ run, phaseEnds, outline, anchors, classes, clock })
  const account = accountTime(state, acts, id => outline.find(section => section.id === id)?.duration ?? null)
  const sheet = [style, classes.rules()].filter(text => text !== '').join('\n')
  const body = html`<p class="derived${exportWarning(report) !== '' && ' derived-odd'}">${derivedText(report)}</p>
<a class="skip" href="#steps">To the steps</a>
<div class="page">
${contents(run, anchors, account)}
<main>
${pageHead(run, report, account)}
${checkBox(report.journal?.bytes ?? 0)}
${deviationsSection(run, anchors, clock)}
${approvalsSection(run, report, anchors)}
${timeline(account, state, anchors.phase)}
<section id="steps"><h2>Steps</h2>
<p class="fine">Times are UTC, as the writer of the record claims them; #12 is line 12 of the journal.</p>
${tools(run)}
${steps}
</section>
${runSection(run, clock)}
${verificationSection(report, bundle)}
${byHandSection(run, report, journal !== null)}
${runbookSection(run)}
</main>
</div>`
  const result = RESULTS[state.result ?? 'open'].word
  const title = `${state.start?.runbook.path ?? 'run'}, release ${state.start?.release ?? '-'}: ${result}${exportWarning(report)}`
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta http-equiv="Content-Security-Policy" content="${Html.trusted(policy(sheet))}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${Html.trusted(sheet)}</style>
</head>
<body>
${body}
${dataBlocks(journal, bundle)}<script>${Html.trusted(script)}</script>
</body>
</html>
`)
}

/** Nothing may be loaded, sent or run but the one style sheet and the one script, by their digests. */
function policy(sheet: string): string {
  const of = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return [
    "default-src 'none'",
    `style-src ${of(sheet)}`,
    `script-src ${of(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
}

/** Positions make anchors that people can name; where a plan has two alike, or odd ones, the place in the plan does. */
function anchorsOf({ state }: RecordedRun): Anchors {
  const anchors = (prefix: string, items: readonly { readonly id: string; readonly position: string }[]) => {
    const taken = new Set<string>()
    return new Map(
      items.map(({ id, position }, index) => {
        const wanted = `${prefix}-${position}`
        const isGood = /^[\w.-]+$/.test(position) && !taken.has(wanted)
        const anchor = isGood ? wanted : `${prefix}-n${index}`
        taken.add(anchor)
        return [id, anchor]
      }),
    )
  }
  const steps = anchors(
    's',
    [...state.steps.values()].map(({ planned }) => planned),
  )
  const phases = anchors('p', state.phases)
  return {
    step: id => steps.get(id) ?? 'steps',
    phase: id => phases.get(id) ?? 'steps',
  }
}

function contents({ state, acts }: RecordedRun, anchors: Anchors, account: TimeAccount): Html {
  const hasApprovals = acts.some(({ event }) => event.kind === 'approval')
  const walked = new Set([...state.steps.values()].map(({ planned }) => planned.phase))
  const phases = state.phases
    .filter(({ id }) => walked.has(id))
    .map(
      ({ id, position, title }) =>
        html`<li class="toc-phase"><a href="#${anchors.phase(id)}">${named({ position, title })}</a></li>`,
    )
  return html`<nav aria-label="Contents"><ul>
<li><a href="#check">Evidence</a></li>
<li><a href="#deviations">Deviations</a></li>
${hasApprovals && html`<li><a href="#approvals">Approvals</a></li>`}
${account.phases.length > 0 && html`<li><a href="#timeline">Timeline</a></li>`}
<li><a href="#steps">Steps</a></li>
${joined(phases, html`\n`)}
<li><a href="#run">The run</a></li>
<li><a href="#by-hand">Check it</a></li>
<li><a href="#runbook">The runbook</a></li>
</ul></nav>`
}

/** Filters by state are boxes that a style sheet reads, so they need no script; search does. */
function tools(run: RecordedRun): Html {
  const boxes = countStates(run)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => {
      const { symbol, word } = STATE_WORDS[state]
      return html`<label class="chip s-${state}"><input type="checkbox" id="f-${state}" data-state="${state}" checked> <span class="mark" aria-hidden="true">${symbol}</span> ${word} <b>${count}</b></label>`
    })
  return html`<div class="tools" role="group" aria-label="Show">
<p id="search-box" hidden><label for="search">Search</label> <input type="search" id="search" autocomplete="off" spellcheck="false" aria-describedby="search-said"> <span id="search-said" role="status"></span></p>
<p class="chips">${joined(boxes, html`\n`)} <span id="filter-said" role="status"></span></p>
</div>`
}

function runbookSection({ state }: RecordedRun): Html {
  const text = state.start?.runbook.text ?? ''
  const lines = text.replace(/\n$/, '').split('\n')
  const numbered = lines.map((line, index) => html`<span id="L${index + 1}">${preformatted(line)}</span>`)
  return html`<section id="runbook"><h2>The runbook</h2>
<details><summary>${state.start?.runbook.path ?? ''}, ${plural(lines.length, 'line')}, as it was loaded</summary>
<pre class="source">\n${joined(numbered, html`\n`)}</pre></details>
</section>`
}
