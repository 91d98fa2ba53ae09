import { createHash } from 'node:crypto'
import type { Root } from 'mdast'
import type { Diagnostic, Runbook } from '../model/index.ts'
import { diagnostic } from '../model/index.ts'
import { besideNumbers } from './beside-numbers.ts'
import { buildPhases } from './build-runbook.ts'
import { checkRunbook } from './checks/check-runbook.ts'
import { checkJumps } from './checks/jumps.ts'
import { checkMarkers } from './checks/markers-followed.ts'
import { hasContainers } from './checks/other-markup.ts'
import { declaredValues } from './conditions.ts'
import type { Interpreters } from './constructs/program.ts'
import { findContacts } from './contacts.ts'
import type { Page } from './draft.ts'
import { environmentTables, withProposals } from './environment-tables.ts'
import { placeFlows } from './flows.ts'
import { isFolder } from './front-matter/folder.ts'
import { readFrontMatter, unknownValues, valuePatterns } from './front-matter/front-matter.ts'
import type { FrontMatter } from './front-matter/front-matter-schema.ts'
import { checkTemplates, untilUnclosed } from './integrity.ts'
import { linksIn } from './links.ts'
import { isRecord, modeOf } from './mode.ts'
import { type PlacedSection, placedStepsOf, placeSteps } from './place-steps.ts'
import { readSection, type SectionReading } from './read-section.ts'
import { choicesBetween } from './section-choices.ts'
import { placeSections, type SectionDraft } from './sections.ts'
import { readingOnce, readsVariables, setsVariables } from './shell/index.ts'
import { readTaskFile } from './task-files/task-file.ts'
import { underTemplates } from './template-conditions.ts'
import { findSpan } from './text/duration.ts'
import { headingKey } from './text/heading.ts'
import { checkInert } from './text/inert.ts'
import { nodesOf } from './text/nodes.ts'
import { readSource, type Source } from './text/source.ts'
import { parseTree, type Tree } from './tree.ts'
import { loadNeeds } from './values/needs.ts'
import { findParameters } from './values/parameters.ts'
import { setVariables } from './values/set-variables.ts'

/** A runbook and everything found on the way, in the order of the file. */
export interface Parsed {
  readonly runbook: Runbook
  readonly diagnostics: readonly Diagnostic[]
}

/** What is known before the runbook is read: values by name, and what the project's configuration says. */
export interface ParseOptions {
  readonly values?: ReadonlyMap<string, string>
  /** Commands for blocks of other languages, by tag: `{ python: ['python3'] }`. Without one such a block is never run. */
  readonly interpreters?: Interpreters
}

/**
 * Markdown to a runbook: bytes, text, tree, blocks, placed sections, steps, checked runbook. Pure, and throws for no bytes
 * whatever: what cannot be read gives an empty runbook and an error among the diagnostics.
 *
 * @param path as it is to be named in plans and findings; nothing is read from it.
 * @throws {Error} only if the parts of the parser that the text needs were not loaded: `loadAndParse` sees to that.
 */
export function parseRunbook(bytes: Uint8Array, path: string, options: ParseOptions = {}): Parsed {
  return finish(readMarkdown(bytes), bytes, path, options)
}

/** `parseRunbook`, with the parts of the parser loaded that this text needs: the grammar of the shell, the reader of YAML. */
export async function loadAndParse(bytes: Uint8Array, path: string, options: ParseOptions = {}): Promise<Parsed> {
  const markdown = readMarkdown(bytes)
  if (markdown.root !== null) await loadNeeds(markdown.root)
  return finish(markdown, bytes, path, options)
}

interface Markdown extends Pick<Tree, 'root' | 'markers'> {
  readonly source: Source | null
  readonly diagnostics: readonly Diagnostic[]
}

function readMarkdown(bytes: Uint8Array): Markdown {
  const { source, diagnostics } = readSource(bytes)
  if (source === null) return { source, root: null, markers: [], diagnostics }
  const tree = parseTree(source)
  return { source, root: tree.root, markers: tree.markers, diagnostics: [...diagnostics, ...tree.diagnostics] }
}

