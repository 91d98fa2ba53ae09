import type { FormField } from '../../model/index.ts'
import type { PlacedStep } from '../place-steps.ts'

/** What a field of a form can be filled from. */
export interface FormSources {
  /** Parameters in order: their names, and these as labels write them. */
  readonly parameters: ReadonlyMap<string, NamedParameter>
  /** By the name of an observed value, as labels write it: the id of the first step that asks for it. */
  readonly observed: ReadonlyMap<string, string>
  /** Texts of the page that hold one placeholder: `pre-migration-<timestamp>`. */
  readonly patterns: readonly TextPattern[]
}

export interface NamedParameter {
  readonly name: string
  readonly index: number
}

export interface TextPattern {
  readonly parameter: string
  readonly before: string
  readonly behind: string
}

/** What forms are filled from, looked up once for the whole page. */
export function formSources(
  parameters: readonly string[],
  observed: readonly PlacedStep[],
  texts: readonly string[],
): FormSources {
  const named = new Map<string, NamedParameter>()
  for (const [index, name] of parameters.entries())
    for (const key of [nameKey(name), plain(name)]) if (!named.has(key)) named.set(key, { name, index })
  const asked = new Map<string, string>()
  for (const step of observed) {
    const label = plain(step.draft.evidence?.name ?? '')
    if (!asked.has(label)) asked.set(label, step.id)
  }
  return { parameters: named, observed: asked, patterns: textPatterns(texts) }
}

/** Rule R21: fields named like a value, an observed value, the release, the operator or a time are filled in; the rest is asked. */
export function fillFields(fields: readonly FormField[], sources: FormSources): FormField[] {
  return fields.map(field => fill(field, sources))
}

function fill(field: FormField, sources: FormSources): FormField {
  if (field.source?.kind === 'field') return field
  const label = plain(field.label)
  const observed = sources.observed.get(label)
  if (observed !== undefined) return { ...field, source: { kind: 'observed', step: observed } }
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
  const named = [sources.parameters.get(label), sources.parameters.get(nameKey(field.hint))]
    .filter(one => one !== undefined)
    .sort((a, b) => a.index - b.index)[0]
  if (named !== undefined) return { ...field, source: { kind: 'parameter', name: named.name } }
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

/** Quoted texts with one placeholder and enough around it to be known again, each once. */
function textPatterns(texts: readonly string[]): TextPattern[] {
  const found = texts.flatMap(text =>
    [...text.matchAll(/["“`']([^"“”`'<>\n]{0,60})<([A-Za-z][\w-]{0,60})>([^"“”`'<>\n]{0,60})["”`']/g)]
      .map(found => ({ before: found[1] ?? '', parameter: found[2] ?? '', behind: found[3] ?? '' }))
      .filter(pattern => pattern.before.length + pattern.behind.length >= 4),
  )
  return [...new Map(found.map(one => [`${one.before}<${one.parameter}>${one.behind}`, one])).values()]
}

/** A name to the letter, beside the labels: those never hold a line break. */
function nameKey(name: string): string {
  return `\n${name}`
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[-_\s]+/g, ' ')
    .trim()
}
