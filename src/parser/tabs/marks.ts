/** Where the author of a page begins or ends a tab, in one of the forms that generators of documentation read. */
export interface TabMark {
  /** Offsets into the text, end exclusive. */
  readonly start: number
  readonly end: number
  /**
   * `open` and `close` stand around one tab, `group` and `group-end` around several; `next` begins a tab that the next one
   * ends; `item` begins one that ends with its indentation; `fences` and `close` stand around blocks of which each is a tab;
   * `plain` and `close` around what is none.
   */
  readonly act: 'open' | 'close' | 'group' | 'group-end' | 'next' | 'item' | 'fences' | 'plain'
  readonly form: TabForm
  /** What the tab is called; empty for an end. */
  readonly name: string
}

export type TabForm = 'docfx' | 'mkdocs' | 'zone' | 'moniker' | 'colons' | 'gitlab' | 'jsx' | 'shortcode'

/** True for a text that may hold tabs, by such marks or by headings: most hold none, and are read once. */
export function mayHoldTabs(text: string): boolean {
  return text.includes('](#tab/') || /^[ \t>]*(?:={3}|:{2}|@tab\b|<\/?[A-Z]|\{\{[<%]|\{%)/m.test(text)
}

/** All marks of a text that stand at the beginning of a line, or behind another one, in their order. */
export function tabMarks(text: string): TabMark[] {
  const found: TabMark[] = []
  for (const { 0: line, index } of text.matchAll(/^.*$/gm)) {
    let at = index + (/^[ \t>]*/.exec(line)?.[0].length ?? 0)
    for (let mark = markAt(text, at, index + line.length); mark !== null; ) {
      // A tag over several lines reaches beyond this one.
      if (mark.start >= (found.at(-1)?.end ?? 0)) found.push(mark)
      at = mark.end
      at += /^[ \t]*/.exec(text.slice(at, at + 80))?.[0].length ?? 0
      mark = at < index + line.length ? markAt(text, at, index + line.length) : null
    }
  }
  // Where no colons begin a tab, those around a note are let be.
  const isColons = (mark: TabMark) => mark.form === 'colons'
  const beginsTab = (mark: TabMark) => isColons(mark) && mark.act !== 'plain' && mark.act !== 'close'
  return found.some(beginsTab) ? found : found.filter(mark => !isColons(mark))
}

function markAt(text: string, start: number, lineEnd: number): TabMark | null {
  const line = text.slice(start, lineEnd)
  switch (line[0]) {
    case '=':
    case ':':
    case '@':
      return ofLine(line, start)
    case '<':
      return tag(text, start)
    case '{':
      return shortcode(line, start)
    default:
      return null
  }
}

/** Marks that have a line of their own. */
function ofLine(line: string, start: number): TabMark | null {
  const end = start + line.trimEnd().length
  const made = (act: TabMark['act'], form: TabForm, name = ''): TabMark => ({ start, end, act, form, name })
  const item = /^===[!+]{0,2} +(["'])(.*)\1\s*$/.exec(line)
  if (item !== null) return made('item', 'mkdocs', nameIn(item[2] ?? ''))
  const area = /^:{3,}\s*(zone|moniker)(-end)?\b(.*)$/i.exec(line)
  if (area !== null) {
    const form = area[1]?.toLowerCase() === 'zone' ? 'zone' : 'moniker'
    if (area[2] !== undefined) return made('close', form)
    const name = attribute(area[3] ?? '', 'pivot|range') ?? nameIn(area[3] ?? '')
    return made('open', form, form === 'zone' ? name : `version ${name}`)
  }
  if (/^::Tabs\s*$/.test(line)) return made('group', 'gitlab')
  if (/^::EndTabs\s*$/.test(line)) return made('group-end', 'gitlab')
  const next = /^(?::::TabTitle|@tab(?::\w+)?)\s+(\S.*)$/.exec(line)
  if (next !== null) return made('next', line.startsWith('@') ? 'colons' : 'gitlab', nameIn(next[1] ?? ''))
  if (/^:{3,}\s*(?:code-group|code-tabs)\b/.test(line)) return made('fences', 'colons')
  if (/^:{3,}\s*(?:tabs\b|\{tab-set\})/.test(line)) return made('group', 'colons')
  const set = /^:{3,}\s*\{tab-item\}\s*(.*)$/.exec(line)
  if (set !== null) return made('open', 'colons', nameIn(set[1] ?? ''))
  if (/^:{3,}\s*$/.test(line)) return made('close', 'colons')
  return /^:{3,}\s*\{?[a-z][^:]*$/i.test(line) ? made('plain', 'colons') : null
}

/** `<TabItem value="npm" label="npm">`, over several lines too. */
function tag(text: string, start: number): TabMark | null {
  const head = /^<(\/?)(Tabs?|TabItem|TabPanel|Tabs\.Tab|CodeGroup|CodeTabs)(?=[\s>])/.exec(
    text.slice(start, start + 40),
  )
  if (head === null) return null
  const end = endOfTag(text, start + head[0].length)
  if (end === null) return null
  const isTab = /^(?:Tab|TabItem|TabPanel|Tabs\.Tab)$/.test(head[2] ?? '')
  const isFences = /^Code/.test(head[2] ?? '')
  const made = (act: TabMark['act'], name = ''): TabMark => ({ start, end, act, form: 'jsx', name })
  if (head[1] === '/') return made(isTab || isFences ? 'close' : 'group-end')
  const said = text.slice(start + head[0].length, end)
  if (!isTab) return made(isFences ? 'fences' : 'group')
  return made('open', attribute(said, 'label|title|header|heading|name') ?? attribute(said, 'value') ?? 'a tab')
}

/** Behind the `>` that ends a tag: not one within quotes or braces. Null where none does within a screenful. */
function endOfTag(text: string, from: number): number | null {
  let depth = 0
  let quote = ''
  for (let at = from; at < Math.min(text.length, from + 2000); at++) {
    const char = text[at] ?? ''
    if (quote !== '') quote = char === quote ? '' : quote
    else if (char === '"' || char === "'" || char === '`') quote = char
    else if (char === '{') depth++
    else if (char === '}') depth--
    else if (char === '>' && depth <= 0) return text[at - 1] === '/' ? null : at + 1
  }
  return null
}

/** `{{< tab "npm" >}}` of Hugo, `{% tab title="npm" %}` of GitBook and Jekyll. */
function shortcode(line: string, start: number): TabMark | null {
  const found =
    /^\{\{[<%]\s*(\/?)\s*(tabs?|tabpane|tab-?item|codetabs)\b([^}]*?)\s*[>%]\}\}/.exec(line) ??
    /^\{%-?\s*(end)?(tabs?)\b([^%]*?)-?%\}/.exec(line)
  if (found === null) return null
  const [whole, ends, word = '', said = ''] = found
  const isTab = /^tab(?:-?item)?$/.test(word)
  const isEnd = ends !== undefined && ends !== ''
  return {
    start,
    end: start + whole.length,
    act: isEnd ? (isTab ? 'close' : 'group-end') : isTab ? 'open' : 'group',
    form: 'shortcode',
    name: attribute(said, 'name|title|header|label|tabName') ?? nameIn(/(["'])(.*?)\1/.exec(said)?.[2] ?? said),
  }
}

function attribute(said: string, names: string): string | null {
  const value = new RegExp(String.raw`(?:^|\s)(?:${names})\s*=\s*\{?(["'])(.*?)\1`, 'is').exec(said)?.[2]
  return value === undefined || value.trim() === '' ? null : nameIn(value)
}

/** Without the marks of icons and code. */
function nameIn(text: string): string {
  return text
    .replace(/:[a-z][\w-]+:/g, '')
    .replace(/[`*]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
