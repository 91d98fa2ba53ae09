import { oneLine } from '../encoding/one-line.ts'
import { visible } from '../encoding/visible.ts'

/** A fenced block whose fence is longer than any run of backticks inside, with the acting characters made visible. */
export function fenced(text: string, language = ''): string {
  const shown = visible(text.replace(/\n$/, ''), 'lines')
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map(run => run.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}${language}`, shown, fence].join('\n')
}

/**
 * One line of text as Markdown that means just this text: no markup, no HTML, no link. Addresses stand in code spans, since
 * renderers make links of them whatever is escaped.
 */
export function plain(text: string): string {
  const line = visible(oneLine(text))
  let done = ''
  let from = 0
  for (const { 0: word, index } of line.matchAll(WORD)) {
    const found = addressIn(word)
    if (found === null) continue
    const start = index + found.start
    const end = index + found.end
    done += `${escaped(line.slice(from, start))}\`${line.slice(start, end)}\``
    from = end
  }
  return (
    (done + escaped(line.slice(from)))
      // What turns into a list or a rule by standing first.
      .replace(/^(\s*)([-+=]|\d+[.)])/, (_, space: string, mark: string) =>
        mark.length === 1 ? `${space}\\${mark}` : `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`,
      )
  )
}

/** What an address ends at, if not at a space. It is looked for word by word, so that a long line takes no longer than its length. */
const WORD = /[^\s|`\\"']+/g
const ADDRESS = /@|:\/\/|www\./i
const OPENING = ['(', '[', '{', '<']
const TRAILING: ReadonlySet<string> = new Set('.,;:!?)]}>')

/** Where the address in a word is, without the brackets and stops around it; null where the word has none. */
function addressIn(word: string): { readonly start: number; readonly end: number } | null {
  const mark = ADDRESS.exec(word)
  if (mark === null) return null
  const inside = mark.index + mark[0].length
  let end = word.length
  while (end > inside && TRAILING.has(word.charAt(end - 1)) && !closesName(word, inside, end)) end--
  if (end === inside) return null
  const start = 1 + Math.max(...OPENING.map(bracket => word.lastIndexOf(bracket, mark.index)))
  return { start, end }
}

/** Whether a `<name>`, which a runbook writes for what is to be filled in, ends there: it is a part of the address. */
function closesName(word: string, from: number, end: number): boolean {
  return word.charAt(end - 1) === '>' && /<[\w-]{1,60}>$/.test(word.slice(Math.max(from, end - 62), end))
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&')
}
