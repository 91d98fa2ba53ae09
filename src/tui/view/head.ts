import { countSteps } from '../../model/index.ts'
import { type Binding, keysNow, modeOf } from '../keys/keys.ts'
import { needText, symbolOf } from '../scene/need-text.ts'
import { SEEN } from '../scene/status.ts'
import { environmentOf, inProduction, neededStep } from '../scene/walk.ts'
import { lookedAt, type ScreenState } from '../state/screen-state.ts'
import { cut, type Look, pad, safe, seg } from '../text/look.ts'
import type { Line, Segment } from '../text/theme.ts'
import { clockText } from '../text/time-text.ts'
import { widthOf } from '../text/width.ts'

/** Row 1: where we are. The environment comes first, inverse when it is production. */
export function whereLine(look: Look, state: ScreenState): Line {
  const { scene } = state
  const step = neededStep(scene) ?? lookedAt(state)
  const environment = environmentOf(scene, step)
  const production = inProduction(scene, step)
  const phase = step === null ? undefined : scene.walk.places.get(step)?.phase
  const first = safe(
    look,
    environment === null ? 'no environment' : production ? environment.toUpperCase() : environment,
  )
  const counts = countSteps(scene.state)
  const total = counts.passed + counts.failed + counts.skipped + counts.unknown + counts.open
  const done = `${counts.passed + counts.skipped}/${total} done${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`
  const tail = ` | ${done} | ${clockText(state.nowMs)}`
  const head = ` ${first} `
  const room = look.columns - widthOf(head) - widthOf(tail)
  const middle = [
    `${safe(look, scene.walk.runbook.title)} ${safe(look, scene.state.start?.release ?? '')}`,
    ...(phase === undefined ? [] : [`${safe(look, phase.position)} ${safe(look, phase.title)}`]),
  ]
  const texts = shareRoom(look, middle, room)
  return [
    seg(head, production ? 'production' : 'strong'),
    seg(` ${texts.map(text => `| ${text}`).join(' ')}${tail}`.replace(/^ {2}/, ' ')),
  ]
}

/** Row 2: what is needed now and its key; a refusal or a remark stands before it until the next key. */
export function needLine(look: Look, state: ScreenState): Line {
  const { state: seen, label, title, ask } = needText(state.scene, state.nowMs, state.picked)
  const badge = ` ${symbolOf(seen, look.ascii)} ${safe(look, label)} `
  const message = state.message === null ? [] : [seg(` ${safe(look, state.message)} `, 'strong'), seg(' ')]
  // The key must not fall off the end: what to do keeps its place, and the title is what gives way.
  const used = [...message, seg(badge)].reduce((sum, { text }) => sum + widthOf(text), 0)
  const asked = safe(look, ask)
  const room = Math.max(Math.min(LEAST_TITLE, widthOf(title)), look.columns - used - widthOf(asked) - 3)
  const text = ` ${cut(look, safe(look, title), room)}${asked === '' ? '' : `: ${asked}`}`
  return [...message, seg(badge, SEEN[seen].tone === 'plain' ? 'strong' : SEEN[seen].tone), seg(text)]
}

/** Cells of a title that tell which step it is, whatever else must be said. */
const LEAST_TITLE = 20

/** The last row: which keys work now, the most needed first, and always the way to all of them. */
export function keysLine(look: Look, state: ScreenState): Line {
  const bindings = keysNow(state)
  const fixed = bindings.filter(binding => binding.rank === 1)
  let left = look.columns - 1 - fixed.reduce((sum, binding) => sum + widthOf(entry(state, binding)), 0)
  const shown: Binding[] = []
  for (const binding of bindings.filter(b => b.rank > 1)) {
    left -= widthOf(entry(state, binding))
    if (left < 0) break
    shown.push(binding)
  }
  const typing = ['text', 'phrase', 'observed'].includes(modeOf(state)) ? [seg(' type, then')] : []
  return [
    ...typing,
    ...[...shown, ...fixed].flatMap((binding): Segment[] => [
      seg(' '),
      seg(binding.shown, 'strong'),
      seg(` ${safe(look, binding.label(state))} `),
    ]),
  ]
}

function entry(state: ScreenState, binding: Binding): string {
  return ` ${binding.shown} ${binding.label(state)} `
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
