import { cut, type Look, safe, seg } from './look.ts'
import type { Line } from './theme.ts'
import { cutMiddle, widthOf } from './width.ts'

/** What row 1 tells, none of it cleaned. */
export interface Where {
  readonly environment: string | null
  readonly production: boolean
  readonly release: string
  /** Of the runbook. */
  readonly title: string
  readonly phase: { readonly position: string; readonly title: string } | null
  /** How far it is, the most telling form first: the first one that leaves the names so many cells is taken, else the last. */
  readonly tails: readonly { readonly parts: readonly string[]; readonly leavesNames: number }[]
}

/**
 * Row 1: where we are. The environment comes first, inverse when it is production. Environment and release, which tell this run from
 * another, are whole wherever they fit at all. Then comes how far it is; the names of runbook and phase share what is left.
 */
export function whereLine(look: Look, { environment, production, release, title, phase, tails }: Where): Line {
  const named = environment ?? 'no environment'
  const head = ` ${cut(look, safe(look, production ? named.toUpperCase() : named), Math.floor(look.columns / 2))} `
  // Releases differ at their ends.
  const shown = cutMiddle(safe(look, release), look.columns - widthOf(head) - 2, look.ascii ? '>' : '…')
  const room = look.columns - widthOf(head) - widthOf(`| ${shown}`)
  const before = `${safe(look, title)} `
  const after = phase === null ? '' : ` | ${safe(look, phaseText(phase))}`
  const wanted = widthOf(before) + widthOf(after)
  const texts = tails.map(({ parts, leavesNames }) => ({
    text: parts
      .filter(part => part !== '')
      .map(part => ` | ${safe(look, part)}`)
      .join(''),
    leavesNames: Math.min(wanted, leavesNames),
  }))
  const tail = texts.find(({ text, leavesNames }) => room - widthOf(text) >= leavesNames)?.text ?? ''
  const names = namesIn(look, before, after, room - widthOf(tail))
  return [seg(head, production ? 'production' : 'strong'), seg(`| ${names.before}${shown}${names.after}${tail}`)]
}

/** A heading without a number is known by its title, of which its position is made. */
function phaseText({ position, title }: { readonly position: string; readonly title: string }): string {
  return /^\d/.test(position) ? `${position} ${title}` : title
}

/** The two names in so many cells, a little more of them for the phase. Its number of the phase is the last to go; of a name too few cells say nothing. */
function namesIn(
  look: Look,
  before: string,
  after: string,
  room: number,
): { readonly before: string; readonly after: string } {
  const forAfter = Math.min(widthOf(after), Math.max(room - widthOf(before), Math.ceil(room * 0.55)))
  const forBefore = Math.min(widthOf(before), room - forAfter)
  if (forBefore < LEAST_NAME + 1) return { before: '', after: cutPhase(look, after, room) }
  return { before: `${cut(look, before.trimEnd(), forBefore - 1)} `, after: cutPhase(look, after, forAfter) }
}

function cutPhase(look: Look, after: string, cells: number): string {
  if (widthOf(after) <= cells) return after
  const number = /^ \| \S+/.exec(after)?.[0] ?? ''
  if (widthOf(number) + 1 + LEAST_NAME <= cells) return cut(look, after, cells)
  return widthOf(number) <= cells ? number : ''
}

const LEAST_NAME = 3
