import type { Binding } from '../keys/bindings.ts'
import { isField, keysNow, modeOf, rankOf, shownKey } from '../keys/keys.ts'
import { type NeedText, needText, symbolOf } from '../scene/need-text.ts'
import { progressOf } from '../scene/progress.ts'
import { scheduleText } from '../scene/schedule-text.ts'
import { SEEN } from '../scene/status.ts'
import { environmentOf, inProduction, neededStep } from '../scene/walk.ts'
import { lookedAt, type ScreenState } from '../state/screen-state.ts'
import { cut, type Look, pad, safe, seg } from '../text/look.ts'
import type { Line, Segment } from '../text/theme.ts'
import { clockText } from '../text/time-text.ts'
import { widthOf } from '../text/width.ts'

/** Row 1: where we are. The environment comes first, inverse when it is production. */
export function whereLine(look: Look, state: ScreenState): Line {
  const { scene, nowMs } = state
  const step = neededStep(scene) ?? lookedAt(state)
  const environment = environmentOf(scene, step)
  const production = inProduction(scene, step)
  const phase = step === null ? undefined : scene.walk.places.get(step)?.phase
  const first = safe(
    look,
    environment === null ? 'no environment' : production ? environment.toUpperCase() : environment,
  )
  const head = ` ${first} `
  const { done: ended, total, skipped } = progressOf(scene.state)
  const doneShort = `${ended}/${total} done`
  const done = skipped === 0 ? doneShort : `${doneShort}, ${skipped} skipped`
  const clock = clockText(nowMs)
  const release = safe(look, scene.state.start?.release ?? '')
  const title = `${safe(look, scene.walk.runbook.title)} ${release}`.trim()
  const place = phase === undefined ? [] : [`${safe(look, phase.position)} ${safe(look, phase.title)}`]
  const short = scheduleText(scene, nowMs, 'short')
  const room = look.columns - widthOf(head)
  const ends = [
    [done, clock, scheduleText(scene, nowMs, 'long')],
    [done, clock, short],
    [doneShort, clock, short],
    [doneShort, clock],
  ].map(parts =>
    parts
      .filter(part => part !== '')
      .map(part => ` | ${part}`)
      .join(''),
  )
  // Title and phase may be cut a little before something of the rest is left out.
  const least = Math.min(widthOf([title, ...place].join(' | ')) + 3, LEAST_MIDDLE)
  const tail = ends.find(end => room - widthOf(end) >= least) ?? ends.at(-1) ?? ''
  const middle = shareRoom(look, [title, ...place], room - widthOf(tail))
  return [seg(head, production ? 'production' : 'strong'), seg(`${middle.map(text => `| ${text}`).join(' ')}${tail}`)]
}

/** Cells in which title and phase still tell what they are. */
const LEAST_MIDDLE = 30

/** Row 2: what is needed now and its key; a refusal or a remark stands before it until the next key. */
export function needLine(look: Look, state: ScreenState): Line {
  const { state: seen, label, title, short, ask } = rowTwo(state)
  const failed = seen === 'failed' || seen === 'stopped'
  const badge = ` ${symbolOf(seen, look.ascii)} ${safe(look, label)}${failed ? '' : ' '}`
  // However long the message, it stays in sight what is needed.
  const told = state.message === null ? '' : cut(look, safe(look, state.message), look.columns - widthOf(badge) - 3)
  const message = told === '' ? [] : [seg(` ${told} `, 'strong'), seg(' ')]
  // The key must not fall off the end: what to do keeps its place, and the title is what gives way.
  const used = [...message, seg(badge)].reduce((sum, { text }) => sum + widthOf(text), 0)
  const asked = safe(look, ask)
  // Beside a message the title goes first: the outline marks the step, and the key is what is looked for.
  const least = state.message === null ? LEAST_TITLE : LEAST_BESIDE
  const room = Math.max(least, look.columns - used - widthOf(asked) - 3)
  const named = widthOf(safe(look, title)) <= room || short === undefined ? title : short
  const shown = cut(look, safe(look, named), room)
  const text = ` ${shown}${asked === '' ? '' : `${shown === '' ? '' : ': '}${asked}`}`
  return [...message, seg(badge, SEEN[seen].tone === 'plain' ? 'strong' : SEEN[seen].tone), seg(text)]
}

