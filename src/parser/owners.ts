import type { Approver } from '../model/index.ts'

/** Who a text names: split at `+`, `&`, `,` and "and"; `/` and "or" stay, they mean any one of them; a bracket is a note. */
export function parseOwners(text: string): string[] {
  return text
    .replace(/\([^)]*\)/g, ' ')
    .split(/\s*[+&,]\s*|\s+and\s+/i)
    .map(name => name.replace(/\s+/g, ' ').trim())
    .filter(name => name !== '')
}

/** The approvers of a gate: an address is a principal, any other name a role. */
export function toApprovers(names: readonly string[]): Approver[] {
  return names.map(name =>
    /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(name) ? { role: null, principal: name } : { role: name, principal: null },
  )
}
