import type { Slot } from '../../model/index.ts'
import { heredocAt } from './heredoc-at.ts'

/** The variable by which a secret reaches a script: its own name where that is one, since then the script reads it itself. */
export function secretVariable(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name
  if (/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) return `SIGNOFF_SECRET_${name.toUpperCase().replaceAll('-', '_')}`
  // Any other name is written out, so that no two names meet in one variable.
  return `SIGNOFF_SECRET__${name.replace(/[^A-Za-z0-9]/gu, sign => `_${sign.codePointAt(0)?.toString(16)}_`)}`
}

/** True where a variable would not be read: in a heredoc whose delimiter is quoted. */
export function staysText(script: string, slot: Slot): boolean {
  return slot.quoting === 'heredoc' && heredocAt(script, slot.start)?.quoted === true
}

/**
 * Puts references to variables where secrets are to stand: a secret is never text in a script, where the record and the
 * process list would hold it. The other slots are moved along.
 */
export function referToSecrets(
  script: string,
  secretSlots: readonly Slot[],
  otherSlots: readonly Slot[],
): { readonly script: string; readonly slots: readonly Slot[] } {
  let text = script
  let slots = [...otherSlots]
  for (const slot of [...secretSlots].sort((a, b) => b.start - a.start)) {
    const reference = referenceFor(slot)
    text = text.slice(0, slot.start) + reference + text.slice(slot.end)
    const shift = reference.length - (slot.end - slot.start)
    slots = slots.map(other =>
      other.start >= slot.end ? { ...other, start: other.start + shift, end: other.end + shift } : other,
    )
  }
  return { script: text, slots }
}

function referenceFor(slot: Slot): string {
  const variable = secretVariable(slot.parameter)
  switch (slot.quoting) {
    case 'bare':
      return `"$${variable}"`
    case 'single':
      return `'"$${variable}"'`
    case 'double':
    case 'heredoc':
      return `\${${variable}}`
    default:
      slot.quoting satisfies never
      return ''
  }
}
