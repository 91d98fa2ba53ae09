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
  const line = visible(text.replace(/\s*\n\s*/g, ' '))
  let done = ''
  let from = 0
  for (const { 0: found, index } of line.matchAll(ADDRESS)) {
    done += `${escaped(line.slice(from, index))}\`${found}\``
    from = index + found.length
  }
  return (
    (done + escaped(line.slice(from)))
      // What turns into a list or a rule by standing first.
      .replace(/^(\s*)([-+=]|\d+[.)])/, (_, space: string, mark: string) =>
        mark.length === 1 ? `${space}\\${mark}` : `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`,
      )
  )
}

const ADDRESS = /[^\s|`\\]*(?:@|:\/\/|www\.)[^\s|`\\]*[^\s|`\\.,;:!?)]/gi

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&')
}
