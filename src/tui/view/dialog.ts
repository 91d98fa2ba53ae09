import { type Ask, openAsk } from '../acts/act.ts'
import { keysOfWalk } from '../keys/keys.ts'
import { environmentOf, inProduction } from '../scene/walk.ts'
import type { Dialog, ScreenState } from '../state/screen-state.ts'
import { evidenceText } from '../text/evidence-text.ts'
import { exactLines, type Look, proseLines, ruleLine, safe, seg } from '../text/look.ts'
import { markSubstituted } from '../text/substituted.ts'
import type { Line } from '../text/theme.ts'
import { widthOf } from '../text/width.ts'
import { contactRows } from './contacts.ts'

export interface DialogView {
  readonly lines: readonly Line[]
  /** Where the real cursor stands, within `lines`; null where nothing is typed. */
  readonly cursor: { readonly x: number; readonly y: number } | null
}

/** A dialog in at most `height` rows: the title, a window of what it is about, and its question, never scrolled away. */
export function dialogView(
  look: Look,
  state: ScreenState,
  dialog: Exclude<Dialog, { kind: 'outline' }>,
  height: number,
): DialogView {
  if (dialog.kind === 'page') return pageView(look, dialog, height)
  if (dialog.kind === 'help') return helpView(look, state, dialog.top, height)
  if (dialog.kind === 'contacts') return contactsView(look, state, dialog.top, height)
  const ask = openAsk(dialog.progress)
  const title = ruleLine(look, look.columns, titleText(look, state, dialog))
  const question = ask === null ? [] : askLines(look, ask, dialog.text)
  const body = bodyLines(look, state, dialog)
  const room = Math.max(0, height - 1 - question.length)
  const window = scrolledTo(look, body, dialog.top, room)
  const lines = [title, ...window, ...question].slice(0, height)
  const field = ask !== null && ['phrase', 'text', 'observed'].includes(ask.kind)
  const last = lines.at(-1)
  const x =
    last === undefined
      ? 0
      : Math.min(
          look.columns - 1,
          last.reduce((sum, { text }) => sum + widthOf(text), 0),
        )
  return { lines, cursor: field ? { x, y: lines.length - 1 } : null }
}

function titleText(look: Look, state: ScreenState, dialog: Extract<Dialog, { kind: 'act' }>): string {
  const { need } = state.scene
  const { title } = dialog.progress.act
  const runs = need.kind === 'run' && title.startsWith('Run ')
  const environment = runs ? environmentOf(state.scene, need.step) : null
  const shown =
    environment === null
      ? ''
      : ` on ${inProduction(state.scene, need.kind === 'run' ? need.step : null) ? environment.toUpperCase() : environment}`
  return safe(look, `${title}${shown}`)
}

function bodyLines(look: Look, state: ScreenState, dialog: Extract<Dialog, { kind: 'act' }>): Line[] {
  const { act, given } = dialog.progress
  const { need, walk } = state.scene
  const answered = act.asks.slice(0, given.length).flatMap((ask, index): Line[] => {
    if (ask.kind !== 'text') return []
    const shown = ask.secret ? '***' : (given[index] ?? '')
    return proseLines(look, `${ask.prompt}: ${shown}`, look.columns, ' ')
  })
  const reviewed = need.kind === 'run' && act.title.startsWith('Run ') ? need : null
  if (reviewed === null)
    return [...act.body.flatMap(text => exactLines(look, [seg(text)], look.columns, '   ')), ...answered]
  const step = walk.steps.get(reviewed.step)
  const slots = walk.runbook.details.get(reviewed.step)?.slots ?? []
  const flow = walk.runbook.flows.recovery.find(f => step?.recovery != null && (f.for ?? 'document') === step.recovery)
  const back =
    flow === undefined ? 'NO WAY BACK' : `way back: ${flow.steps.length} ${flow.steps.length === 1 ? 'step' : 'steps'}`
  const template = reviewed.edited === undefined ? (step?.script ?? null) : null
  const risk = reviewed.edited === undefined ? (step?.risk ?? '') : `EDITED, ${reviewed.edited.risk}`
  return [
    ...markSubstituted(template, reviewed.script, slots).flatMap((line, index) =>
      exactLines(look, line, look.columns, index === 0 ? ' $ ' : '   '),
    ),
    [seg(` ${risk}   ${safe(look, step?.language ?? 'bash')}   ${back}`, 'strong')],
    ...answered,
  ]
}

function askLines(look: Look, ask: Ask, typed: string): Line[] {
  const input = (text: string): Line => [seg(' > '), seg(endOf(safe(look, text), look.columns - 5), 'strong')]
  switch (ask.kind) {
    case 'yes':
      return [
        [
          seg(` y: ${safe(look, ask.prompt)}.`, 'strong'),
          seg(ask.insists === true ? '  Esc: leave it.' : '  Enter or Esc: no.'),
        ],
      ]
    case 'phrase':
      return [
        [
          seg(' Type  '),
          seg(safe(look, ask.phrase), 'strong'),
          seg(`  and press Enter to ${safe(look, ask.to)}. Empty Enter or Esc: not run.`),
        ],
        input(typed),
      ]
    case 'text': {
      const hint = ask.hint === null ? '' : `  (${ask.hint})`
      const suggestion = ask.suggestion === null ? '' : `  Tab takes ${ask.suggestion}`
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

function pageView(look: Look, { page, top }: Extract<Dialog, { kind: 'page' }>, height: number): DialogView {
  const rows = page.lines.flatMap(text => exactLines(look, [seg(text)], look.columns, ' '))
  return {
    lines: [ruleLine(look, look.columns, safe(look, page.title)), ...scrolledTo(look, rows, top, height - 1)],
    cursor: null,
  }
}

function helpView(look: Look, state: ScreenState, top: number, height: number): DialogView {
  const rows = keysOfWalk(state).map(
    ({ shown, label, why }): Line => [
      seg(` ${shown.padEnd(12)}`, 'strong'),
      seg(safe(look, why === null ? label : `${label}: not now, ${why}`)),
    ],
  )
  return { lines: [ruleLine(look, look.columns, 'All keys'), ...scrolledTo(look, rows, top, height - 1)], cursor: null }
}

function contactsView(look: Look, state: ScreenState, top: number, height: number): DialogView {
  const rows = contactRows(look, state, look.columns)
  return { lines: [ruleLine(look, look.columns, 'Contacts'), ...scrolledTo(look, rows, top, height - 1)], cursor: null }
}

/** A window of some rows; what is not shown is counted, so that nobody takes a part for the whole. */
function scrolledTo(look: Look, lines: readonly Line[], top: number, room: number): Line[] {
  if (lines.length <= room) return [...lines]
  const height = Math.max(0, room - 1)
  const from = Math.max(0, Math.min(top, lines.length - height))
  const to = Math.min(lines.length, from + height)
  const more = `lines ${from + 1} to ${to} of ${lines.length}, PgUp and PgDn show the rest`
  return room === 0 ? [] : [...lines.slice(from, to), [seg(` ${look.ascii ? '--' : '──'} ${more}`, 'strong')]]
}

/** The end of what is typed, since that is where the cursor stands. */
function endOf(text: string, width: number): string {
  let shown = text
  while (widthOf(shown) > width) shown = shown.slice(1)
  return shown
}
