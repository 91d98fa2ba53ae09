import { checkObserved, type Need, readBy } from '../../model/index.ts'
import { type Ask, openAsk, suggestionsOf } from '../acts/act.ts'
import { environmentOf, inProduction } from '../scene/walk.ts'
import type { Dialog, ScreenState } from '../state/screen-state.ts'
import { counted } from '../text/counting.ts'
import { evidenceText } from '../text/evidence-text.ts'
import { comparedLines, exactLines, type Look, proseLines, ruleLine, safe, seg } from '../text/look.ts'
import { markSubstituted } from '../text/substituted.ts'
import type { Line } from '../text/theme.ts'
import { durationText, stopwatchText } from '../text/time-text.ts'
import { widthOf, wrapProse } from '../text/width.ts'
import { scrolled } from './window.ts'

export interface DialogView {
  readonly lines: readonly Line[]
  /** Where the real cursor stands, within `lines`; null where nothing is typed. */
  readonly cursor: { readonly x: number; readonly y: number } | null
  /** The last row that what it is about can begin with. */
  readonly farthest: number
}

/** The open question of an act in at most `height` rows: title, a window of what it is about, and the question, never scrolled away. */
export function dialogView(look: Look, state: ScreenState, height: number): DialogView {
  const { dialog } = state
  if (dialog?.kind !== 'act') return { lines: [], cursor: null, farthest: 0 }
  const ask = openAsk(dialog.progress)
  const title = ruleLine(look, look.columns, titleText(look, state, dialog))
  const asked = dialog.stale ? staleLines(look) : ask === null ? [] : askLines(look, ask, dialog.text)
  const question = state.guard.deaf ? [...asked, ...deafLines(look)] : asked
  const body = bodyLines(look, state, dialog)
  const window = scrolled(look, body, dialog.top, Math.max(0, height - 1 - question.length), 'PgUp PgDn')
  const lines = [title, ...window.lines, ...question].slice(0, height)
  const field = ask !== null && !dialog.stale && ['phrase', 'text', 'observed'].includes(ask.kind)
  const typed = lines.findLastIndex(line => line[0]?.text === FIELD)
  const x = (lines[typed] ?? []).reduce((sum, { text }) => sum + widthOf(text), 0)
  const cursor = field && typed >= 0 ? { x: Math.min(look.columns - 1, x), y: typed } : null
  return { lines, cursor, farthest: window.farthest }
}

/** Begins the row in which somebody types. */
const FIELD = ' > '

type ActDialog = Extract<Dialog, { kind: 'act' }>

/** The title; of what runs also for how long, and which processes it has. */
function titleText(look: Look, { scene, processes, nowMs }: ScreenState, { progress: { act } }: ActDialog): string {
  const { need } = scene
  if (act.shows === 'running' && scene.state.running !== null) {
    const since = stopwatchText(nowMs - scene.state.running.sinceMs)
    const children =
      processes === null ? '' : `, pid ${processes.pid} and ${counted(processes.children, 'child', 'children')}`
    return safe(look, `${act.title} (${since})${children}`)
  }
  if (act.shows !== 'script' || need.kind !== 'run') return safe(look, act.title)
  const environment = environmentOf(scene, need.step)
  const shown = inProduction(scene, need.step) ? environment?.toUpperCase() : environment
  return safe(look, `${act.title}${shown == null ? '' : ` on ${shown}`}`)
}

function bodyLines(look: Look, state: ScreenState, { progress: { act, given } }: ActDialog): Line[] {
  const answered = act.asks.slice(0, given.length).flatMap((ask, index): Line[] => {
    if (ask.kind !== 'text') return []
    const shown = ask.secret ? '***' : (given[index] ?? '')
    return proseLines(look, `${ask.prompt}: ${shown}`, look.columns, ' ')
  })
  const { need } = state.scene
  switch (act.shows) {
    case 'script':
      return need.kind === 'run' ? [...reviewLines(look, state, need), ...answered] : answered
    case 'comparison':
      return [...act.body.flatMap(text => comparedLines(look, text, look.columns, ' ')), ...answered]
    case 'running':
      return proseLines(
        look,
        'A second Ctrl-C here sends SIGINT to the step. Signoff itself stays open.',
        look.columns,
        ' ',
      )
    case undefined:
      return [...act.body.flatMap(text => exactLines(look, [seg(text)], look.columns, '   ')), ...answered]
    default:
      act.shows satisfies never
      return answered
  }
}

