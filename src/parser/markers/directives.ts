import type { Place } from '../text/source.ts'

/** One word of an invisible marker: `<!-- signoff gate approvers="QA Lead + DBA" -->` holds two of them. */
export interface Directive {
  readonly word: string
  readonly value: string | null
  /** Where its marker begins; absent before the marker has been found a node. */
  readonly place?: Place
  /** Said to another tool: what has no effect here may have one there. */
  readonly foreign?: true
}

const MARKER = /^<!--\s*signoff(?=\s|-->)([\s\S]*?)-->\s*$/
const SIMILARITY = /^<!--\s*expected_similarity\s*=\s*(?:"([^"]*)"|([\d.]+))\s*-->$/
const TOKEN = /([A-Za-z][\w-]*)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?|\S+/g

/** What a tool of ours or of others said invisibly: our own words, or Innovation Engine's `expected_similarity`. */
export function readDirectives(html: string): Directive[] {
  const similarity = SIMILARITY.exec(html.trim())
  return similarity === null ? readMarker(html) : expectation(similarity[1] ?? similarity[2] ?? '', similarity[1])
}

/** `=0.8` is similar, `=1.0` exact, `="…"` a regular expression. */
function expectation(value: string, quoted: string | undefined): Directive[] {
  const isNumber = /^\d*\.?\d+$/.test(value)
  if (quoted !== undefined && !isNumber)
    return [
      { word: 'expect', value: 'regex', foreign: true },
      { word: 'pattern', value, foreign: true },
    ]
  return [{ word: 'expect', value: Number(value) >= 1 ? 'exact' : 'similar', foreign: true }]
}

/** The words of one HTML comment; none where it is no marker of ours. */
function readMarker(html: string): Directive[] {
  const body = MARKER.exec(html.trim())?.[1]
  if (body === undefined) return []
  return [...body.matchAll(TOKEN)].map(found => ({
    word: wordOf(found[1] ?? found[0]),
    value: found[1] === undefined ? null : (found[2] ?? found[3] ?? found[4] ?? null),
  }))
}

/** `env` is short for `environment`. */
function wordOf(written: string): string {
  const word = written.toLowerCase()
  return word === 'env' ? 'environment' : word
}

/** Value of a word; '' for a word that stands alone; null where it is absent. */
export function directive(directives: readonly Directive[], word: string): string | null {
  const found = directives.find(one => one.word === word)
  return found === undefined ? null : (found.value ?? '')
}
