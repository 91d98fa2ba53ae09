import type { Root } from 'mdast'
import { visit } from 'unist-util-visit'
import { type Diagnostic, diagnostic } from '../model/index.ts'
import { findSpan } from './duration.ts'

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
const NOT_READ: ReadonlySet<string> = new Set(['pick', 'cwd'])
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
    word: wordOf(found[1] ?? found[0]),
    value: found[1] === undefined ? null : (found[2] ?? found[3] ?? found[4] ?? null),
  }))
}

/** `env` is short for `environment`. */
function wordOf(written: string): string {
  const word = written.toLowerCase()
  return word === 'env' ? 'environment' : word
}

/** Rule R3: a marker that is not understood is an error, since its author relies on it. */
export function checkDirectives(root: Root): Diagnostic[] {
  const found: Diagnostic[] = []
  const ids = new Set<string>()
  visit(root, 'html', (node, index, parent) => {
    const start = node.position?.start ?? { line: 1, column: 1 }
    const words = readMarker(node.value)
    if (words.length === 0) return
    const next = parent?.children.slice((index ?? 0) + 1).find(one => one.type !== 'html')
    if (next === undefined)
      found.push(diagnostic('SO032', start, 'nothing follows this marker: it has no effect', 'put it before its block'))
    for (const { message, help } of wrongTogether(words, next?.type))
      found.push(diagnostic('SO032', start, message, help))
    for (const { word, value } of words) {
      if (word !== 'id' || value === null) continue
      if (ids.has(value))
        found.push(diagnostic('SO032', start, `the id "${value}" is given twice`, 'give each its own'))
      ids.add(value)
    }
    for (const directive of words) {
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

interface Wrong {
  readonly message: string
  readonly help: string
}

/** Words that say nothing, or nothing that is followed, beside the others of their marker. */
function wrongTogether(words: readonly Directive[], before: string | undefined): Wrong[] {
  const beforeHeading = before === 'heading'
  const said = (word: string): string | null => directive(words, word)
  const wrong: Wrong[] = []
  const add = (when: boolean, message: string, help: string): void => {
    if (when) wrong.push({ message, help })
  }
  const role = said('role')
  add(
    role !== null && !ROLES.has(role),
    `"role=${role}" would put into the main flow, or is no role`,
    `one of ${[...ROLES].join(', ')}`,
  )
  add(
    role !== null && ROLES.has(role) && role !== 'recovery' && !beforeHeading,
    `"role=${role}" is for a heading`,
    'put it before one; for a block say `skip`, `optional` or `role=recovery`',
  )
  add(said('for') !== null && role !== 'recovery', '"for" belongs to `role=recovery`', 'add it')
  add(
    (said('choice') === null) !== (said('option') === null),
    '"choice" and "option" belong together',
    'write choice=… option=…',
  )
  add(said('choice') !== null && beforeHeading, '"choice" is for blocks', 'name the headings Option 1, Option 2')
  add(said('approvers') !== null && said('gate') === null, '"approvers" belongs to `gate`', 'add it')
  add(said('task') !== null && before !== 'code', '"task" is for a code block', 'put it right before one')
  for (const word of FOR_BLOCKS)
    add(said(word) !== null && beforeHeading, `"${word}" is for a block`, 'put it before the block, behind the heading')
  const risk = said('risk')
  add(
    risk !== null && !/^(?:view|safe|change|danger)$/.test(risk),
    `"${risk}" is no risk`,
    'view, safe, change, danger',
  )
  for (const word of ['wait', 'timeout']) {
    const time = said(word)
    add(time !== null && time !== '' && findSpan(time) === null, `"${word}=${time}" names no time`, `write ${word}=30m`)
  }
  const expect = said('expect')
  add(
    expect !== null && !/^(?:contains|exact|regex|json|similar)$/.test(expect),
    `"expect=${expect}" is no way to compare`,
    'contains, exact, regex, json',
  )
  return wrong
}

const FOR_BLOCKS = ['manual', 'confirm', 'gate', 'wait', 'terminal', 'endless', 'id', 'timeout', 'expect', 'risk']
const ROLES: ReadonlySet<string> = new Set(['recovery', 'optional', 'conditional', 'cleanup', 'reference'])

/** Value of a word; '' for a word that stands alone; null where it is absent. */
export function directive(directives: readonly Directive[], word: string): string | null {
  const found = directives.find(one => one.word === word)
  return found === undefined ? null : (found.value ?? '')
}
