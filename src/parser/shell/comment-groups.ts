import { optionMarkOf, readComment } from './comment-words.ts'
import { linesOf, type ScriptLine } from './lines.ts'
import { readShell } from './syntax.ts'

/** A part of a block that is led by a comment and set apart by blank lines (R12). Offsets are UTF-16 units, end exclusive. */
export interface CommentGroup {
  /** From its first line to the end of its last line that is not blank. */
  readonly start: number
  readonly end: number
  /** Null only for a first group that no comment leads. */
  readonly titleLine: string | null
  readonly number: string | null
  /** The further comment lines before its first command, without `#`. */
  readonly detail: string[]
  readonly commands: boolean
  /** Set where its title says by itself that it is one of several alternatives: `Or …`, `Option 2: …`. */
  readonly isOption: { readonly label: string } | null
  /** Every comment line of its own, the title too: offset of its `#`, text without it. */
  readonly comments: { readonly offset: number; readonly text: string }[]
}

/** The comment groups of a script, in order. A script without any command or comment has none. */
export function commentGroups(script: string): CommentGroup[] {
  return groupLines(linesOf(readShell(script))).map(toGroup)
}

/** Lines by group: a run of lines led by a comment after a blank line, with the runs behind it that no comment leads. */
export function groupLines(lines: readonly ScriptLine[]): ScriptLine[][] {
  const groups: ScriptLine[][] = []
  let afterBlank = true
  for (const line of lines) {
    if (line.kind === 'blank') {
      afterBlank = true
      continue
    }
    const group = groups.at(-1)
    if (group === undefined || (afterBlank && line.kind === 'comment')) groups.push([line])
    else group.push(line)
    afterBlank = false
  }
  return groups
}

function toGroup(lines: readonly ScriptLine[]): CommentGroup {
  const comments = lines
    .filter(line => line.kind === 'comment')
    .map(line => ({ offset: line.start + line.text.indexOf('#'), text: line.text.replace(/^\s*#+\s?/, '').trimEnd() }))
  const firstCode = lines.findIndex(line => line.kind !== 'comment')
  const lead = (firstCode === -1 ? lines : lines.slice(0, firstCode)).map(line => readComment(line.text))
  const [title, ...detail] = lead.filter(comment => comment.text !== '')
  const mark = title === undefined ? null : optionMarkOf(title.text)
  return {
    start: lines[0]?.start ?? 0,
    end: lines.at(-1)?.end ?? 0,
    titleLine: title?.text ?? null,
    number: title?.number ?? null,
    detail: detail.map(withNumber),
    commands: firstCode !== -1,
    isOption: mark?.kind === 'or' || mark?.kind === 'numbered' ? { label: mark.label } : null,
    comments,
  }
}

function withNumber(comment: { readonly text: string; readonly number: string | null }): string {
  return comment.number === null ? comment.text : `${comment.number}. ${comment.text}`
}
