import { type Diagnostic, diagnostic, type Parameter, type Slot } from '../../model/index.ts'
import { placeInScript } from '../constructs/text.ts'
import type { ScriptText } from '../draft.ts'
import type { FrontMatter } from '../front-matter/front-matter-schema.ts'
import type { PlacedStep } from '../place-steps.ts'
import { type FoundValue, findTextValues, findValues, isSecretName } from '../shell/index.ts'
import type { DeclaredInput } from '../task-files/task.ts'
import type { Place, Source } from '../text/source.ts'
import type { SetVariables } from './set-variables.ts'

/** The values that a runbook leaves open, and where each enters. */
export interface FoundParameters {
  readonly parameters: readonly Parameter[]
  /** By step id: names in order of use. */
  readonly needs: ReadonlyMap<string, readonly string[]>
  readonly slots: ReadonlyMap<string, { readonly script: readonly Slot[]; readonly offer: readonly Slot[] }>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Rule R13: values by name, each asked once. `steps` are all steps in the order of the file, `main` the ids of the main flow, `set`
 * what its scripts set, which is filled here as the steps go by.
 */
export function findParameters(
  steps: readonly PlacedStep[],
  main: ReadonlySet<string>,
  set: SetVariables,
  source: Source,
  frontMatter: FrontMatter,
): FoundParameters {
  const found = new Map<string, Open>()
  const needs = new Map<string, readonly string[]>()
  const slots = new Map<string, { script: readonly Slot[]; offer: readonly Slot[] }>()
  let sourced = false
  const messages = new Map<string, string[]>()
  for (const step of steps) {
    const { script, offer } = step.draft
    const given = (name: string): boolean => sourced || set.has(name, step)
    const inScript = script === null ? [] : valuesOf(script, given).map(use => withOwnMessage(use, messages))
    const inOffer = offer === null ? [] : valuesOf(offer, given).map(use => withOwnMessage(use, messages))
    const inText = step.draft.kind === 'form' ? [] : textValues(step, source)
    for (const use of [...inScript, ...inOffer]) add(found, use, { needed: main.has(step.id), inCommand: step })
    for (const use of inText) add(found, use, { needed: false, inCommand: null })
    const names = new Set([...inScript, ...inOffer].map(use => use.value.name))
    const declared = step.draft.inputs.filter(input => !names.has(input.name)).map(declaredUse)
    for (const use of declared) add(found, use, { needed: main.has(step.id), inCommand: step })
    for (const input of step.draft.inputs) declare(found, input)
    needs.set(step.id, unique([...inScript, ...inOffer, ...inText, ...declared].map(use => use.value.name)))
    slots.set(step.id, { script: inScript.map(toSlot), offer: inOffer.map(toSlot) })
    set.add(step)
    // A file of settings gives variables that nobody can name here (rule R13).
    sourced ||= script !== null && main.has(step.id) && SOURCES_SETTINGS.test(script.text)
  }
  const open = [...found.values()]
  return {
    parameters: open.map(one => toParameter(one, frontMatter)),
    needs,
    slots,
    diagnostics: open.flatMap(one => findingOf(one, set, frontMatter)),
  }
}

const SOURCES_SETTINGS =
  /^[ \t]*(?:\.|source)[ \t]+\S*(?:\.env\b|env(?:ironment)?(?:\.sh|rc)?$|\.vars|config|settings)/m

interface Use {
  readonly value: FoundValue
  readonly place: Place
}

interface Open {
  readonly first: FoundValue
  readonly uses: Place[]
  needed: boolean
  /** Place of the first use that bash would read as a redirection. */
  redirect: Place | null
  /** What a task of xc or mask declares of it. */
  declared: DeclaredInput | null
  /** The first use in a script or an offer. */
  inCommand: { readonly step: PlacedStep; readonly place: Place } | null
  secret: boolean
}

function valuesOf(script: ScriptText, given: (name: string) => boolean): Use[] {
  return findValues(script.text)
    .filter(value => value.kind !== 'env' || !given(value.name))
    .map(value => ({ value, place: placeInScript(script, value.start) }))
}

/** Two commits with different messages ask for two values: `commit-message`, `commit-message-2`. */
function withOwnMessage(use: Use, messages: Map<string, string[]>): Use {
  const { name, default: preset } = use.value
  if (preset === null) return use
  const known = messages.get(name) ?? []
  if (!known.includes(preset)) known.push(preset)
  messages.set(name, known)
  const ordinal = known.indexOf(preset) + 1
  return ordinal === 1 ? use : { ...use, value: { ...use.value, name: `${name}-${ordinal}` } }
}

/** Placeholders in what a person reads; each is found again in the lines of the step. Most texts hold none. */
function textValues(step: PlacedStep, source: Source): Use[] {
  const { draft } = step
  const text = [draft.title, ...draft.detail].join('\n')
  if (!/<|\{\{|YOUR_/.test(text)) return []
  const placeholders = findTextValues(text).filter(
    value => value.kind === 'placeholder' && /^(?:<|\{\{|YOUR_)/.test(value.written),
  )
  if (placeholders.length === 0) return []
  const inCommands = new Set([draft.script?.text, draft.offer?.text].filter(one => one !== undefined).flatMap(namesIn))
  return placeholders
    .filter(value => !inCommands.has(value.name))
    .map(value => ({ value, place: placeInLines(source, draft.line, draft.endLine, value.written) }))
}

function namesIn(script: string): string[] {
  return findValues(script).map(value => value.name)
}

function placeInLines(source: Source, from: number, to: number, written: string): Place {
  for (let line = from; line <= to; line++) {
    const column = source.lines[line - 1]?.indexOf(written) ?? -1
    if (column !== -1) return { line, column: column + 1 }
  }
  return { line: from, column: 1 }
}

function add(
  found: Map<string, Open>,
  use: Use,
  where: { readonly needed: boolean; readonly inCommand: PlacedStep | null },
): void {
  const { value, place } = use
  const open = found.get(value.name) ?? {
    first: value,
    uses: [],
    needed: false,
    redirect: null,
    declared: null,
    inCommand: null,
    secret: false,
  }
  if (!open.uses.some(one => one.line === place.line && one.column === place.column)) open.uses.push(place)
  open.needed ||= where.needed
  open.secret ||= value.secret
  if (where.inCommand !== null) open.inCommand ??= { step: where.inCommand, place }
  if (value.redirect) open.redirect ??= place
  found.set(value.name, open)
}

/** A value that a script finds in its environment, whether or not its own text reads it. */
function declaredUse(input: DeclaredInput): Use {
  const { name, place } = input
  const value: FoundValue = {
    name,
    kind: 'env',
    start: 0,
    end: 0,
    quoting: 'bare',
    written: name,
    redirect: false,
    secret: isSecretName(name),
    default: null,
  }
  return { value, place }
}

/** Of two tasks that declare one name, the one that insists on it counts. */
function declare(found: ReadonlyMap<string, Open>, input: DeclaredInput): void {
  const open = found.get(input.name)
  if (open === undefined) return
  const before = open.declared
  open.declared =
    before === null
      ? input
      : before.required
        ? before
        : { ...input, description: input.description ?? before.description }
}

function toSlot(use: Use): Slot {
  const { name, start, end, quoting } = use.value
  return { parameter: name, start, end, quoting }
}

function toParameter(open: Open, frontMatter: FrontMatter): Parameter {
  const { name, kind } = open.first
  const said = frontMatter.values?.[name]
  const preset = said?.default ?? open.declared?.default ?? open.first.default
  const description = said?.description ?? open.declared?.description ?? null
  return {
    name,
    kind,
    secret: open.secret || said?.secret === true,
    required: (open.needed || open.declared?.required === true) && preset === null,
    value: null,
    default: preset,
    uses: open.uses,
    ...(description === null ? {} : { description }),
  }
}

function findingOf(open: Open, set: SetVariables, frontMatter: FrontMatter): Diagnostic[] {
  const { name, kind } = open.first
  if (open.inCommand === null) return []
  const { step, place: first } = open.inCommand
  if (kind === 'placeholder')
    return open.redirect === null
      ? []
      : [
          diagnostic(
            'SO018',
            open.redirect,
            `bash would read ${open.first.written} as a redirection; the value of ${name} is asked`,
            `quote it: "${open.first.written}"`,
          ),
        ]
  if (kind === 'env')
    // A variable that the front matter or its task declares was meant to be asked.
    return frontMatter.values?.[name] !== undefined || open.declared !== null
      ? []
      : [
          diagnostic(
            'SO020',
            first,
            `$${name} ${set.whyNot(name, step)}: its value is asked`,
            `give it with --secret ${name} or --set ${name}=…`,
          ),
        ]
  return open.first.default === null
    ? [
        diagnostic(
          'SO019',
          first,
          `${name} looks like a sample: it is asked whether to keep it`,
          'write a <placeholder> where a value is meant',
        ),
      ]
    : []
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}
