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
import { whereLine } from '../text/where-row.ts'
import { widthOf } from '../text/width.ts'
import { askOver } from './asked.ts'

/** Row 1 of a run. */
export function runLine(look: Look, state: ScreenState): Line {
  const { scene, nowMs } = state
  const step = neededStep(scene) ?? lookedAt(state)
  const { done: ended, total, skipped } = progressOf(scene.state)
  const doneShort = `${ended}/${total} done`
  const done = skipped === 0 ? doneShort : `${doneShort}, ${skipped} skipped`
  const clock = clockText(nowMs)
  const short = scheduleText(scene, nowMs, 'short')
  return whereLine(look, {
    environment: environmentOf(scene, step),
    production: inProduction(scene, step),
    release: scene.state.start?.release ?? '',
    title: scene.walk.runbook.title,
    phase: step === null ? null : (scene.walk.places.get(step)?.phase ?? null),
    tails: [
      { parts: [done, clock, scheduleText(scene, nowMs, 'long')], leavesNames: 20 },
      { parts: [done, clock, short], leavesNames: 20 },
      { parts: [doneShort, clock, short], leavesNames: 20 },
      { parts: [doneShort, clock], leavesNames: 9 },
      { parts: [doneShort], leavesNames: 0 },
    ],
  })
}

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
  // Beside a message a few words of it stay, where the terminal is not narrow.
  const least = state.message !== null && look.columns >= 80 ? LEAST_TITLE : 0
  const whole = look.columns - used - 3
  const shown = shownTitle(look, title, short, Math.max(least, whole - widthOf(asked)), whole)
  const text = ` ${shown}${asked === '' ? '' : `${shown === '' ? '' : ': '}${asked}`}`
  return [...message, seg(badge, SEEN[seen].tone === 'plain' ? 'strong' : SEEN[seen].tone), seg(text)]
}

/** As much of the title as there is room for, at least the number of the step: the outline marks it, but the key is what is looked for. */
function shownTitle(look: Look, title: string, short: string | undefined, room: number, whole: number): string {
  const fits = [title, ...(short === undefined ? [] : [short])].find(text => widthOf(safe(look, text)) <= room)
  if (fits !== undefined) return safe(look, fits)
  if (room >= LEAST_TITLE) return cut(look, safe(look, short ?? title), room)
  const position = safe(look, title.split(' ')[0] ?? '')
  // What is asked may be longer than the row: its keys come first.
  return widthOf(position) <= Math.max(room, whole - LEAST_ASK) ? position : ''
}

/** Cells in which what is asked has its keys. */
const LEAST_ASK = 32
/** Fewer cells of a title do not tell which step it is. */
const LEAST_TITLE = 12

/** What is needed; at the end of a phase that somebody goes on. While something lies over the walk, its keys are what counts. */
function rowTwo(state: ScreenState): NeedText {
  const { call } = state
  const over = askOver(state)
  const need = needText(state.scene, state.nowMs, state.picked, state.keys)
  if (over !== null) return { ...need, ask: over }
  if (call === null) return need
  const ask =
    call.question === null ? `Enter goes on${call.next === null ? '' : ` to ${call.next}`}` : 'criteria met? y or n'
  return { state: 'passed', label: 'PHASE COMPLETE', title: '', ask }
}

/** The last row: which keys work now, the most needed first, and always the way to all of them. */
export function keysLine(look: Look, state: ScreenState): Line {
  const bindings = keysNow(state)
  // How to get out, and the way to all other keys, are never what has no room.
  const always = (rank: number): boolean => rank <= LEAVING || (rank === 2 && look.columns >= 100)
  const fixed = bindings.filter(binding => always(rankOf(state, binding)))
  let left = look.columns - 1 - fixed.reduce((sum, binding) => sum + widthOf(entry(state, binding)), 0)
  const shown: Binding[] = []
  for (const binding of bindings.filter(b => rankOf(state, b) > 2)) {
    const cells = widthOf(entry(state, binding))
    if (cells > left) continue
    left -= cells
    shown.push(binding)
  }
  // Where Enter gives nothing there is nothing to type first.
  const gives = shown[0]?.label(state) !== 'close'
  const typing = isField(modeOf(state)) && gives ? [seg(' type, then')] : []
  return [
    ...typing,
    ...[...shown, ...fixed].flatMap((binding): Segment[] => [
      seg(' '),
      seg(shownKey(state, binding), 'strong'),
      seg(` ${safe(look, binding.label(state))} `),
    ]),
  ]
}

/** Rank of what leaves the run, and of all keys. */
const LEAVING = 1.5

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
