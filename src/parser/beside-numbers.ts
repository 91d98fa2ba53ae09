import { asked, isEmpty, type SectionReading } from './read-section.ts'

/**
 * Rule R8: where the phases of a page bear numbers, one without a number behind the last of them ("Key rotation") may be a
 * procedure of its own: it is asked for by its heading. What closes the numbered ones (checks, announcements, the end) is not.
 */
export function besideNumbers(phases: readonly SectionReading[]): readonly SectionReading[] {
  const numbers = phases.filter(one => one.section.number !== null).length
  const last = phases.findLastIndex(one => one.section.number !== null)
  if (numbers < 2) return phases
  return phases.map((one, index) => (index > last && isOther(one) ? asked(one, one.section.title) : one))
}

function isOther(one: SectionReading): boolean {
  const { role, when, number, title } = one.section
  return role === 'main' && when === null && number === null && !isEmpty(one) && !CLOSES.test(title)
}

const CLOSES =
  /\b(?:verif\w+|valid\w+|tests?|testing|checks?|checklists?|monitor\w*|post\b|post-?\w+|after\w*|announce\w*|communicat\w+|notif\w+|sign-?offs?|complet\w+|wrap|finish\w*|final\w*|clos\w+|done|criteria|success|end|hand-?(?:off|over)|follow-?up|next|summary|result|report\w*|record\w*|document\w*|retro\w*)\b/i
