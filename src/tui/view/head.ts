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
import { whereLine } from './where.ts'

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

/** For a terminal below 60x15: the run goes on underneath. */
export function tooSmallLines(look: Look, rows: number, canGoPlain: boolean): Line[] {
  const text = `Terminal too small (${look.columns}x${rows}), Signoff needs 60x15.${canGoPlain ? ' Press l for plain mode.' : ''}`
  return Array.from({ length: rows }, (_, row) => {
    const piece = text.slice(row * look.columns, (row + 1) * look.columns)
    return [seg(pad(look, piece, look.columns).trimEnd())]
  })
}
