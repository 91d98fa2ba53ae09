import type { Root, RootContent } from 'mdast'
import type { Duration, Role } from '../model/index.ts'
import { type Block, spanOf, textOfHtml, toBlocks } from './blocks.ts'
import { conditionOfHeading, readCondition } from './conditions.ts'
import { environmentIn, markedEnvironment } from './environment.ts'
import { directivesOf } from './markers/attach-markers.ts'
import { type Directive, directive } from './markers/directives.ts'
import { type Metadata, readMetadata } from './metadata.ts'
import { isTroubleshooting, namesTemplate, roleOf } from './role.ts'
import type { Task } from './task-files/task.ts'
import { numberedAlike, parseHeading } from './text/heading.ts'
import { joinLines, proseLines } from './text/prose.ts'
import type { Source } from './text/source.ts'

/** A heading with all that stands under it, placed: what it is for, who owns it, in which environment. */
export interface SectionDraft {
  readonly title: string
  readonly number: string | null
  readonly line: number
  readonly endLine: number
  readonly start: number
  readonly end: number
  readonly role: Role
  /** Offered when a step fails, in no flow (rule R5). */
  readonly troubleshooting: boolean
  /** A template that is filled in as a whole (rule R21). */
  readonly template: boolean
  readonly when: string | null
  /** What else the lines right under its heading say. */
  readonly metadata: Metadata['others']
  /** The condition that its own heading holds; `when` has those of the headings above it too. */
  readonly condition: string | null
  readonly owners: readonly string[]
  readonly approvers: readonly string[]
  readonly duration: Duration | null
  readonly durationWhen: string | null
  /** Texts that may name the environment, the nearest first: this heading, those above it, the title. */
  readonly near: readonly string[]
  /** The environment that a marker before this heading, or before one above it, names. */
  readonly environment: string | null
  readonly directives: readonly Directive[]
  /** A task of xc or mask; null in all other files. */
  readonly task: Task | null
  /** The blocks behind its metadata, up to the first heading below it. */
  readonly blocks: readonly Block[]
  readonly children: readonly SectionDraft[]
}

export interface PageDraft {
  readonly title: string
  readonly metadata: readonly { readonly key: string; readonly value: string }[]
  readonly phases: readonly SectionDraft[]
}

/** Markdown tree to placed sections (rules R4 to R6, R8, R19 as far as headings say it). */
export function placeSections(
  root: Root,
  source: Source,
  fallbackTitle: { readonly title: string | null; readonly otherwise: string },
): PageDraft {
  const { preamble, roots } = headingTree(root, source)
  const only = roots.length === 1 ? roots[0] : undefined
  const heading = only ?? roots[0]
  const title = titleOf(roots, fallbackTitle)
  const intro = [...preamble, ...(only === undefined ? [] : only.nodes)]
  const metadata = readMetadata(toBlocks(intro, source))
  const outermost = only === undefined ? roots : only.children
  const wrapped = unwrap(outermost, source)
  const page = { title, source }
  // What stands between a heading that is no phase and those below it is read before them.
  const between = wrapped === outermost ? [] : betweenHeadings(outermost)
  const introSection = placeIntro(
    [...intro, ...between],
    wrapped.length === 0 ? heading : undefined,
    page,
    metadata.used,
  )
  const outer: Outer = {
    role: 'main',
    troubleshooting: false,
    when: null,
    owners: [],
    near: [title],
    environment: null,
    template: false,
    directives: [],
  }
  const phases = wrapped.map(tree => place(tree, page, outer))
  return { title, metadata: metadata.entries, phases: introSection === null ? phases : [introSection, ...phases] }
}

/** The only heading, or one of the first level; else what the front matter says, or the first heading. */
function titleOf(
  roots: readonly HeadingTree[],
  said: { readonly title: string | null; readonly otherwise: string },
): string {
  const first = roots[0]
  if (first === undefined) return said.title ?? said.otherwise
  return roots.length === 1 || first.heading.depth === 1 ? first.text : (said.title ?? first.text)
}

