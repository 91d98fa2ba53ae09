import type { Root } from 'mdast'
import { toString as textOfNode } from 'mdast-util-to-string'
import type { Block } from '../blocks.ts'
import type { SectionDraft } from '../sections.ts'
import { readsVariables } from '../shell/index.ts'
import { joinLines } from '../text/prose.ts'
import type { Place, Source } from '../text/source.ts'
import type { DeclaredInput, Task } from './task.ts'

const ATTRIBUTE =
  /^(req|requires|env|environment|dir|directory|inputs|run|rundeps|rundependencies|interactive|hidden)\s*:\s*(.*)$/i

interface Attribute {
  readonly key: string
  readonly value: string
  readonly place: Place
}

/**
 * The sections that are tasks of xc: those right below the heading that is marked, or below "Tasks" on a page that names xc or
 * where the attributes of a task hold: it requires a neighbour, or its script reads the inputs it declares. Else none.
 */
export function xcTasks(root: Root, source: Source, phases: readonly SectionDraft[]): SectionDraft[] {
  const headings = headingsOf(root)
  const marked = headings.find(one => one.marked)
  const above = marked ?? headings.find(one => /^tasks$/i.test(one.text))
  if (above === undefined) return []
  const behind = headings.filter(one => one.line > above.line)
  const end = behind.find(one => one.depth <= above.depth)?.line ?? Number.POSITIVE_INFINITY
  const lines = new Set(behind.filter(one => one.line < end && one.depth === above.depth + 1).map(one => one.line))
  const tasks = phases.flatMap(withChildren).filter(one => lines.has(one.line))
  const isSure = marked !== undefined || source.text.includes('xcfile.dev')
  return isSure || tasks.some(task => holds(task, tasks)) ? tasks : []
}

/** A section as a task of xc, without the lines that are its attributes. */
export function asXcTask(section: SectionDraft): { readonly task: Task; readonly blocks: readonly Block[] } {
  const attributes = attributesOf(section)
  const said = (...keys: string[]) => attributes.filter(one => keys.includes(one.key.toLowerCase()))
  const listed = (...keys: string[]) => said(...keys).flatMap(namesIn)
  return {
    task: {
      tool: 'xc',
      name: section.title,
      requires: listed('req', 'requires'),
      inputs: inputsOf(listed('inputs'), listed('env', 'environment')),
      directory: said('dir', 'directory')[0]?.value.replace(/`/g, '') ?? null,
      interactive: said('interactive').some(({ value }) => /^true$/i.test(value)),
    },
    blocks: section.blocks.flatMap(withoutAttributes),
  }
}

interface Named {
  readonly name: string
  readonly place: Place
}

function namesIn({ value, place }: Attribute): Named[] {
  return value
    .split(',')
    .map(name => ({ name: name.replace(/[`*]/g, '').trim(), place }))
    .filter(({ name }) => name !== '')
}

/** `Env: PORT=8080` is a variable with its value; an input that stands there too may be left out. */
function inputsOf(inputs: readonly Named[], settings: readonly Named[]): DeclaredInput[] {
  const set = settings.flatMap(({ name, place }) => {
    const found = /^([A-Za-z_]\w*)=(.*)$/.exec(name)
    return found === null ? [] : [{ name: found[1] ?? '', value: found[2] ?? '', place }]
  })
  const variables = inputs.filter(({ name }) => /^[A-Za-z_]\w*$/.test(name))
  const given = (name: string) => set.find(one => one.name === name)?.value ?? null
  return [
    ...variables.map(({ name, place }) => ({
      name,
      place,
      required: given(name) === null,
      default: given(name),
      description: null,
    })),
    ...set
      .filter(one => !variables.some(({ name }) => name === one.name))
      .map(({ name, value, place }) => ({ name, place, required: false, default: value, description: null })),
  ]
}

function attributesOf(section: SectionDraft): Attribute[] {
  const found: Attribute[] = []
  const take = (text: string, line: number): void => {
    const said = ATTRIBUTE.exec(text.replace(/^[_*`\s]+|[_*`\s]+$/g, ''))
    if (said !== null)
      found.push({ key: said[1] ?? '', value: (said[2] ?? '').replace(/^[_*\s]+/, ''), place: { line, column: 1 } })
  }
  // Bold attributes right under the heading were read as its metadata.
  for (const { key, value } of section.metadata) take(`${key}: ${value}`, section.line)
  for (const block of section.blocks) {
    if (block.kind === 'paragraph') for (const { text, line } of block.lines) take(text, line)
    if (block.kind === 'label') take(`${block.name}: ${block.rest}`, block.line)
  }
  return found
}

function withoutAttributes(block: Block): Block[] {
  if (block.kind === 'label') return ATTRIBUTE.test(`${block.name}: ${block.rest}`) ? [] : [block]
  if (block.kind !== 'paragraph') return [block]
  const lines = block.lines.filter(line => !ATTRIBUTE.test(line.text.replace(/^[_*`\s]+|[_*`\s]+$/g, '')))
  if (lines.length === block.lines.length) return [block]
  return lines.length === 0 ? [] : [{ ...block, lines, text: joinLines(lines) }]
}

function holds(child: SectionDraft, tasks: readonly SectionDraft[]): boolean {
  const { task } = asXcTask(child)
  const isNeighbour = (name: string) => tasks.some(one => one !== child && isSameName(one.title, name))
  const scripts = child.blocks.flatMap(block => (block.kind === 'fence' ? readsVariables(block.text) : []))
  const inputs = task.inputs.filter(one => one.required)
  return (
    (task.requires.length > 0 && task.requires.every(({ name }) => isNeighbour(name))) ||
    (inputs.length > 0 && inputs.every(({ name }) => scripts.includes(name)))
  )
}

export function isSameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase()
}

interface HeadingAt {
  readonly text: string
  readonly depth: number
  readonly line: number
  /** `<!-- xc-heading -->` stands right before it. */
  readonly marked: boolean
}

function headingsOf(root: Root): HeadingAt[] {
  return root.children.flatMap((node, index) => {
    if (node.type !== 'heading') return []
    const before = root.children[index - 1]
    const marked = before?.type === 'html' && /^<!--\s*xc-heading\s*-->/.test(before.value)
    return [{ text: textOfNode(node).trim(), depth: node.depth, line: node.position?.start.line ?? 1, marked }]
  })
}

function withChildren(section: SectionDraft): SectionDraft[] {
  return [section, ...section.children.flatMap(withChildren)]
}
