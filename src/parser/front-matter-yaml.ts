import { isMap, parseDocument } from 'yaml'
import { type Diagnostic, diagnostic } from '../model/index.ts'
import { type FrontMatterReading, frontMatterSchema } from './front-matter.ts'
import type { FrontMatter } from './front-matter-schema.ts'
import type { Place } from './source.ts'

/** Front matter as its text says it; places are those of the file, where the text begins on line 2. */
export function readYaml(text: string): FrontMatterReading {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true })
  const place = (offset: number) => placeIn(text, offset)
  const broken = document.errors[0]
  if (broken !== undefined)
    return {
      frontMatter: {},
      title: null,
      diagnostics: [
        diagnostic(
          'SO034',
          place(broken.pos[0]),
          `the front matter is not YAML: ${broken.message}`,
          'mend it, or take it out',
        ),
      ],
    }
  return { ...readSection(document, place), title: titleOf(document) }
}

function readSection(
  document: ReturnType<typeof parseDocument>,
  place: (offset: number) => Place,
): Omit<FrontMatterReading, 'title'> {
  const section = isMap(document.contents) ? document.get('signoff', true) : undefined
  if (section === undefined) return { frontMatter: {}, diagnostics: ofRunme(document, place) }
  const read = frontMatterSchema.get().SignoffSchema.safeParse(isMap(section) ? section.toJSON() : section)
  if (read.success) return { frontMatter: read.data, diagnostics: notRead(document, read.data, place) }
  return {
    frontMatter: {},
    diagnostics: read.error.issues.map(issue => {
      const path = ['signoff', ...issue.path.map(String)]
      const extra = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
      const found = offsetOf(document, extra === undefined ? path : [...path, extra])
      return diagnostic(
        'SO032',
        place(found),
        `front matter \`${path.join('.')}\`: ${issue.message}`,
        'see docs/writing-runbooks.md',
      )
    }),
  }
}

function titleOf(document: ReturnType<typeof parseDocument>): string | null {
  const title: unknown = isMap(document.contents) ? document.get('title') : null
  return typeof title === 'string' && title.trim() !== '' ? title.trim() : null
}

/** Settings of the language that nothing follows yet: who relies on one must hear of it. */
function notRead(
  document: ReturnType<typeof parseDocument>,
  said: FrontMatter,
  place: (offset: number) => Place,
): Diagnostic[] {
  const keys = [
    ...(said.cwd === undefined ? [] : ['cwd']),
    ...(said.shell === undefined || said.shell === 'bash' ? [] : ['shell']),
  ]
  const patterns = Object.entries(said.values ?? {}).flatMap(([name, value]) =>
    value.pattern === undefined
      ? []
      : [
          diagnostic(
            'SO032',
            place(offsetOf(document, ['signoff', 'values', name, 'pattern'])),
            `the pattern of "${name}" is not checked yet`,
            'take it out',
          ),
        ],
  )
  const unread = keys.map(key =>
    diagnostic(
      'SO032',
      place(offsetOf(document, ['signoff', key])),
      `front matter \`signoff.${key}\` is not read yet`,
      'take it out',
    ),
  )
  return [...unread, ...patterns]
}

/** Runme's own `cwd` and `shell`: blocks would run in another folder, or by another shell, than their author meant. */
function ofRunme(document: ReturnType<typeof parseDocument>, place: (offset: number) => Place): Diagnostic[] {
  return ['cwd', 'shell'].flatMap(key => {
    const said: unknown = isMap(document.contents) ? document.get(key) : undefined
    if (typeof said !== 'string' || (key === 'shell' && /^(?:.*\/)?(?:ba)?sh$/.test(said))) return []
    const message = `front matter \`${key}: ${said}\` is not followed: blocks run beside this file, by bash`
    return [
      diagnostic('SO032', place(offsetOf(document, [key])), message, 'write `cd` into the first block', 'warning'),
    ]
  })
}

function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly string[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    if (!isMap(parent)) continue
    const pair = parent.items.find(item => String(item.key) === path[length - 1])
    const key: unknown = pair?.key
    if (typeof key === 'object' && key !== null && 'range' in key && Array.isArray(key.range))
      return Number(key.range[0])
  }
  return 0
}

/** The text of the front matter begins on line 2, behind its first `---`. */
function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length + 1, column: offset - before.lastIndexOf('\n') }
}
