import { isMap, parseDocument } from 'yaml'
import { type Diagnostic, diagnostic, misfit, patternProblem } from '../../model/index.ts'
import { findSpan } from '../text/duration.ts'
import type { Place } from '../text/source.ts'
import { isFolder } from './folder.ts'
import { type FrontMatterReading, frontMatterSchema } from './front-matter.ts'
import type { FrontMatter } from './front-matter-schema.ts'

/** Front matter as its text says it; places are those of the file, where the text begins on line 2. */
export function readYaml(text: string): FrontMatterReading {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true })
  const place = (offset: number) => placeIn(text, offset)
  const broken = document.errors[0]
  if (broken !== undefined) {
    const message = `the front matter is not YAML: ${broken.message}`
    const finding = diagnostic('SO034', place(broken.pos[0]), message, 'mend it, or take it out')
    return { frontMatter: {}, title: null, valuePlaces: new Map(), diagnostics: [finding] }
  }
  const at: PlaceOf = path => place(offsetOf(document, path))
  const settings = readSection(document, at)
  const names = Object.keys(settings.frontMatter.values ?? {})
  const valuePlaces = new Map(names.map(name => [name, at(['signoff', 'values', name])]))
  return { ...settings, title: titleOf(document), valuePlaces }
}

type PlaceOf = (path: readonly string[]) => Place
type Settings = Pick<FrontMatterReading, 'frontMatter' | 'diagnostics'>

/** Our own section; Runme's keys count where it says nothing. */
function readSection(document: ReturnType<typeof parseDocument>, at: PlaceOf): Settings {
  const runme = ofRunme(document, at)
  const section = isMap(document.contents) ? document.get('signoff', true) : undefined
  if (section === undefined) return runme
  const read = frontMatterSchema.get().SignoffSchema.safeParse(isMap(section) ? section.toJSON() : section)
  if (read.success)
    return {
      frontMatter: { ...runme.frontMatter, ...read.data },
      diagnostics: [...runme.diagnostics, ...wrongSettings(read.data, at)],
    }
  return {
    frontMatter: {},
    diagnostics: read.error.issues.map(issue => {
      const path = ['signoff', ...issue.path.map(String)]
      const extra = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
      const message = `front matter \`${path.join('.')}\`: ${issue.message}`
      return wrong(at(extra === undefined ? path : [...path, extra]), message, 'see docs/writing-runbooks.md')
    }),
  }
}

function titleOf(document: ReturnType<typeof parseDocument>): string | null {
  const title: unknown = isMap(document.contents) ? document.get('title') : null
  return typeof title === 'string' && title.trim() !== '' ? title.trim() : null
}

/** What the shape of the settings does not tell: a time that is none, a folder that is none, a pattern that cannot be used. */
function wrongSettings({ timeout, cwd, values }: FrontMatter, at: PlaceOf): Diagnostic[] {
  const found: Diagnostic[] = []
  if (timeout !== undefined && findSpan(timeout) === null)
    found.push(wrong(at(['signoff', 'timeout']), `"timeout: ${timeout}" names no time`, 'write timeout: 10m'))
  if (cwd !== undefined && !isFolder(cwd))
    found.push(wrong(at(['signoff', 'cwd']), `"cwd: ${cwd}" is no folder as it stands`, 'write a path without values'))
  for (const [name, { pattern, default: preset, secret }] of Object.entries(values ?? {})) {
    const place = (key: string) => at(['signoff', 'values', name, key])
    const problem = pattern === undefined ? null : patternProblem(pattern)
    if (problem !== null)
      found.push(
        wrong(place('pattern'), `the pattern of "${name}" cannot be used: ${problem}`, 'mend it, or take it out'),
      )
    const why = pattern === undefined || preset === undefined || problem !== null ? null : misfit(pattern, preset)
    if (why !== null) found.push(wrong(place('default'), `the default of "${name}" ${why}`, 'mend one of them'))
    if (secret === true && preset !== undefined)
      found.push(wrong(place('default'), `"${name}" is a secret, and its default stands in the file`, 'take it out'))
  }
  return found
}

/** Runme's own `cwd` and `shell`. Its `skipPrompts` has nothing to say: Signoff asks what it must ask. */
function ofRunme(document: ReturnType<typeof parseDocument>, at: PlaceOf): Settings {
  const said = (key: string): string | null => {
    const value: unknown = isMap(document.contents) ? document.get(key) : undefined
    return typeof value === 'string' ? value : null
  }
  const cwd = said('cwd')
  const shell = said('shell')
  const name = shell?.split('/').at(-1)
  const known = name === 'bash' || name === 'sh' || name === 'zsh' ? name : null
  const diagnostics: Diagnostic[] = []
  if (cwd !== null && !isFolder(cwd))
    diagnostics.push(wrong(at(['cwd']), `"cwd: ${cwd}" is no folder as it stands`, 'write a path without values'))
  if (shell !== null && known === null) {
    const message = `front matter \`shell: ${shell}\` is not followed: blocks run by bash`
    diagnostics.push(diagnostic('SO032', at(['shell']), message, 'one of bash, sh, zsh', 'warning'))
  }
  return {
    frontMatter: { ...(cwd !== null && isFolder(cwd) ? { cwd } : {}), ...(known === null ? {} : { shell: known }) },
    diagnostics,
  }
}

function wrong(place: Place, message: string, help: string): Diagnostic {
  return diagnostic('SO032', place, message, help)
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
