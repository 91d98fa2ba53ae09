import type { FormField } from '../model/index.ts'
import type { PlacedStep } from './place-steps.ts'

/** What a field of a form can be filled from. */
export interface FormSources {
  /** Names of all parameters. */
  readonly parameters: readonly string[]
  /** Steps that ask for an observed value, in order. */
  readonly observed: readonly PlacedStep[]
  /** Texts of the page that hold one placeholder: `pre-migration-<timestamp>`. */
  readonly patterns: readonly TextPattern[]
}

export interface TextPattern {
  readonly parameter: string
  readonly before: string
  readonly behind: string
}

/** Rule R21: fields named like a value, an observed value, the release, the operator or a time are filled in; the rest is asked. */
export function fillFields(fields: readonly FormField[], sources: FormSources): FormField[] {
  return fields.map(field => fill(field, sources))
}

function fill(field: FormField, sources: FormSources): FormField {
  const label = plain(field.label)
  const observed = sources.observed.find(step => plain(step.draft.evidence?.name ?? '') === label)
  if (observed !== undefined) return { ...field, source: { kind: 'observed', step: observed.id } }
  if (/^(?:release|release (?:version|tag|id)|version|tag)$/.test(label))
    return { ...field, source: { kind: 'release' } }
  if (/^(?:deployed|released) by$|^(?:operator|deployer|engineer|author|performed by)$/.test(label))
    return { ...field, source: { kind: 'operator' } }
  if (
    /^(?:deployed|released|deployed at|released at|deployment (?:time|date|timestamp)|date|time|timestamp|date and time)$/.test(
      label,
    )
  )
    return { ...field, source: { kind: 'time' } }
  const named = sources.parameters.find(name => plain(name) === label || name === field.hint)
  if (named !== undefined) return { ...field, source: { kind: 'parameter', name: named } }
  return fillByPattern(field, sources.patterns) ?? field
}

/** `pre-migration-20251029-1500` was written by `pre-migration-<timestamp>`: only that part is filled in. */
function fillByPattern(field: FormField, patterns: readonly TextPattern[]): FormField | null {
  for (const { parameter, before, behind } of patterns) {
    const { hint } = field
    const fits = hint.startsWith(before) && hint.endsWith(behind) && hint.length > before.length + behind.length
    // A hint that was repaired has other lengths than its text, so that the part could not be found again.
    if (fits && hint.length === field.end - field.start)
      return {
        ...field,
        start: field.start + before.length,
        end: field.end - behind.length,
        source: { kind: 'parameter', name: parameter },
      }
  }
  return null
}

/** Quoted texts with one placeholder and enough around it to be known again. */
export function textPatterns(texts: readonly string[]): TextPattern[] {
  return texts.flatMap(text =>
    [...text.matchAll(/["“`']([^"“”`'<>\n]{0,60})<([A-Za-z][\w-]{0,60})>([^"“”`'<>\n]{0,60})["”`']/g)]
      .map(found => ({ before: found[1] ?? '', parameter: found[2] ?? '', behind: found[3] ?? '' }))
      .filter(pattern => pattern.before.length + pattern.behind.length >= 4),
  )
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[-_\s]+/g, ' ')
    .trim()
}
