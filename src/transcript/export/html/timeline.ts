import type { RunState } from '../../../model/index.ts'
import { plannedText, spanText } from '../span-text.ts'
import { named } from './heading.ts'
import { type Html, html, joined } from './html-text.ts'
import type { PhaseTime, Span, Spent, TimeAccount } from './time-account.ts'
import { time } from './time-text.ts'

/** Planned against actual, a row a phase: the words say everything that the bars show. */
export function timeline(account: TimeAccount, state: RunState, anchorOf: (phase: string) => string): Html {
  if (account.phases.length === 0) return html``
  const scale = scaleOf(account)
  const rows = account.phases.map(phase => row(phase, state, scale, anchorOf))
  return html`<section id="timeline"><h2>Timeline</h2>
<div class="tl" role="list">
${joined(rows, html`\n`)}
</div>
<p class="axis"><span>${time(account.fromMs)}</span><span>${time(account.toMs)}</span></p>
${legend(account)}
</section>`
}

function row(phase: PhaseTime, state: RunState, scale: Scale, anchorOf: (phase: string) => string): Html {
  const { position, title } = state.phases.find(({ id }) => id === phase.phase) ?? { position: '', title: phase.phase }
  return html`<div class="tl-row" role="listitem">
<p class="tl-name"><a href="#${anchorOf(phase.phase)}">${named({ position, title })}</a></p>
${bars(phase, scale)}
<p class="tl-text">${verdict(phase)}</p>
</div>`
}

/** How long it took, and how that stands to what was planned. */
function verdict({ fromMs, toMs, planned, ended, parts }: PhaseTime): Html {
  const paused = parts.filter(({ spent }) => spent === 'paused').reduce((sum, part) => sum + part.toMs - part.fromMs, 0)
  const tookMs = toMs - fromMs - paused
  const wanted = plannedText(planned)
  const took = html`<b>${spanText(tookMs)}</b>${paused > 0 && html` and ${spanText(paused)} paused`}`
  if (wanted === null) return took
  const over = planned.maxMs !== null && tookMs > planned.maxMs
  const under = planned.minMs !== null && tookMs < planned.minMs
  const word = over
    ? html`<b class="late">${spanText(tookMs - (planned.maxMs ?? 0))} over</b>`
    : !ended
      ? 'not ended'
      : under
        ? 'less than planned'
        : 'as planned'
  return html`${took}, ${word} <span class="dim">(planned ${wanted})</span>`
}

/** A picture of 1000 by 20 units that is stretched to its place; heights are in pixels. */
function bars({ fromMs, toMs, planned, parts }: PhaseTime, scale: Scale): Html {
  const least = planned.minMs ?? planned.maxMs
  const most = planned.maxMs ?? planned.minMs
  return html`<svg class="bar" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">
${scale.pauses.map(span => rect('bar-cut', span, 0, 20))}${
  most !== null && [
    planBar('bar-most', scale.of({ fromMs, toMs: fromMs + most })),
    planBar('bar-least', scale.of({ fromMs, toMs: fromMs + (least ?? most) })),
  ]
}${rect('bar-people', scale.of({ fromMs, toMs }), 9, 10)}${drawnParts(parts, scale)}
</svg>`
}

/** Of a thousand short scripts side by side many fall on one place: each place is drawn once. */
function drawnParts(parts: PhaseTime['parts'], scale: Scale): Html[] {
  const drawn = new Map<string, Html>()
  for (const part of parts) {
    if (part.spent === 'people') continue
    const place = scale.of(part)
    drawn.set(`${part.spent} ${place.x} ${place.width}`, rect(`bar-${part.spent}`, place, 9, 10))
  }
  return [...drawn.values()]
}

interface Drawn {
  readonly x: number
  readonly width: number
  /** It goes on beyond the picture. */
  readonly cut: boolean
}

/** A planned time that goes on beyond the picture ends in a point. */
function planBar(name: string, { x, width, cut }: Drawn): Html {
  if (!cut) return rect(name, { x, width, cut }, 1, 6)
  const end = Math.max(x, 988)
  return html`<path class="${name}" d="M${x} 1H${end}L1000 4L${end} 7H${x}z"/>`
}

function rect(name: string, { x, width }: Drawn, y: number, height: number): Html {
  return html`<rect class="${name}" x="${x}" y="${y}" width="${width}" height="${height}"/>`
}

interface Scale {
  of(span: Span): Drawn
  readonly pauses: readonly Drawn[]
}

/** A pause takes this share of the picture at most, so that a night in the middle leaves room for the work. */
const PAUSE_SHARE = 0.03
/** How far beyond the end of the run a planned time may reach before it is cut. */
const BEYOND = 1.25

/** Places on the picture, 0 to 1000. Pauses are shortened; planned times that reach far beyond the end are cut there. */
function scaleOf({ fromMs, toMs, pauses, phases }: TimeAccount): Scale {
  const paused = pauses.reduce((sum, span) => sum + span.toMs - span.fromMs, 0)
  const workedMs = Math.max(1, toMs - fromMs - paused)
  const pauseMost = workedMs * PAUSE_SHARE
  const shortened = (atMs: number): number =>
    pauses.reduce((at, span) => {
      const inside = Math.max(0, Math.min(atMs, span.toMs) - span.fromMs)
      const length = span.toMs - span.fromMs
      return inside === 0 || length <= pauseMost ? at : at - inside + (inside / length) * pauseMost
    }, atMs - fromMs)
  const ends = phases.map(phase => shortened(phase.fromMs + (phase.planned.maxMs ?? phase.planned.minMs ?? 0)))
  const actual = Math.max(1, shortened(toMs))
  const whole = Math.min(Math.max(actual, ...ends), actual * BEYOND)
  const placed = (atMs: number): number => Math.round((shortened(atMs) / whole) * 1000)
  // A script of a second in a release of a day is still there to be seen.
  const of = (span: Span): Drawn => {
    const x = Math.min(997, placed(span.fromMs))
    const end = placed(span.toMs)
    return { x, width: Math.max(3, Math.min(1000, end) - x), cut: end > 1000 }
  }
  return { of, pauses: pauses.map(of) }
}

const LEGEND: readonly (readonly [Spent, string])[] = [
  ['script', 'scripts'],
  ['approval', 'waiting for approval'],
  ['wait', 'planned waits'],
  ['people', 'people'],
  ['paused', 'paused'],
]

function legend({ totals, phases }: TimeAccount): Html {
  const items = LEGEND.filter(([spent]) => totals[spent] > 0).map(
    ([spent, name]) => html`<li><i class="key key-${spent}"></i>${name} <b>${spanText(totals[spent])}</b></li>`,
  )
  const isPlanned = phases.some(({ planned }) => plannedText(planned) !== null)
  const plan = isPlanned && html`<li><i class="key key-plan"></i>planned, from least to most</li>`
  return html`<ul class="legend">${items}${plan}</ul>`
}
