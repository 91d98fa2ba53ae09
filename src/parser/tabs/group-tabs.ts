import type { BlockContent, Data, DefinitionContent, Root, RootContent } from 'mdast'
import type { Position } from 'unist'
import type { TabForm, TabMark } from './marks.ts'

/** Tabs side by side, of which a reader follows one. */
export interface Tabs {
  readonly type: 'tabs'
  readonly children: Tab[]
  /** Why nobody can say where they begin or end: nothing in them is to run by itself. Null for sound ones. */
  readonly problem: string | null
  /** What is wrong, where all the same it is plain how they are meant. */
  readonly remark: string | null
  data?: Data | undefined
  position?: Position | undefined
}

export interface Tab {
  readonly type: 'tab'
  readonly name: string
  readonly form: TabForm
  readonly children: RootContent[]
  data?: Data | undefined
  position?: Position | undefined
}

declare module 'mdast' {
  interface RootContentMap {
    tabs: Tabs
    tab: Tab
  }
  interface BlockContentMap {
    tabs: Tabs
  }
}

/** The tree with tabs as nodes: in the page itself, in its items and in its quotes. */
export function groupTabs(root: Root, text: string, marks: readonly TabMark[]): Root {
  const items = new Map(marks.flatMap(mark => (mark.act === 'item' ? [[mark.start, mark]] : [])))
  return { ...root, children: inside(root.children, { text, marks: marks.filter(mark => mark.act !== 'item'), items }) }
}

interface Page {
  readonly text: string
  /** Those that stand for a node, in the order of the text. */
  readonly marks: readonly TabMark[]
  /** Those that begin an item, by where it begins. */
  readonly items: ReadonlyMap<number, TabMark>
}

function inside(nodes: readonly RootContent[], page: Page): RootContent[] {
  const grouped = page.marks.length > 0 ? byMarks(nodes, page) : nodes
  const indented = page.items.size > 0 ? byIndent(grouped, page) : grouped
  return byHeading(
    indented.map(node => deeper(node, page)),
    page,
  )
}

function deeper(node: RootContent, page: Page): RootContent {
  switch (node.type) {
    case 'list': {
      const children = node.children.map(item => ({ ...item, children: blocksOf(inside(item.children, page)) }))
      return { ...node, children }
    }
    case 'blockquote':
      return { ...node, children: blocksOf(inside(node.children, page)) }
    default:
      return node
  }
}

/** What stands in an item or a quote is grouped there, and stays what may stand there. */
function blocksOf(nodes: readonly RootContent[]): (BlockContent | DefinitionContent)[] {
  return nodes as (BlockContent | DefinitionContent)[]
}

interface Open {
  readonly mark: TabMark
  readonly at: Position | undefined
  readonly nodes: RootContent[]
}

/** Tabs that begin and end by a mark each. */
function byMarks(nodes: readonly RootContent[], page: Page): RootContent[] {
  const done: RootContent[] = []
  const open: Open[] = []
  let tooDeep = false
  const into = () => open.at(-1)?.nodes ?? done
  const end = (problem: string | null) => {
    const last = open.pop()
    if (last !== undefined) into().push(...ended(last, problem, page))
  }
  for (const node of nodes) {
    const marks = marksOf(node, page)
    if (marks.length === 0) into().push(node)
    for (const mark of marks) {
      const isNext = () => open.at(-1)?.mark.act === 'next' && open.at(-1)?.mark.form === mark.form
      if (mark.act === 'close' || mark.act === 'group-end') {
        if (mark.act === 'group-end' || mark.form === 'colons') while (isNext()) end(null)
        const at = open.findLastIndex(one => isEndOf(mark, one.mark))
        // A mere `:::` ends what is no tab as well.
        if (at === -1 && mark.form !== 'colons') strayEnd(into(), mark, page)
        while (at !== -1 && open.length > at + 1) end('one of these tabs is never ended')
        if (at !== -1) end(null)
        continue
      }
      if (mark.act === 'next' && isNext()) end(null)
      if (open.length < DEEPEST) open.push({ mark, at: node.position, nodes: [] })
      else tooDeep = true
    }
  }
  while (open.length > 0) {
    const { act } = open.at(-1)?.mark ?? {}
    end(act === 'plain' ? null : 'nothing ends these tabs where they begin')
  }
  const made = joined(done)
  if (!tooDeep) return made
  const from = Math.max(
    0,
    made.findIndex(node => node.type === 'tabs'),
  )
  const all = tabOf(UNNAMED, 'colons', made.slice(from))
  return [...made.slice(0, from), tabsOf([all], 'these tabs are nested too deep to be read')]
}

const DEEPEST = 20
const UNNAMED = 'a tab'

