import { liveProblem, stillNeeded, type ValueRow, valueRows } from '../acts/values.ts'
import { actionRows } from '../keys/keys.ts'
import { paletteRows } from '../keys/palette.ts'
import type { Dialog, ScreenState } from '../state/screen-state.ts'
import { counted } from '../text/counting.ts'
import { cut, exactLines, type Look, pad, proseLines, ruleLine, safe, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'
import { widthOf } from '../text/width.ts'
import { contactRows } from './contacts.ts'
import { deafLines } from './dialog.ts'
import { type Body, filled } from './view.ts'
import { scrolled } from './window.ts'

type Overlay = Extract<Dialog, { kind: 'help' | 'contacts' | 'page' | 'palette' | 'values' }>

/** A page over the walk, in exactly `height` rows. */
export function overlayView(look: Look, state: ScreenState, dialog: Overlay, height: number): Body {
  switch (dialog.kind) {
    case 'help':
      return paged(look, 'All keys', helpRows(look, state), dialog.top, height)
    case 'contacts':
      return paged(look, 'Contacts', contactRows(look, state, look.columns), dialog.top, height)
    case 'page': {
      const rows = dialog.page.lines.flatMap(text => exactLines(look, [seg(text)], look.columns, ' '))
      return paged(look, safe(look, dialog.page.title), rows, dialog.top, height)
    }
    case 'palette':
      return paletteView(look, state, dialog, height)
    case 'values':
      return valuesView(look, state, dialog, height)
    default:
      dialog satisfies never
      return { lines: filled([], height), cursor: null, farthest: 0 }
  }
}

function paged(look: Look, title: string, rows: readonly Line[], top: number, height: number): Body {
  const window = scrolled(look, rows, top, height - 1)
  return {
    lines: filled([ruleLine(look, look.columns, title), ...window.lines], height),
    cursor: null,
    farthest: window.farthest,
  }
}

/** Every action under the heading of its group; one that cannot be used now says why in the same row. */
function helpRows(look: Look, state: ScreenState): Line[] {
  const rows: Line[] = []
  let group = ''
  for (const row of actionRows({ ...state, dialog: null })) {
    if (row.keys === '') continue
    if (row.group !== group) {
      if (group !== '') rows.push([])
      rows.push([seg(` ${row.group}`, 'strong')])
      group = row.group
    }
    rows.push(...actionLines(look, row.keys, row.about, row.why))
  }
  return rows
}

const KEY_CELLS = 12

function actionLines(look: Look, keys: string, about: string, why: string | null): Line[] {
  const text = why === null ? about : `${about}; not now: ${why}`
  const wide = widthOf(keys) > KEY_CELLS
  const rows = proseLines(look, text, look.columns, ' '.repeat(KEY_CELLS + 5))
  const head = `   ${wide ? keys : pad(look, keys, KEY_CELLS)}  `
  if (wide) return [[seg(head.trimEnd(), 'strong')], ...rows]
  const [first = [], ...others] = rows
  return [
    [
      seg(head, 'strong'),
      seg(
        first
          .map(({ text: piece }) => piece)
          .join('')
          .trimStart(),
      ),
    ],
    ...others,
  ]
}

function paletteView(
  look: Look,
  state: ScreenState,
  dialog: Extract<Dialog, { kind: 'palette' }>,
  height: number,
): Body {
  const rows = paletteRows(state, dialog.text)
  const field = ` : ${safe(look, dialog.text)}`
  const room = height - 2
  const top = Math.max(0, Math.min(dialog.at - room + 1, rows.length - room))
  const shown = rows.slice(top, top + room).map((row, index): Line => {
    const selected = top + index === dialog.at
    const mark = selected ? '>' : ' '
    const head = ` ${mark} ${pad(look, row.action, 16)} ${pad(look, row.keys, 8)} `
    const why = row.why === null ? row.about : `not now: ${row.why}`
    return [
      seg(head, selected ? 'strong' : 'plain'),
      seg(cut(look, safe(look, why), Math.max(0, look.columns - widthOf(head)))),
    ]
  })
  const title =
    rows.length === 0
      ? 'Commands: nothing of that name'
      : `Commands: ${counted(rows.length, 'action')}, Enter does the marked one`
  return {
    lines: filled([ruleLine(look, look.columns, title), [seg(field, 'strong')], ...shown], height),
    cursor: { x: Math.min(look.columns - 1, widthOf(field)), y: 1 },
    farthest: 0,
  }
}

/** All values of the run, a row each, and below them what is known of the one that is filled. */
function valuesView(look: Look, state: ScreenState, dialog: Extract<Dialog, { kind: 'values' }>, height: number): Body {
  const rows = valueRows(state.scene)
  const at = rows[dialog.at]
  const about = at === undefined ? [] : aboutLines(look, state, at, dialog.text)
  const room = Math.max(1, height - 1 - about.length)
  const top = Math.max(0, Math.min(dialog.at - Math.floor(room / 2), rows.length - room))
  const names = Math.min(24, Math.max(...rows.map(({ name }) => widthOf(name))))
  const shown = rows.slice(top, top + room)
  const usesCells = Math.max(...shown.map(row => widthOf(safe(look, usesText(row)))))
  // Of the one that is filled they stand below as well.
  const hasUses = look.columns - names - SOURCE - usesCells - 10 >= LEAST_VALUE
  const list = shown.map((row, index): Line => {
    const selected = top + index === dialog.at
    const value = row.value ?? (row.secret && row.source !== 'not given' ? '***' : '')
    const head = ` ${selected ? '>' : ' '} ${pad(look, safe(look, row.name), names)}  `
    const cells = look.columns - widthOf(head) - SOURCE - (hasUses ? usesCells : 0) - 5
    return [
      seg(head, selected ? 'strong' : 'plain'),
      seg(pad(look, safe(look, value), cells)),
      seg(`  ${pad(look, row.source, SOURCE)}`, row.needed ? 'needs' : 'plain'),
      seg(hasUses ? `  ${safe(look, usesText(row))}` : ''),
    ]
  })
  const missing = rows.filter(({ source }) => source === 'not given').length
  const title = `Values: ${rows.length - missing} of ${rows.length} given${missing === 0 ? '' : `, ${missing} open`}`
  const lines = [ruleLine(look, look.columns, title), ...list, ...about].slice(0, height)
  const typed = at?.secret === true ? '*'.repeat([...dialog.text].length) : dialog.text
  const field = lines.findLastIndex(line => line[0]?.text === FIELD)
  return {
    lines: filled(lines, height),
    cursor: field < 0 ? null : { x: Math.min(look.columns - 1, FIELD.length + widthOf(safe(look, typed))), y: field },
    farthest: 0,
  }
}

/** Cells for where a value came from, and in which a value still says something. */
const SOURCE = 12
const LEAST_VALUE = 8

function usesText({ uses }: ValueRow): string {
  return uses.length > 1 ? `${uses[0] ?? ''} and ${uses.length - 1} more` : (uses[0] ?? '')
}

const FIELD = ' > '

function aboutLines(look: Look, state: ScreenState, row: ValueRow, typed: string): Line[] {
  const problem = liveProblem(state.scene, row, typed)
  const shown = row.secret ? '*'.repeat([...typed].length) : typed
  const suggestion = row.suggestion === null ? '' : `  Tab takes ${row.suggestion}`
  const hidden = row.secret ? '  A secret: shown nowhere, and written down nowhere.' : ''
  return [
    ruleLine(look, look.columns, `${safe(look, row.name)}`),
    ...row.about.flatMap(text => proseLines(look, text, look.columns, ' ')),
    ...(row.uses.length > 1 ? proseLines(look, `used at ${row.uses.join(', ')}`, look.columns, ' ') : []),
    ...(stillNeeded(state.scene) === null
      ? proseLines(look, 'Nothing that is needed now is missing: an empty Enter closes the form.', look.columns, ' ')
      : []),
    ...proseLines(look, `New value?${suggestion}${hidden}`, look.columns, ' '),
    [seg(FIELD), seg(safe(look, shown).slice(-(look.columns - 5)), 'strong')],
    ...(state.guard.deaf ? deafLines(look) : []),
    problem === null ? [] : [seg(` ${safe(look, problem)}`, 'failed')],
  ]
}
