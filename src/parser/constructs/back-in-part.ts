import { type Diagnostic, diagnostic } from '../../model/index.ts'
import { roleOfLabel } from '../role.ts'
import type { Place } from '../text/source.ts'

interface Page {
  readonly title: string
}

export function leadsBack(option: string, page: Page): boolean {
  return roleOfLabel(option, page) === 'recovery'
}

/**
 * Rules R5 and R7: where one of several ways leads back and another does not, a person is asked for one of them at this place.
 * Set apart as a recovery, the way back would leave the other as the only one, and that would be walked unasked.
 */
export function backInPart(page: Page, options: readonly { readonly name: string }[], place: Place): Diagnostic[] {
  const back = options.filter(option => leadsBack(option.name, page))
  if (back.length === 0 || back.length === options.length) return []
  const names = back.map(option => `"${option.name}"`).join(' and ')
  return [
    diagnostic(
      'SO025',
      place,
      `${names} leads back, and is one of the alternatives: it is asked here, and offered at no failure`,
      'give the way back a heading or a label of its own',
    ),
  ]
}
