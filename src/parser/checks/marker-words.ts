import { type Diagnostic, diagnostic } from '../../model/index.ts'
import { isFolder } from '../front-matter/folder.ts'
import type { Marker } from '../markers/attach-markers.ts'
import { type Directive, directive } from '../markers/directives.ts'
import { findSpan } from '../text/duration.ts'

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

/** Rule R3: a marker that is not understood is an error, since its author relies on it. What is wrong with the words of one. */
export function wrongWords({ place, words, target }: Marker, ids: ReadonlySet<string>): Diagnostic[] {
  if (words.some(one => one.foreign)) return []
  const add = (message: string, help: string): Diagnostic => diagnostic('SO032', place, message, help)
  const seen = new Set<string>()
  const each = words.flatMap(({ word, value }) => {
    const wants = WORDS[word]
    const twice = seen.has(word)
    seen.add(word)
    if (wants === undefined)
      return [add(`unknown word "${word}" in a marker`, `known words: ${Object.keys(WORDS).join(', ')}`)]
    if (wants === 'value' && (value === null || value.trim() === ''))
      return [add(`"${word}" wants a value`, `write ${word}="…"`)]
    if (wants === 'alone' && value !== null) return [add(`"${word}" takes no value`, `write ${word} alone`)]
    if (twice) return [add(`"${word}" is said twice in one marker`, 'say it once')]
    return word === 'id' && value !== null && ids.has(value)
      ? [add(`the id "${value}" is given twice`, 'give each its own')]
      : []
  })
  return [...wrongTogether(words, target?.type).map(({ message, help }) => add(message, help)), ...each]
}

interface Wrong {
  readonly message: string
  readonly help: string
}

/** Words that say nothing, or nothing that is followed, beside the others of their marker. */
function wrongTogether(words: readonly Directive[], before: string | undefined): Wrong[] {
  const beforeHeading = before === 'heading' || before === 'html'
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
  const pick = said('pick')
  add(
    pick !== null && said('choice') === null,
    '"pick" belongs to `choice` and `option`',
    'write choice=… option=… pick=any',
  )
  add(
    pick !== null && pick !== '' && pick !== 'any',
    `"pick=${pick}" is no way to pick`,
    'any; one is picked without it',
  )
  add(said('choice') !== null && beforeHeading, '"choice" is for blocks', 'name the headings Option 1, Option 2')
  add(said('approvers') !== null && said('gate') === null, '"approvers" belongs to `gate`', 'add it')
  add(said('task') !== null && before !== 'code', '"task" is for a code block', 'put it right before one')
  const cwd = said('cwd')
  add(
    cwd !== null && !isFolder(cwd),
    `"cwd=${cwd}" is no folder as it stands`,
    'write a path without values, below the runbook or absolute',
  )
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
    expect !== null && !/^(?:contains|exact|regex|json)$/.test(expect),
    `"expect=${expect}" is no way to compare`,
    'contains, exact, regex, json',
  )
  return wrong
}

const FOR_BLOCKS = [
  'cwd',
  'manual',
  'confirm',
  'gate',
  'wait',
  'terminal',
  'endless',
  'id',
  'timeout',
  'expect',
  'risk',
]
const ROLES: ReadonlySet<string> = new Set(['recovery', 'optional', 'conditional', 'cleanup', 'reference'])