function finish(
  { source, root, markers, diagnostics }: Markdown,
  bytes: Uint8Array,
  path: string,
  options: ParseOptions,
): Parsed {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (source === null || root === null) return { runbook: emptyRunbook(path, sha256, source), diagnostics }
  const read = readingOnce(() => readTree({ root, markers }, source, path, sha256, options))
  return { runbook: read.runbook, diagnostics: inOrder([...diagnostics, ...read.diagnostics]) }
}

function readTree(
  { root, markers }: { readonly root: Root; readonly markers: Tree['markers'] },
  source: Source,
  path: string,
  sha256: string,
  options: ParseOptions,
): Parsed {
  const { frontMatter, title, valuePlaces, diagnostics: ofFrontMatter } = readFrontMatter(root, source)
  const sound = untilUnclosed(root, source)
  const placed = placeSections(sound, source, { title, otherwise: nameOf(path) })
  const taskFile = readTaskFile(placed, sound, source, path)
  const draft = { ...placed, phases: underTemplates(taskFile.phases, source) }
  const page: Page = {
    source,
    title: draft.title,
    headings: new Set(draft.phases.flatMap(headingsIn).map(headingKey)),
    read: readNames(root),
    declared: declaredValues(source.lines),
    foreign: hasContainers(source.text),
    interpreters: options.interpreters ?? {},
    skips: new Set(),
  }
  const read = besideNumbers(draft.phases.map(section => readSection(section, page)))
  const findings = read.flatMap(findingsOf)
  const { phases: positioned, diagnostics: ofPlaces } = placeSteps(
    read.filter((one, index) => index > 0 || !isIdle(one, draft.title)),
  )
  const phases = positioned.map(withoutSteps)
  const flows = placeFlows(phases)
  const all = phases.flatMap(placedStepsOf)
  const mode =
    frontMatter.mode ??
    (taskFile.isTaskFile ? 'catalog' : null) ??
    modeOf({
      title: draft.title,
      phases,
      sharesState: sharesState(phases),
      allTicked: isAllTicked(source),
      alternatives: choicesBetween(read, page).choices.length > 0,
      severalWays: namesSeveralWays(source, draft.phases[1]?.line ?? 1),
    })
  const walked = mode === 'linear' ? flows.main : []
  const set = setVariables(phases, flows, mode, frontMatter)
  const parameters = findParameters(all, new Set(walked.map(step => step.id)), set, source, frontMatter)
  const links = linksIn(phases, source)
  const { phases: built, details } = buildPhases({
    phases,
    flows,
    parameters,
    pointsOfNoReturn: pointsOfNoReturn(source),
    links,
    environment: frontMatter.env ?? null,
    shell: frontMatter.shell ?? null,
    timeoutMs: frontMatter.timeout === undefined ? null : (findSpan(frontMatter.timeout)?.maxMs ?? null),
  })
  const runbook: Runbook = {
    path,
    sha256,
    title: draft.title,
    mode,
    metadata: [...draft.metadata],
    source: source.written,
    parameters: withProposals(parameters.parameters, environmentTables(draft.phases)).map(one => ({
      ...one,
      value: one.secret ? null : (options.values?.get(one.name) ?? null),
    })),
    phases: built,
    flows: {
      main: walked.map(step => step.id),
      recovery: flows.recovery.map(flow => ({
        for: flow.for,
        title: flow.title,
        steps: flow.steps.map(step => step.id),
      })),
    },
    details,
    contacts: findContacts(draft.phases),
    ...(frontMatter.cwd === undefined || !isFolder(frontMatter.cwd) ? {} : { cwd: frontMatter.cwd }),
    ...valuePatterns(frontMatter),
  }
  return {
    runbook,
    diagnostics: [
      ...ofFrontMatter,
      ...taskFile.diagnostics,
      ...unknownValues(valuePlaces, new Set(parameters.parameters.map(one => one.name))),
      ...checkMarkers(markers, { runbook, phases, drafts: draft.phases.flatMap(sectionsOf), skips: page.skips }),
      ...checkTemplates(root),
      ...checkInert(root),
      ...findings,
      ...ofPlaces,
      ...parameters.diagnostics,
      ...ofMode(mode, draft.title, isAllTicked(source), frontMatter),
      ...checkJumps(phases, links),
      ...checkRunbook(runbook, source, root),
    ],
  }
}

