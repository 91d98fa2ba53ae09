import type { Root } from 'mdast'
import { visit } from 'unist-util-visit'
import { type Diagnostic, diagnostic } from '../model/index.ts'

/** One word of an invisible marker: `<!-- signoff gate approvers="QA Lead + DBA" -->` holds two of them. */
export interface Directive {
  readonly word: string
  readonly value: string | null
}

/** Words that markers may hold, and whether they want a value. */
const WORDS: Readonly<Record<string, 'alone' | 'value' | 'either'>> = {
  skip: 'alone',
  task: 'alone',
  manual: 'alone',
  confirm: 'alone',
  gate: 'alone',
  optional: 'alone',
  terminal: 'alone',
  endless: 'alone',
  wait: 'value',
  approvers: 'value',
  role: 'value',
  for: 'value',
  choice: 'value',
  option: 'value',
  pick: 'value',
  if: 'value',
  id: 'value',
  timeout: 'value',
  cwd: 'value',
  environment: 'value',
  risk: 'value',
  expect: 'value',
}
/** Words of the language that nothing reads yet: an author who relies on one must hear of it. */
const NOT_READ: ReadonlySet<string> = new Set(['task', 'choice', 'option', 'pick', 'for', 'cwd'])
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
      { word: 'expect', value: 'regex' },
      { word: 'pattern', value },
    ]
  return [{ word: 'expect', value: Number(value) >= 1 ? 'exact' : 'similar' }]
}

/** The words of one HTML comment; none where it is no marker of ours. */
function readMarker(html: string): Directive[] {
  const body = MARKER.exec(html.trim())?.[1]
  if (body === undefined) return []
  return [...body.matchAll(TOKEN)].map(found => ({
    word: (found[1] ?? found[0]).toLowerCase(),
    value: found[1] === undefined ? null : (found[2] ?? found[3] ?? found[4] ?? null),
  }))
}

/** Rule R3: a marker that is not understood is an error, since its author relies on it. */
export function checkDirectives(root: Root): Diagnostic[] {
  const found: Diagnostic[] = []
  visit(root, 'html', node => {
    const start = node.position?.start ?? { line: 1, column: 1 }
    for (const directive of readMarker(node.value)) {
      const wants = WORDS[directive.word]
      const known = Object.keys(WORDS).join(', ')
      if (wants === undefined)
        found.push(diagnostic('SO032', start, `unknown word "${directive.word}" in a marker`, `known words: ${known}`))
      else if (NOT_READ.has(directive.word))
        found.push(
          diagnostic('SO032', start, `"${directive.word}" is not read yet: the marker has no effect`, 'take it out'),
        )
      else if (wants === 'value' && directive.value === null)
        found.push(diagnostic('SO032', start, `"${directive.word}" wants a value`, `write ${directive.word}="…"`))
      else if (wants === 'alone' && directive.value !== null)
        found.push(diagnostic('SO032', start, `"${directive.word}" takes no value`, `write ${directive.word} alone`))
    }
  })
  return found
}

/** Value of a word; '' for a word that stands alone; null where it is absent. */
export function directive(directives: readonly Directive[], word: string): string | null {
  const found = directives.find(one => one.word === word)
  return found === undefined ? null : (found.value ?? '')
}
