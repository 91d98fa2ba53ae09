import { deviationsOf, deviationText } from '../../model/index.ts'
import { counted } from '../text/counting.ts'
import type { Scene } from './walk.ts'

/** A page of text that lies over the walk, or is printed in plain mode; not cleaned. */
export interface Page {
  readonly title: string
  readonly lines: readonly string[]
}

export function deviationsPage({ state }: Scene): Page {
  const found = deviationsOf(state)
  return {
    title: counted(found.length, 'deviation'),
    lines: found.length === 0 ? ['None so far.'] : found.map(deviationText),
  }
}
