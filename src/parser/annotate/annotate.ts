import type { Root } from 'mdast'
import type { Runbook } from '../../model/index.ts'
import { type Parsed, parseRunbook } from '../parse-runbook.ts'
import { readSource } from '../text/source.ts'
import { parseTree } from '../tree.ts'
import { markerPlaces } from './marker-place.ts'
import { markerWords, withoutMarker } from './marker-words.ts'
import { readingOf } from './reading-of.ts'

/** A line to be put before a line of the text. */
interface Insertion {
  readonly before: number
  readonly prefix: string
  /** The word of a marker, or a line of the front matter as it is. */
  readonly text: string
  readonly marker: boolean
}

/**
 * The runbook with the markers that would make today's reading explicit. **A marker is put in only if the text with it is
 * read exactly as the text without it**, so nothing here can change what a run does: words that would are left out. Every
 * other byte stays. Annotating what was annotated changes nothing.
 *
 * @returns null where the bytes are no text that could be read.
 */
export function annotateRunbook(bytes: Uint8Array, path: string): string | null {
  const first = parseRunbook(bytes, path)
  if (first.runbook.source === '' || readSource(bytes).source === null) return null
  const wanted = readingOf(first)
  let text = first.runbook.source
  // What the markers of one round make possible, the next one adds; the last round adds nothing.
  for (let round = 0; round < ROUNDS; round++) {
    const current = text
    const kept = keepReading(
      candidates(current, path),
      some => readingOf(parse(insert(current, some), path)) === wanted,
    )
    if (kept.length === 0) break
    text = insert(current, kept)
  }
  return text
}

const ROUNDS = 4

/** The largest part of `all` that is found by halving: if all of it reads alike it is kept, else each half is tried. */
function keepReading(all: readonly Insertion[], readsAlike: (some: readonly Insertion[]) => boolean): Insertion[] {
  let kept: Insertion[] = []
  const add = (some: readonly Insertion[]): void => {
    if (some.length === 0) return
    if (readsAlike([...kept, ...some])) kept = [...kept, ...some]
    else if (some.length > 1) {
      const middle = Math.ceil(some.length / 2)
      add(some.slice(0, middle))
      add(some.slice(middle))
    }
  }
  add(all)
  return kept
}

function candidates(text: string, path: string): Insertion[] {
  const bytes = new TextEncoder().encode(text)
  const { runbook } = parseRunbook(bytes, path)
  const { source } = readSource(bytes)
  const root = source === null ? null : parseTree(source).root
  if (source === null || root === null) return []
  const words = markerWords(runbook, markerPlaces(root, source))
  return [
    ...modeLines(runbook, root),
    ...words.map(({ place, text: word }) => ({
      before: place.before,
      prefix: place.prefix,
      text: word,
      marker: true,
    })),
  ]
}

/** The mode has no marker: it is said in the front matter. */
function modeLines({ mode }: Runbook, root: Root): Insertion[] {
  const [yaml] = root.children
  const line = (before: number, text: string): Insertion => ({ before, prefix: '', text, marker: false })
  if (yaml?.type !== 'yaml') return [line(1, `---\nsignoff:\n  mode: ${mode}\n---\n`)]
  if (/^signoff\s*:/m.test(yaml.value)) return []
  return [line(yaml.position?.end.line ?? 1, `signoff:\n  mode: ${mode}`)]
}

/** The text with lines put in; words for one place share a marker. Byte order mark and line ends stay. */
function insert(text: string, insertions: readonly Insertion[]): string {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : ''
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n'
  const lines = text.slice(mark.length).split('\n')
  const byLine = new Map<number, Insertion[]>()
  for (const one of insertions) byLine.set(one.before, [...(byLine.get(one.before) ?? []), one])
  const addedBefore = (index: number): string[] => {
    const here = byLine.get(index + 1) ?? []
    const plain = here.filter(one => !one.marker).flatMap(one => one.text.split('\n'))
    const words = here.filter(one => one.marker)
    // Behind the text of an item stands what is the item's own; the next item's marker comes after it.
    const prefixes = [...new Set(words.map(one => one.prefix))].sort((a, b) => b.length - a.length)
    const markers = prefixes.map(prefix => {
      const own = words.filter(one => one.prefix === prefix)
      return `${prefix}<!-- signoff ${own.map(one => one.text).join(' ')} -->`
    })
    return [...plain, ...markers]
  }
  const ending = newline === '\r\n' ? '\r' : ''
  const out = lines.flatMap((line, index) => [...addedBefore(index).map(added => added + ending), line])
  // Behind the last line, where no line end follows it.
  const last = addedBefore(lines.length)
  const end = last.length === 0 ? '' : ending
  return mark + [out.join('\n') + end, ...last].join('\n')
}

/** A step that `annotateRunbook` could not name: its id changes with its words. */
export interface Unpinned {
  readonly line: number
  readonly position: string
  readonly title: string
  readonly why: string
}

/** Steps of an annotated text that no marker names, and why. */
export function unpinnedSteps(text: string, path: string): Unpinned[] {
  const bytes = new TextEncoder().encode(text)
  const { runbook } = parseRunbook(bytes, path)
  const { source } = readSource(bytes)
  const root = source === null ? null : parseTree(source).root
  return source === null || root === null ? [] : withoutMarker(runbook, markerPlaces(root, source))
}

function parse(text: string, path: string): Parsed {
  return parseRunbook(new TextEncoder().encode(text), path)
}