function isEndOf(end: TabMark, begin: TabMark): boolean {
  if (begin.form !== end.form || begin.act === 'next') return false
  return end.form === 'colons' || (end.act === 'group-end') === (begin.act === 'group')
}

/** One that nothing has begun here: what stands before it, up to the heading above, may be a tab that began in another place. */
function strayEnd(nodes: RootContent[], mark: TabMark, page: Page): void {
  const from = nodes.findLastIndex(node => node.type === 'heading' || node.type === 'tabs') + 1
  const before = nodes.splice(from)
  const written = page.text.slice(mark.start, mark.end)
  if (before.length > 0)
    nodes.push(tabsOf([tabOf(UNNAMED, mark.form, before)], `nothing begins here what \`${written}\` ends`))
}

/** What a mark that has been ended becomes among the nodes around it. */
function ended({ mark, at, nodes }: Open, problem: string | null, page: Page): RootContent[] {
  switch (mark.act) {
    case 'plain':
      return nodes
    case 'open':
    case 'next': {
      const tab = tabOf(mark.name, mark.form, inside(nodes, page), around(nodes) ?? at)
      return problem === null ? [tab] : [tabsOf([tab], problem)]
    }
    case 'fences': {
      const isFence = (node: RootContent) => node.type === 'code'
      const tabs = nodes.filter(isFence).map(node => tabOf(nameOfFence(node), mark.form, [node]))
      const others = nodes.filter(node => !isFence(node))
      return tabs.length === 0 ? others : [tabsOf(tabs, problem), ...others]
    }
    default: {
      const tabs = nodes.filter(node => node.type === 'tab')
      const others = nodes.filter(node => node.type !== 'tab')
      const isKnown = tabs.length > 0 || !others.some(node => node.type === 'code')
      if (problem === null && isKnown) return [...(tabs.length === 0 ? [] : [tabsOf(tabs, null)]), ...others]
      const all = tabOf(UNNAMED, mark.form, joined(nodes))
      return [tabsOf([all], problem ?? 'these tabs are of a form that is not known')]
    }
  }
}

function nameOfFence(node: RootContent): string {
  if (node.type !== 'code') return UNNAMED
  const said = /\[([^\]]+)\]|\b(?:title|label)=["']([^"']+)["']/.exec(node.meta ?? '')
  return said?.[1] ?? said?.[2] ?? node.meta ?? node.lang ?? UNNAMED
}

/** Tabs of one form that only comments part are one choice. */
function joined(nodes: readonly RootContent[]): RootContent[] {
  const done: RootContent[] = []
  let run: Tab[] = []
  const flush = () => {
    done.push(...asTabs(run))
    run = []
  }
  for (const node of nodes) {
    const last = run.at(-1)
    if (last !== undefined && node.type === 'html' && node.value.startsWith('<!--')) last.children.push(node)
    else if (node.type !== 'tab') {
      flush()
      done.push(node)
    } else {
      if (last !== undefined && last.form !== node.form) flush()
      run.push(node)
    }
  }
  flush()
  return done
}

/** Areas of one name are one tab; those whose names share a part, such as a version, do not exclude each other. */
function asTabs(run: readonly Tab[]): Tabs[] {
  const form = run[0]?.form
  if (form === undefined) return []
  if (form !== 'zone' && form !== 'moniker') return [tabsOf(run, null)]
  const tabs: Tab[] = []
  for (const tab of run) {
    const same = tabs.findIndex(one => one.name === tab.name)
    const before = tabs[same]
    if (before === undefined) tabs.push(tab)
    else tabs[same] = tabOf(tab.name, form, [...before.children, ...tab.children])
  }
  const parts = tabs.flatMap(tab => [...new Set(tab.name.replace(/^version /, '').split(/\s*(?:,|\|\|)\s*/))])
  return new Set(parts).size === parts.length ? [tabsOf(tabs, null)] : tabs.map(tab => tabsOf([tab], null))
}

/** Tabs that end with their indentation: bullets by now. */
function byIndent(nodes: readonly RootContent[], page: Page): RootContent[] {
  const done: RootContent[] = []
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]
    if (node === undefined) break
    const groups = itemsOf(node, page)
    if (groups === null) done.push(node)
    else if (groups.flat().every(tab => tab.children.length > 0)) done.push(...groups.map(tabs => tabsOf(tabs, null)))
    else {
      // The author has not indented what belongs to them: it may reach to the next heading.
      let end = index + 1
      while (end < nodes.length && nodes[end]?.type !== 'heading') end++
      const all = nodes
        .slice(index, end)
        .flatMap(one => itemsOf(one, page)?.flatMap(tabs => tabs.flatMap(tab => tab.children)) ?? [one])
      done.push(tabsOf([tabOf(UNNAMED, 'mkdocs', all)], 'what belongs to these tabs is not indented below them'))
      index = end - 1
    }
  }
  return done
}