/** The text as bash gets it, what values have filled marked, and what there is to know before it runs. */
function reviewLines(look: Look, { scene }: ScreenState, need: Extract<Need, { kind: 'run' }>): Line[] {
  const { runbook, steps } = scene.walk
  const step = steps.get(need.step)
  const detail = runbook.details.get(need.step)
  const template = need.edited === undefined ? (step?.script ?? null) : null
  const flow = runbook.flows.recovery.find(one => step?.recovery != null && (one.for ?? 'document') === step.recovery)
  const folder = detail?.cwd ?? runbook.cwd
  const facts = [
    need.edited === undefined ? (step?.risk ?? '') : `EDITED, ${need.edited.risk}`,
    `${step === undefined ? 'bash' : readBy(step, detail)}${folder === undefined ? '' : ` in ${folder}`}`,
    ...(step?.timeoutMs == null ? [] : [`time limit ${durationText(step.timeoutMs)}`]),
    flow === undefined ? 'NO WAY BACK' : `way back: ${counted(flow.steps.length, 'step')}`,
    ...(detail?.pointOfNoReturn === true ? ['POINT OF NO RETURN'] : []),
  ]
  return [
    ...markSubstituted(template, need.script, detail?.slots ?? []).flatMap((line, index) =>
      exactLines(look, line, look.columns, index === 0 ? ' $ ' : '   '),
    ),
    ...wrapProse(safe(look, facts.join('   ')), look.columns - 1).map((text): Line => [seg(` ${text}`, 'strong')]),
  ]
}

/** Beside a field whose text began before it stood there. */
export function deafLines(look: Look): Line[] {
  const text = 'What began before this field was there is not taken: Enter, then type it.'
  return wrapProse(text, look.columns - 1).map((row): Line => [seg(` ${row}`, 'failed')])
}

/** It stands there until somebody closes it, since they may be typing. */
function staleLines(look: Look): Line[] {
  const text = 'What this asked is over. Whatever is typed here counts for nothing: Enter or Esc closes it.'
  return wrapProse(text, look.columns - 1).map((row): Line => [seg(` ${row}`, 'strong')])
}

function askLines(look: Look, ask: Ask, typed: string): Line[] {
  const input = (text: string): Line => [seg(FIELD), seg(endOf(safe(look, text), look.columns - 5), 'strong')]
  switch (ask.kind) {
    case 'yes':
      return [
        [
          seg(` y: ${safe(look, ask.prompt)}.`, 'strong'),
          seg(ask.insists === true ? '  Esc: leave it.' : '  Enter or Esc: no.'),
        ],
      ]
    case 'phrase':
      return [...phraseLines(look, ask), input(typed)]
    case 'text': {
      const hint = ask.hint === null ? '' : `  (${ask.hint})`
      const [first, ...others] = suggestionsOf(ask)
      const more = others.length === 0 ? '' : `, again: ${others.join(', ')}`
      const suggestion = first === undefined ? '' : `  Tab takes ${first}${more}`
      return [
        ...proseLines(look, `${ask.prompt}?${hint}${suggestion}`, look.columns, ' '),
        input(ask.secret ? '*'.repeat([...typed].length) : typed),
      ]
    }
    case 'observed':
      return [
        ...proseLines(
          look,
          `What was observed? The runbook asks for  ${evidenceText(ask.evidence)}`,
          look.columns,
          ' ',
        ),
        input(typed),
        ...verdictLines(look, ask, typed),
      ]
    case 'pick':
      return [
        ...proseLines(look, ask.prompt, look.columns, ' '),
        ...ask.options.map((option, index): Line => {
          const preset = index === ask.empty
          return [
            seg(
              ` ${preset ? '>' : ' '} ${index + 1} ${safe(look, option.label)}${preset ? ' (Enter, Esc)' : ''}`,
              preset ? 'strong' : 'plain',
            ),
          ]
        }),
      ]
    default:
      ask satisfies never
      return []
  }
}

/** In one row where there is room, else in two: the phrase is never cut. */
function phraseLines(look: Look, { phrase, to }: Extract<Ask, { kind: 'phrase' }>): Line[] {
  const head = [seg(' Type  '), seg(safe(look, phrase), 'strong')]
  const tail = `  and press Enter to ${safe(look, to)}. Empty Enter or Esc: not run.`
  const used = head.reduce((sum, { text }) => sum + widthOf(text), 0) + widthOf(tail)
  return used <= look.columns ? [[...head, seg(tail)]] : [head, ...proseLines(look, tail.trim(), look.columns, ' ')]
}

/** What the value would come to, said while it is typed. */
function verdictLines(look: Look, { evidence }: Extract<Ask, { kind: 'observed' }>, typed: string): Line[] {
  if (typed.trim() === '') return []
  const checked = checkObserved(evidence, typed)
  if (checked.kind === 'text') return []
  if (checked.kind === 'refused') return [[seg(` ${safe(look, checked.why)}`)]]
  return [[seg(` ${safe(look, checked.text)}`, checked.met ? 'passed' : 'failed')]]
}

/** The end of what is typed, since that is where the cursor stands. */
function endOf(text: string, width: number): string {
  let shown = text
  while (widthOf(shown) > width) shown = shown.slice(1)
  return shown
}