interface HeadingTree {
  readonly heading: { readonly depth: number; readonly position?: RootContent['position'] }
  readonly text: string
  readonly nodes: RootContent[]
  readonly children: HeadingTree[]
  /** Markers before the heading or on its line: they are for its section. */
  readonly directives: readonly Directive[]
  endLine: number
  end: number
}

interface PageContext {
  readonly title: string
  readonly source: Source
}

type Outer = Pick<
  SectionDraft,
  'role' | 'troubleshooting' | 'when' | 'owners' | 'near' | 'environment' | 'template' | 'directives'
>

function headingTree(root: Root, source: Source): { readonly preamble: RootContent[]; readonly roots: HeadingTree[] } {
  const preamble: RootContent[] = []
  const roots: HeadingTree[] = []
  const open: HeadingTree[] = []
  for (const node of root.children) {
    const span = spanOf(node)
    const said = headingOf(node, source)
    if (said !== null) {
      while ((open.at(-1)?.heading.depth ?? 0) >= said.depth) open.pop()
      const tree = {
        heading: { depth: said.depth, position: node.position },
        text: said.text,
        nodes: [],
        children: [],
        directives: directivesOf(node),
        endLine: span.endLine,
        end: span.end,
      }
      ;(open.at(-1)?.children ?? roots).push(tree)
      open.push(tree)
    } else if (node.type !== 'yaml') (open.at(-1)?.nodes ?? preamble).push(node)
    for (const tree of open) {
      tree.endLine = Math.max(tree.endLine, span.endLine)
      tree.end = Math.max(tree.end, span.end)
    }
  }
  return { preamble, roots: withNumbers(roots) }
}

function withNumbers(siblings: readonly HeadingTree[]): HeadingTree[] {
  const texts = numberedAlike(siblings.map(tree => tree.text))
  return siblings.map((tree, index) => ({
    ...tree,
    text: texts[index] ?? tree.text,
    children: withNumbers(tree.children),
  }))
}

/** A heading of Markdown or of HTML, inside a `<summary>` too. */
function headingOf(node: RootContent, source: Source): { readonly depth: number; readonly text: string } | null {
  if (node.type === 'heading')
    return { depth: node.depth, text: joinLines(proseLines(node.children, source, spanOf(node).line)) }
  if (node.type !== 'html' || node.value.startsWith('<!--')) return null
  const found = /^\s*(?:<\/?\w+[^>]*>\s*)*?<h([1-6])\b[^>]*>([\s\S]*?)<\/h\1>/i.exec(node.value)
  const text = textOfHtml(found?.[2] ?? '')
  return text === '' ? null : { depth: Number(found?.[1]), text }
}

/**
 * A single heading that only holds others, with prose between, is no phase: those below it are. One that says something for
 * all of them (a role, a condition, an environment, an owner) stays.
 */
function unwrap(trees: readonly HeadingTree[], source: Source): readonly HeadingTree[] {
  const only = trees.length === 1 ? trees[0] : undefined
  if (only === undefined || only.children.length < 2) return trees
  const isPlain =
    toBlocks(only.nodes, source).every(block => block.kind === 'paragraph' || block.kind === 'rule') &&
    roleOf(only.text, { title: '' }) === null &&
    readCondition(parseHeading(only.text).title).when === null &&
    environmentIn(only.text) === null &&
    only.directives.length === 0
  return isPlain ? unwrap(only.children, source) : trees
}

/** The nodes right under the headings that `unwrap` has left out. */
function betweenHeadings(trees: readonly HeadingTree[]): RootContent[] {
  const only = trees[0]
  if (trees.length !== 1 || only === undefined || only.children.length < 2) return []
  return [...only.nodes, ...betweenHeadings(only.children)]
}