function itemsOf(node: RootContent, page: Page): Tab[][] | null {
  if (node.type !== 'list') return null
  const groups: Tab[][] = []
  for (const item of node.children) {
    const start = item.position?.start.offset ?? -1
    const mark = page.items.get(start)
    if (mark === undefined) return null
    const tab = tabOf(mark.name, 'mkdocs', inside(withoutName(item.children), page))
    if (groups.length === 0 || page.text.startsWith('===!', start)) groups.push([tab])
    else groups.at(-1)?.push(tab)
  }
  return groups
}

/** The first line of the item is the name of the tab. */
function withoutName(nodes: readonly RootContent[]): RootContent[] {
  const [first, ...others] = nodes
  if (first?.type !== 'paragraph' || first.position === undefined) return [...nodes]
  const [text, ...rest] = first.children
  const line = text?.type === 'text' ? text.value.indexOf('\n') : -1
  if (text?.type !== 'text' || line === -1) return others
  const start = { ...first.position.start, line: first.position.start.line + 1 }
  const behind = { ...text, value: text.value.slice(line + 1) }
  return [{ ...first, children: [behind, ...rest], position: { ...first.position, start } }, ...others]
}

/**
 * Headings that are links to `#tab/name`: a tab reaches to the next one, and the last to a `---`, whatever headings stand
 * between. One above their level ends them too, as far as a person can see.
 */
function byHeading(nodes: readonly RootContent[], page: Page): RootContent[] {
  if (!nodes.some(node => tabName(node) !== null)) return [...nodes]
  const done: RootContent[] = []
  let tabs: Tab[] = []
  let depth = 0
  let leaves = false
  const flush = (isEnded: boolean, remark: string | null = null) => {
    if (tabs.length > 0) done.push(tabsOf(tabs.map(placed), isEnded || !leaves ? null : UNENDED, remark))
    tabs = []
    leaves = false
  }
  for (const node of nodes) {
    const name = tabName(node)
    if (tabs.length > 0 && node.type === 'heading' && node.depth < depth)
      flush(true, `${UNENDED}: it is read as their end`)
    if (name !== null && node.type === 'heading') {
      if (tabs.length === 0) depth = node.depth
      tabs.push(tabOf(name, 'docfx', [], node.position))
    } else if (tabs.length === 0) done.push(node)
    else if (node.type === 'thematicBreak' && page.text[node.position?.start.offset ?? 0] === '-') flush(true)
    else {
      if (node.type === 'heading' && node.depth === depth) leaves = true
      tabs.at(-1)?.children.push(node)
    }
  }
  flush(false)
  return done
}

const UNENDED = 'no `---` ends these tabs, and a heading follows them'

/** A tab from its heading to its last node. */
function placed(tab: Tab): Tab {
  const start = tab.position?.start
  const end = tab.children.at(-1)?.position?.end ?? tab.position?.end
  return start === undefined || end === undefined ? tab : { ...tab, position: { start, end } }
}

function tabName(node: RootContent): string | null {
  if (node.type !== 'heading') return null
  const [link, ...others] = node.children
  if (link?.type !== 'link' || !link.url.startsWith('#tab/') || others.some(isWritten)) return null
  const [, id = '', only] = link.url.slice(1).split('/')
  const name = link.children.map(child => ('value' in child ? child.value : '')).join('')
  return `${name.trim() === '' ? id : name.trim()}${only === undefined ? '' : ` (${only})`}`
}

function isWritten(node: { readonly type: string; readonly value?: string }): boolean {
  return node.type !== 'text' || node.value?.trim() !== ''
}

/** Marks that a node stands for. */
function marksOf(node: RootContent, { marks }: Page): readonly TabMark[] {
  if (node.type !== 'html' && node.type !== 'thematicBreak') return []
  const start = node.position?.start.offset ?? 0
  const end = node.position?.end.offset ?? 0
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((marks[middle]?.start ?? 0) < start) low = middle + 1
    else high = middle
  }
  let behind = low
  while ((marks[behind]?.end ?? Number.POSITIVE_INFINITY) <= end) behind++
  return marks.slice(low, behind)
}

function tabOf(name: string, form: TabForm, nodes: readonly RootContent[], position = around(nodes)): Tab {
  return { type: 'tab', name: name === '' ? UNNAMED : name, form, children: [...nodes], position }
}

function tabsOf(tabs: readonly Tab[], problem: string | null, remark: string | null = null): Tabs {
  return { type: 'tabs', children: [...tabs], problem, remark, position: around(tabs) }
}

function around(nodes: readonly RootContent[]): Position | undefined {
  const start = nodes.find(node => node.position !== undefined)?.position?.start
  const end = nodes.findLast(node => node.position !== undefined)?.position?.end
  return start === undefined || end === undefined ? undefined : { start, end }
}
