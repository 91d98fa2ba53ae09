import { diagnostic } from '../../model/index.ts'
import { draftsOf, type Page, type Reading, reading } from '../draft.ts'
import type { Marked } from './apply-directives.ts'

/** What is left of a block, and whether the marker took it out: else the other words of its markers hold. */
export interface Skipped {
  readonly isOut: boolean
  readonly made: Reading | null
}

/**
 * `<!-- signoff skip -->`: what a rule made of the block is left out. It stays, with a finding, where that would take a gate away,
 * or a label that holds for the blocks behind it. Errors stay, but for a script that bash rejects: nothing gives it to bash now.
 */
export function skipped({ directives, isLabel }: Marked, made: Reading | null, page: Page): Skipped {
  const marker = directives.find(one => one.word === 'skip')
  if (marker?.place === undefined) return { isOut: false, made }
  page.skips.add(marker)
  const steps = made === null ? [] : draftsOf([...made.nodes, ...made.apart.flatMap(one => one.nodes)])
  const why =
    steps.some(step => step.kind === 'gate') || directives.some(one => one.word === 'gate')
      ? 'a marker takes no gate away'
      : isLabel && (made === null || made.used > 1)
        ? 'this label holds for the blocks behind it'
        : null
  if (why === null) {
    const findings = (made?.findings ?? []).filter(one => one.level === 'error' && one.code !== 'SO012')
    return { isOut: true, made: made === null ? null : reading([], { findings, used: made.used }) }
  }
  const message = `"skip" is not followed: ${why}`
  const finding = diagnostic('SO032', marker.place, message, 'take it out, or skip the blocks one by one')
  const rest = made ?? reading([])
  return { isOut: false, made: { ...rest, findings: [...rest.findings, finding] } }
}
