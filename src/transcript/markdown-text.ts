import { visible } from './visible.ts'

/** A fenced block whose fence is longer than any run of backticks inside, with the acting characters made visible. */
export function fenced(text: string, language = ''): string[] {
  const shown = visible(text.replace(/\n$/, ''), 'lines')
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map(run => run.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}${language}`, ...shown.split('\n'), fence]
}

/** One line of text as Markdown that means just this text: no markup, no HTML, no link. */
export function plain(text: string): string {
  const line = visible(text.replace(/\s*\n\s*/g, ' '))
  return (
    line
      .replace(/[\\`*_{}[\]<>#|~!&@]/g, '\\$&')
      // What turns into a link, a list or a rule by where it stands.
      .replace(/(https?|ftp|mailto):/gi, '$1\\:')
      .replace(/\bwww\./gi, 'www\\.')
      .replace(/^(\s*)([-+=]|\d+[.)])/, (_, space: string, mark: string) =>
        mark.length === 1 ? `${space}\\${mark}` : `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}`,
      )
  )
}
