import { isTooSmall } from '../state/screen-state.ts'
import { counted } from '../text/counting.ts'
import { bounded, cut, type Look, pad, ruleLine, safe, seg } from '../text/look.ts'
import type { Line } from '../text/theme.ts'
import { tooSmallLines } from '../text/too-small.ts'
import { whereLine } from '../text/where-row.ts'
import { widthOf, wrapProse } from '../text/width.ts'
import type { StartBrief, StartSection } from './brief.ts'
import type { StartState } from './start-state.ts'

export interface StartView {
  readonly lines: readonly Line[]
  readonly cursor: { readonly x: number; readonly y: number } | null
  readonly farthest: number
}

/** What the screen shows before a run: the same three fixed rows as in the walk, and between them what there is to know. */
export function startView(state: StartState, ascii: boolean): StartView {
  const { columns, rows } = state.size
  const look: Look = { ascii, columns }
  if (isTooSmall(state.size)) return { lines: tooSmallLines(look, rows, false), cursor: null, farthest: 0 }
  const height = Math.max(1, rows - 5)
  const { ask } = state
  const body =
    ask.kind === 'brief' ? briefBody(look, state, ask.brief, height) : sectionsBody(look, state, ask.sections, height)
  const message = state.message === null ? [] : [seg(` ${safe(look, state.message)} `, 'strong')]
  const lines: Line[] = [
    ask.kind === 'brief'
      ? whereLine(look, { ...ask.brief, phase: null, tails: [{ parts: ['not begun'], leavesNames: 0 }] })
      : [seg(` ${safe(look, ask.title)}`, 'strong'), seg(`  ${safe(look, ask.path)}`)],
    [...message, seg(` ${look.ascii ? '[>]' : '▸'} `, 'ready'), seg(needText(ask), 'ready')],
    ruleLine(look, columns),
    ...body.lines,
    ruleLine(look, columns),
    keysLine(ask.kind, body.farthest > 0),
  ]
  while (lines.length < rows) lines.splice(lines.length - 2, 0, [])
  return {
    lines: lines.slice(0, rows).map(line => bounded(look, line, columns)),
    cursor: body.cursor === null ? null : { x: 1, y: body.cursor + 3 },
    farthest: body.farthest,
  }
}

function needText(ask: StartState['ask']): string {
  if (ask.kind === 'sections') return 'READY  this is a catalog of procedures: choose one, Enter takes it'
  return 'READY  Enter starts the run, q leaves without one'
}

function keysLine(kind: 'brief' | 'sections', scrolls: boolean): Line {
  const move = kind === 'sections' ? ' j k choose ' : scrolls ? ' j k PgUp PgDn read on ' : ''
  return [
    seg(' '),
    seg('Enter', 'strong'),
    seg(kind === 'brief' ? ' start ' : ' take it '),
    seg(' '),
    seg('q', 'strong'),
    seg(' leave '),
    seg(move),
  ]
}

interface StartBody {
  readonly lines: readonly Line[]
  readonly cursor: number | null
  readonly farthest: number
}

function briefBody(look: Look, state: StartState, brief: StartBrief, height: number): StartBody {
  const rows = briefRows(look, brief)
  const farthest = Math.max(0, rows.length - height)
  if (farthest === 0) return { lines: filled(rows, height), cursor: null, farthest: 0 }
  const room = height - 1
  const last = Math.max(0, rows.length - room)
  const from = Math.min(state.at, last)
  const more: Line = [
    seg(` ${look.ascii ? '--' : '──'} rows ${from + 1} to ${from + room} of ${rows.length}: PgDn reads on`, 'strong'),
  ]
  return { lines: [...rows.slice(from, from + room), more], cursor: null, farthest: last }
}

const LABEL = 12

function briefRows(look: Look, brief: StartBrief): Line[] {
  const row = (label: string, text: string, tone: Line[number]['tone'] = 'plain'): Line[] =>
    wrapProse(safe(look, text), look.columns - LABEL - 2).map(
      (piece, index): Line => [seg(` ${(index === 0 ? label : '').padEnd(LABEL)}`, 'strong'), seg(piece, tone)],
    )
  const each = (label: string, texts: readonly string[]): Line[] =>
    texts.flatMap((text, index) => row(index === 0 ? label : '', text))
  const errors = brief.findings.filter(({ level }) => level === 'error').length
  const warnings = brief.findings.length - errors
  return [
    ...row('Runbook', brief.path),
    ...row('Digest', digestText(look, brief.sha256)),
    ...(brief.commit === null ? [] : row('Commit', brief.commit)),
    ...row('Release', brief.release),
    ...row('Environment', brief.environment ?? 'none'),
    ...row('Operator', `${brief.operator.principal}  ${brief.operator.keyid}`),
    [],
    ...row('Ahead', brief.extent),
    ...row('Strongest', brief.strongest),
    ...each(
      'Gates',
      brief.gates.map(({ position, title, who }) => `${position} ${title}: ${who}`),
    ),
    ...(brief.waysBack.length === 0
      ? row('Ways back', 'NONE: the runbook names no way back', 'strong')
      : each('Ways back', brief.waysBack)),
    ...(brief.values.length === 0
      ? []
      : row('Values', `to be given when their step comes: ${brief.values.join(', ')}`)),
    [],
    ...(brief.findings.length === 0
      ? row('Checks', 'nothing is missing')
      : [
          ...row(
            'Checks',
            [...(errors > 0 ? [counted(errors, 'error')] : []), counted(warnings, 'warning')].join(', '),
            'strong',
          ),
          ...brief.findings.flatMap(({ level, text, help }) => [
            ...row('', `${level}: ${text}`, level === 'error' ? 'failed' : 'plain'),
            ...(help === '' ? [] : row('', `  ${help}`)),
          ]),
        ]),
    [],
    [seg(' Nothing is recorded before Enter.')],
  ]
}

/** All of it where there is room: else its beginning, which tells files apart. */
function digestText(look: Look, sha256: string): string {
  const whole = `sha256 ${sha256}`
  return widthOf(whole) <= look.columns - LABEL - 2 ? whole : `sha256 ${sha256.slice(0, 32)}...`
}

function sectionsBody(look: Look, state: StartState, sections: readonly StartSection[], height: number): StartBody {
  const positions = Math.min(10, Math.max(...sections.map(({ position }) => widthOf(position)), 1))
  const top = Math.max(0, Math.min(state.at - Math.floor(height / 3), sections.length - height))
  const lines = sections.slice(top, top + height).map(({ position, title, steps }, index): Line => {
    const selected = top + index === state.at
    const tail = ` ${counted(steps, 'step')} `
    const head = ` ${selected ? '>' : ' '} ${pad(look, safe(look, position), positions)}  ${safe(look, title)}`
    return [
      seg(
        pad(look, cut(look, head, look.columns - widthOf(tail)), look.columns - widthOf(tail)),
        selected ? 'strong' : 'plain',
      ),
      seg(tail),
    ]
  })
  return { lines: filled(lines, height), cursor: state.at - top, farthest: Math.max(0, sections.length - 1) }
}

function filled(lines: readonly Line[], height: number): Line[] {
  const rows = lines.slice(0, height)
  while (rows.length < height) rows.push([])
  return rows
}