function emptyRunbook(path: string, sha256: string, source: Source | null): Runbook {
  return {
    path,
    sha256,
    title: nameOf(path),
    mode: 'reference',
    metadata: [],
    source: source?.written ?? '',
    parameters: [],
    phases: [],
    flows: { main: [], recovery: [] },
    details: new Map(),
    contacts: [],
  }
}

/** The text before the first phase is no phase if nothing in it is a step. */
function isIdle(first: SectionReading, title: string): boolean {
  const isIntro = first.section.title === title && first.children.length === 0
  return isIntro && first.nodes.length === 0 && first.apart.length === 0
}

/** Rule R5: a phase without a step is reference. */
function withoutSteps(phase: PlacedSection): PlacedSection {
  return phase.role === 'main' && placedStepsOf(phase).length === 0 ? { ...phase, role: 'reference' } : phase
}

function findingsOf(one: SectionReading): Diagnostic[] {
  return [...one.findings, ...one.children.flatMap(findingsOf)]
}

function sectionsOf(section: SectionDraft): SectionDraft[] {
  return [section, ...section.children.flatMap(sectionsOf)]
}

function headingsIn(section: SectionDraft): string[] {
  return [section.title, ...section.children.flatMap(headingsIn)]
}

/** Names of variables that any block of the page reads. */
function readNames(root: Root): Set<string> {
  const names = new Set<string>()
  for (const node of nodesOf(root))
    if (node.type === 'code' && node.value.includes('$')) for (const name of readsVariables(node.value)) names.add(name)
  return names
}

function sharesState(phases: readonly PlacedSection[]): boolean {
  const set = new Set<string>()
  for (const phase of phases) {
    const scripts = placedStepsOf(phase).flatMap(step => step.draft.script?.text ?? [])
    // A section that gives its variables values of its own is whole in itself.
    const own = new Set(scripts.flatMap(script => setsVariables(script)))
    if (scripts.some(script => readsVariables(script).some(name => set.has(name) && !own.has(name)))) return true
    for (const name of own) set.add(name)
  }
  return false
}

function isAllTicked(source: Source): boolean {
  const ticked = source.lines.filter(line => /^\s*(?:[-*+]|\d+[.)])\s+\[[xX]\]\s/.test(line)).length
  const open = source.lines.some(line => /^\s*(?:[-*+]|\d+[.)])\s+\[ \]\s/.test(line))
  return ticked >= 2 && !open
}

/** Text before the first sections that says one can do the same in several ways. */
function namesSeveralWays(source: Source, before: number): boolean {
  const text = source.lines.slice(0, before - 1).join('\n')
  return /\byou can\b[^.\n]{0,80}\b(?:by|either|one of|in (?:two|three|several|different) ways)\b[^.\n]{0,40}:\s*$/im.test(
    text,
  )
}

function pointsOfNoReturn(source: Source): number[] {
  return source.lines.flatMap((line, index) =>
    /\b(?:point of no return|do not proceed)\b/i.test(line) || /^[\s>*_#[\]-]*STOP\b/.test(line) ? [index + 1] : [],
  )
}

function ofMode(mode: Runbook['mode'], title: string, allTicked: boolean, frontMatter: FrontMatter): Diagnostic[] {
  const place = { line: 1, column: 1 }
  if (mode === 'linear') return []
  const record = frontMatter.mode === undefined && isRecord({ title, allTicked })
  if (record)
    return [diagnostic('SO007', place, 'this reads like a report of something done, not like a procedure', '')]
  return [
    mode === 'catalog'
      ? diagnostic('SO008', place, 'a catalog of procedures: one section is walked, by --only SECTION', '')
      : diagnostic('SO008', place, 'a reference: there is nothing to walk', ''),
  ]
}

function nameOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.(?:md|markdown)$/i, '') || 'runbook'
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => a.line - b.line || a.column - b.column || a.code.localeCompare(b.code))
}
