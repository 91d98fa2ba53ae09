import type { Block } from '../blocks.ts'

/** What stands under a label, and the index of the first block behind that. */
export interface UnderLabel {
  readonly body: readonly Block[]
  readonly next: number
}

/**
 * A label holds up to the next label or thematic break, or the end of the `<details>` around it. The `<summary>` of a
 * `<details>` holds for all of that, labels inside it too.
 */
export function underLabel(blocks: readonly Block[], index: number): UnderLabel {
  const label = blocks[index]
  if (label?.kind === 'label' && label.summary) {
    const end = endOfDetails(blocks, index + 1)
    if (end !== null) return { body: blocks.slice(index + 1, end), next: end + 1 }
  }
  let end = index + 1
  while (end < blocks.length && !endsLabel(blocks[end])) end++
  return { body: blocks.slice(index + 1, end), next: end }
}

/** True for what ends the hold of a label. */
export function endsLabel(block: Block | undefined): boolean {
  return block?.kind === 'label' || block?.kind === 'rule' || closesDetails(block)
}

/** True for a `</details>`: what stands behind it belongs to no summary any more. */
export function closesDetails(block: Block | undefined): boolean {
  return block?.kind === 'html' && /^\s*<\/details>/i.test(block.text)
}

function endOfDetails(blocks: readonly Block[], from: number): number | null {
  let open = 1
  for (let index = from; index < blocks.length; index++) {
    const block = blocks[index]
    if (block?.kind === 'label' && block.summary) open++
    else if (closesDetails(block)) open--
    if (open === 0) return index
  }
  return null
}
