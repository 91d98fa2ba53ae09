import type { Root } from 'mdast'
import { type Diagnostic, diagnostic, type Runbook } from '../../model/index.ts'
import { lazyPart } from '../lazy-part.ts'
import type { Place, Source } from '../text/source.ts'
import type { FrontMatter } from './front-matter-schema.ts'

/** Reads YAML. */
export const frontMatterReader = lazyPart('the reader of front matter', () => import('./front-matter-yaml.ts'))
/** Checks our own section of it. */
export const frontMatterSchema = lazyPart('the schema of front matter', () => import('./front-matter-schema.ts'))

export interface FrontMatterReading {
  readonly frontMatter: FrontMatter
  /** The title that a site generator reads; null where there is none. */
  readonly title: string | null
  /** Where it speaks of values, by name. */
  readonly valuePlaces: ReadonlyMap<string, Place>
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads the YAML between the first two `---` lines; errors carry their place in the file. */
export function readFrontMatter(root: Root, source: Source): FrontMatterReading {
  const node = root.children[0]
  if (node?.type !== 'yaml')
    return { frontMatter: {}, title: null, valuePlaces: new Map(), diagnostics: neverClosed(source) }
  return frontMatterReader.get().readYaml(node.value)
}

/** Whether front matter may have a section `signoff:`. A backslash may write a key in another way. */
export function namesOurSection(yaml: string): boolean {
  return /signoff|\\/.test(yaml)
}

/** Values that the front matter speaks of and that the page does not ask for: a name was changed, or misspelt. */
export function unknownValues(places: ReadonlyMap<string, Place>, known: ReadonlySet<string>): Diagnostic[] {
  return [...places].flatMap(([name, place]) => {
    if (known.has(name)) return []
    const message = `nothing in this file asks for the value "${name}"`
    return [diagnostic('SO032', place, message, 'name it as the script does, or take it out', 'warning')]
  })
}

/** The patterns of values, in the shape of the model. */
export function valuePatterns({ values }: FrontMatter): Pick<Runbook, 'patterns'> {
  const found = Object.entries(values ?? {}).flatMap(([name, { pattern }]): [string, string][] =>
    pattern === undefined ? [] : [[name, pattern]],
  )
  return found.length === 0 ? {} : { patterns: new Map(found) }
}

/** A first `---` with keys below it and no second one. */
function neverClosed(source: Source): Diagnostic[] {
  if (source.lines[0]?.trimEnd() !== '---' || !/^[\w-]+\s*:/.test(source.lines[1] ?? '')) return []
  return [diagnostic('SO034', { line: 1, column: 1 }, 'the front matter is never closed', 'end it with a line `---`')]
}
