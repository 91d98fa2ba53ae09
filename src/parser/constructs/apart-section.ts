import type { ApartRole } from '../draft.ts'
import type { SectionDraft } from '../sections.ts'

/** A section whose steps are in no main flow already. */
export function isApart(section: SectionDraft): boolean {
  const { role } = section
  return role === 'recovery' || role === 'cleanup' || role === 'reference' || section.troubleshooting
}

/** The section as what stands apart in it is to be read. */
export function asSection(section: SectionDraft, role: ApartRole): SectionDraft {
  return { ...section, role, troubleshooting: role === 'conditional' }
}
