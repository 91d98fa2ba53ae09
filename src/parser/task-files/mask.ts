import type { Block, Item, ListBlock } from '../blocks.ts'
import type { SectionDraft } from '../sections.ts'
import type { DeclaredInput, Task } from './task.ts'

/** True for the file that mask reads, and for pages whose options are written as mask wants them, flags and all. */
export function isMaskFile(path: string, sections: readonly SectionDraft[]): boolean {
  if (/(?:^|\/)maskfile\.md$/i.test(path)) return true
  return sections.some(
    section =>
      section.blocks.some((_, index) => optionsAt(section.blocks, index) !== null) || isMaskFile('', section.children),
  )
}

/** A section as a command of mask: its arguments stand in the heading, its flags under `**OPTIONS**`. */
export function asMaskCommand(section: SectionDraft): { readonly task: Task; readonly blocks: readonly Block[] } {
  const blocks: Block[] = []
  const flags: DeclaredInput[] = []
  for (let index = 0; index < section.blocks.length; index++) {
    const block = section.blocks[index]
    const options = optionsAt(section.blocks, index)
    if (options !== null) {
      flags.push(...options.items.map(toInput))
      index++
    } else if (block !== undefined) blocks.push(block)
  }
  const place = { line: section.line, column: 1 }
  const verbose = { name: 'verbose', required: false, default: '', description: 'true for more output', place }
  return {
    task: {
      tool: 'mask',
      name: section.title.replace(/\s*[([].*$/, ''),
      requires: [],
      inputs: [...argumentsIn(section), ...flags, verbose],
      directory: null,
      interactive: false,
    },
    blocks,
  }
}

/** `## test (file) [case]`: the file must be given, the case may be left out. */
function argumentsIn(section: SectionDraft): DeclaredInput[] {
  return [...section.title.matchAll(/\(([A-Za-z_]\w*)\)|\[([A-Za-z_]\w*)\]/g)].map(found => ({
    name: found[1] ?? found[2] ?? '',
    required: found[1] !== undefined,
    default: found[1] === undefined ? '' : null,
    description: null,
    place: { line: section.line, column: 1 },
  }))
}

/** The list right behind the label, each item with its flags. */
function optionsAt(blocks: readonly Block[], index: number): ListBlock | null {
  const label = blocks[index]
  const list = blocks[index + 1]
  if (label?.kind !== 'label' || label.name !== 'OPTIONS' || list?.kind !== 'list' || list.ordered) return null
  return list.items.length > 0 && list.items.every(item => said(item, 'flags')?.startsWith('-')) ? list : null
}

function toInput(item: Item): DeclaredInput {
  const required = linesOf(item).some(line => /^required$/i.test(line))
  const choices = said(item, 'choices')
  const type = said(item, 'type')
  const facts = [
    said(item, 'desc'),
    choices === null ? null : `one of ${choices}`,
    type === null ? 'true, or empty' : type === 'number' ? 'a number' : null,
  ].filter(fact => fact !== null)
  return {
    name: item.title.replace(/`/g, '').trim(),
    required,
    default: required ? null : '',
    description: facts.length === 0 ? null : facts.join('; '),
    place: { line: item.line, column: 1 },
  }
}

function said(item: Item, key: string): string | null {
  const line = linesOf(item).find(text => text.toLowerCase().startsWith(`${key}:`))
  return line === undefined ? null : line.slice(key.length + 1).trim()
}

function linesOf(item: Item): string[] {
  return item.blocks.flatMap(block => (block.kind === 'list' ? block.items.map(one => one.title.trim()) : []))
}