/** What is needed; at the end of a phase that somebody goes on, and in a search what is looked for. */
function rowTwo(state: ScreenState): NeedText {
  const { call, dialog } = state
  if (call === null || dialog !== null) return needText(state.scene, state.nowMs, state.picked, state.keys)
  const ask =
    call.question === null ? `Enter goes on${call.next === null ? '' : ` to ${call.next}`}` : 'criteria met? y or n'
  return { state: 'passed', label: 'PHASE COMPLETE', title: '', ask }
}

/** The same beside a message: its number and a word. */
const LEAST_BESIDE = 12
/** Cells of a title that tell which step it is, whatever else must be said. */
const LEAST_TITLE = 20

/** The last row: which keys work now, the most needed first, and always the way to all of them. */
export function keysLine(look: Look, state: ScreenState): Line {
  const bindings = keysNow(state)
  const always = (rank: number): boolean => rank === 1 || (rank === 2 && look.columns >= 100)
  const fixed = bindings.filter(binding => always(rankOf(state, binding)))
  let left = look.columns - 1 - fixed.reduce((sum, binding) => sum + widthOf(entry(state, binding)), 0)
  const shown: Binding[] = []
  for (const binding of bindings.filter(b => rankOf(state, b) > 2)) {
    const cells = widthOf(entry(state, binding))
    if (cells > left) continue
    left -= cells
    shown.push(binding)
  }
  const typing = isField(modeOf(state)) ? [seg(' type, then')] : []
  return [
    ...typing,
    ...[...shown, ...fixed].flatMap((binding): Segment[] => [
      seg(' '),
      seg(shownKey(state, binding), 'strong'),
      seg(` ${safe(look, binding.label(state))} `),
    ]),
  ]
}

function entry(state: ScreenState, binding: Binding): string {
  return ` ${shownKey(state, binding)} ${binding.label(state)} `
}

/** The last row while words to look for are typed. */
export function findLine(look: Look, state: ScreenState): { readonly line: Line; readonly x: number } {
  const head = ' Search  '
  const tail = '  Enter looks for it, Esc leaves'
  const room = look.columns - head.length - tail.length - 1
  const typed = safe(look, state.finding ?? '')
  const shown = typed.slice(-Math.max(1, room))
  return {
    line: [seg(head, 'strong'), seg(pad(look, shown, room)), seg(tail)],
    x: Math.min(look.columns - 1, head.length + widthOf(shown)),
  }
}

/** Cuts the first texts so that all fit: a phase is known by its number, a title by its beginning. */
function shareRoom(look: Look, texts: readonly string[], room: number): string[] {
  const used = texts.reduce((sum, text) => sum + widthOf(text) + 3, 0)
  if (used <= room) return [...texts]
  const each = Math.floor(room / texts.length) - 3
  if (each < 4) return []
  const spare = texts.reduce((sum, text) => sum + Math.max(0, each - widthOf(text)), 0)
  return texts.map(text => (widthOf(text) <= each ? text : cut(look, text, each + spare)))
}

/** For a terminal below 60x15: the run goes on underneath. */
export function tooSmallLines(look: Look, rows: number, canGoPlain: boolean): Line[] {
  const text = `Terminal too small (${look.columns}x${rows}), Signoff needs 60x15.${canGoPlain ? ' Press l for plain mode.' : ''}`
  return Array.from({ length: rows }, (_, row) => {
    const piece = text.slice(row * look.columns, (row + 1) * look.columns)
    return [seg(pad(look, piece, look.columns).trimEnd())]
  })
}
