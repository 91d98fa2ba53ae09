import type { Parameter, Proposal } from '../model/index.ts'
import type { Block, TableBlock, TableCell } from './blocks.ts'
import type { SectionDraft } from './sections.ts'

/** One thing that a table gives a value in each environment. */
export interface ByEnvironment {
  /** What it may be called, by `nameKey`. */
  readonly names: ReadonlySet<string>
  readonly cells: readonly Proposal[]
}

/** Rule R20: the tables of a page whose rows or columns are environments, wherever they stand. */
export function environmentTables(sections: readonly SectionDraft[]): ByEnvironment[] {
  return sections.flatMap(section => [
    ...(section.template ? [] : tablesIn(section.blocks).flatMap(byEnvironment)),
    ...environmentTables(section.children),
  ])
}

/**
 * Parameters with what tables propose for them: a row that bears the name of one, or a cell that holds a sample. A secret
 * is proposed nowhere.
 */
export function withProposals(parameters: readonly Parameter[], rows: readonly ByEnvironment[]): Parameter[] {
  if (rows.length === 0) return [...parameters]
  const samples = parameters.filter(one => one.kind === 'literal').map(one => one.name)
  return parameters.map(parameter => {
    if (parameter.secret) return parameter
    const proposals = rows.flatMap(row =>
      row.names.has(nameKey(parameter.name))
        ? row.cells
        : parameter.kind === 'literal'
          ? aroundSample(parameter.name, samples, row)
          : [],
    )
    return proposals.length === 0 ? parameter : { ...parameter, proposals }
  })
}

/**
 * `api.example.com` stands in the cell `https://api.example.com`, so each cell that is written the same way around it names
 * its value elsewhere. Where other cells hold samples of their own, each stands for its own environment only.
 */
function aroundSample(sample: string, samples: readonly string[], row: ByEnvironment): Proposal[] {
  const own = row.cells.filter(cell => isIn(sample, cell.value))
  const first = own[0]
  if (first === undefined) return []
  const others = row.cells.filter(cell => !own.includes(cell) && samples.some(one => isIn(one, cell.value)))
  if (others.length > 0) return own.map(cell => ({ ...cell, value: sample }))
  const at = first.value.indexOf(sample)
  const before = first.value.slice(0, at)
  const behind = first.value.slice(at + sample.length)
  return row.cells.flatMap(cell => {
    const value = cell.value.slice(before.length, cell.value.length - behind.length)
    const fits = cell.value === `${before}${value}${behind}` && value !== ''
    return fits ? [{ ...cell, value }] : []
  })
}

/** A sample as a whole: `api.example.com` is not in `staging-api.example.com`. */
function isIn(sample: string, text: string): boolean {
  const at = text.indexOf(sample)
  const isPart = (character: string | undefined) => character !== undefined && /[\w.-]/.test(character)
  return at !== -1 && !isPart(text[at - 1]) && !isPart(text[at + sample.length])
}

function tablesIn(blocks: readonly Block[]): TableBlock[] {
  return blocks.flatMap(block => {
    if (block.kind === 'table') return [block]
    if (block.kind === 'tabs') return block.tabs.flatMap(tab => tablesIn(tab.blocks))
    return block.kind === 'list' ? block.items.flatMap(item => tablesIn(item.blocks)) : []
  })
}

const ENVIRONMENT =
  /^(?:local|dev(?:elopment)?|test(?:ing)?|ci|qa|uat|int(?:egration)?|sandbox|preview|demo|canary|pre-?prod(?:uction)?|stag(?:e|ing)|stg|prod(?:uction)?|prd|live)(?: (?:env(?:ironment)?|value|cluster))?$/i

function byEnvironment(table: TableBlock): ByEnvironment[] {
  return rowsAreEnvironments(table) ? byRow(table) : byColumn(table)
}

function rowsAreEnvironments(table: TableBlock): boolean {
  const firsts = table.rows.map(row => plainName(row.cells[0]?.text ?? ''))
  if (/^(?:target |deployment )?env(?:ironment)?s?(?: name)?$/i.test(table.header[0] ?? ''))
    return firsts.every(name => name !== '')
  return firsts.length >= 2 && firsts.every(name => ENVIRONMENT.test(name))
}

function byRow(table: TableBlock): ByEnvironment[] {
  return table.header.slice(1).map((heading, index) => ({
    names: namesIn(heading),
    cells: table.rows.flatMap(row => proposal(row.cells[0]?.text ?? '', row.cells[index + 1])),
  }))
}

/** At least two columns name environments; what a row is about may stand in any of the others. */
function byColumn(table: TableBlock): ByEnvironment[] {
  const isEnvironment = table.header.map((heading, index) => index > 0 && namesEnvironments(plainName(heading)))
  if (isEnvironment.filter(Boolean).length < 2) return []
  return table.rows.map(row => ({
    names: new Set(row.cells.flatMap((cell, index) => (isEnvironment[index] ? [] : [...namesIn(cell.text)]))),
    cells: row.cells.flatMap((cell, index) => (isEnvironment[index] ? proposal(table.header[index] ?? '', cell) : [])),
  }))
}

/** `Dev / Test` names two. */
function namesEnvironments(heading: string): boolean {
  return heading.split(/\s*[/,&]\s*/).every(name => ENVIRONMENT.test(name))
}

/** What cannot be meant as a value: nothing, a tick, "N/A", a text that is itself to be filled in or holds what cannot be seen. */
const NO_VALUE =
  /^(?:n\/?a|none|null|tbd|todo|not applicable|yes|no|same|[^\p{L}\p{N}]*)$|[<>{}`]|\.\.\.|…|\p{Cc}|\p{Cf}/iu
const LONGEST = 200

function proposal(environment: string, cell: TableCell | undefined): Proposal[] {
  if (cell === undefined) return []
  // `acme-prod` (read only): the value is what stands between backticks.
  const isCode = cell.codes.length === 1 && /^`[^`]*`(?:\s*\([^)]*\))?$/.test(cell.text)
  const value = isCode ? (cell.codes[0]?.text ?? '') : cell.text
  if (NO_VALUE.test(value) || value.length > LONGEST) return []
  const place = isCode ? (cell.codes[0]?.place ?? cell.place) : cell.place
  return [{ environment: plainName(environment), value, line: place.line, column: place.column }]
}

/** "API URL (`<api-url>`)" may be called by each of its parts. */
function namesIn(label: string): Set<string> {
  const parts = [label, label.replace(/\([^()]*\)/g, '')]
  for (const found of label.matchAll(/`([^`]+)`|\(([^()]+)\)/g)) parts.push(found[1] ?? found[2] ?? '')
  return new Set(parts.map(nameKey).filter(key => key !== ''))
}

/** `API URL`, `API_URL` and `<api-url>` are one name. */
function nameKey(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}

function plainName(text: string): string {
  return text
    .replace(/[`*]/g, '')
    .replace(/ (?:value|env|environment)$/i, '')
    .trim()
}