function place(tree: HeadingTree, page: PageContext, outer: Outer): SectionDraft {
  const { number, title: whole } = parseHeading(tree.text)
  const { directives } = tree
  const condition = conditionOfHeading(whole)
  const written = roleOf(whole, page) ?? roleOf(tree.text, page)
  const marked = markedRole(directives)
  const own = written !== null && isOutside(written) && !isOutside(marked) ? written : (marked ?? written)
  const template = outer.template || namesTemplate(condition.title)
  const troubleshooting = outer.troubleshooting || isTroubleshooting(whole, page)
  const role = inherits(outer) ? outer.role : (own ?? (condition.when === null ? outer.role : 'conditional'))
  const when =
    own === 'optional' && (marked === 'optional' || /^optional$/i.test(condition.when ?? ''))
      ? bothConditions('optional', /^optional$/i.test(condition.when ?? '') ? null : condition.when)
      : condition.when
  const blocks = toBlocks(tree.nodes, page.source)
  const metadata = template ? readMetadata([]) : readMetadata(blocks)
  const span = spanOf(tree.heading)
  const begins = role === 'recovery' && outer.role !== 'recovery'
  const inner = {
    role,
    troubleshooting,
    template,
    // A way back is entered by choice when something failed: the condition in its heading is not asked once more, those
    // of the headings in it are.
    when: bothConditions(outer.when, bothConditions(directive(directives, 'if'), begins ? null : when)),
    owners: metadata.owners.length > 0 ? metadata.owners : outer.owners,
    near: [tree.text, ...outer.near],
    environment: markedEnvironment(directive(directives, 'environment'), outer.environment),
    directives,
  }
  return {
    ...inner,
    title: condition.title,
    task: null,
    condition: begins ? null : when,
    number,
    line: span.line,
    endLine: tree.endLine,
    start: span.start,
    end: tree.end,
    metadata: metadata.others,
    approvers: metadata.approvers,
    duration: metadata.duration,
    durationWhen: metadata.durationWhen,
    blocks: blocks.slice(metadata.used),
    children: tree.children.map(child => place(child, page, inner)),
  }
}

/** What stands before the first phase: a phase of its own, should a step be in it. */
function placeIntro(
  nodes: readonly RootContent[],
  heading: HeadingTree | undefined,
  page: PageContext,
  used: number,
): SectionDraft | null {
  if (nodes.length === 0) return null
  const blocks = toBlocks(nodes, page.source)
  const first = heading === undefined ? spanOf(nodes[0] ?? {}) : spanOf(heading.heading)
  const last = spanOf(nodes.at(-1) ?? {})
  const metadata = readMetadata(blocks)
  return {
    title: page.title,
    task: null,
    number: null,
    line: first.line,
    endLine: last.endLine,
    start: first.start,
    end: last.end,
    role: 'main',
    troubleshooting: false,
    template: false,
    when: null,
    condition: null,
    owners: metadata.owners,
    // That of the page itself stands in `runbook.metadata`.
    metadata: [],
    approvers: metadata.approvers,
    duration: metadata.duration,
    durationWhen: metadata.durationWhen,
    near: [page.title],
    environment: null,
    directives: [],
    blocks: blocks.slice(used),
    children: [],
  }
}

/** Roles that a section keeps whatever its own heading says. */
function inherits(outer: Outer): boolean {
  return isOutside(outer.role) || outer.troubleshooting
}

/** Not of the main flow: no marker brings it there. */
function isOutside(role: Role | null): boolean {
  return role === 'recovery' || role === 'cleanup' || role === 'reference'
}

export function markedRole(directives: readonly Directive[]): Role | null {
  const said = directive(directives, 'role')
  const known: readonly Role[] = ['main', 'recovery', 'optional', 'conditional', 'cleanup', 'reference']
  // A marker may take a section out of the main flow, never put one in.
  return (
    known.find(role => role === said && role !== 'main') ??
    (directive(directives, 'skip') !== null
      ? 'reference'
      : directive(directives, 'optional') === null
        ? null
        : 'optional')
  )
}

function bothConditions(outer: string | null, own: string | null): string | null {
  if (outer === null || own === null || outer === own) return own ?? outer
  return `${outer} and ${own}`
}
