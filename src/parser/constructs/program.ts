import { diagnostic } from '../../model/index.ts'
import type { FenceBlock } from '../blocks.ts'
import { readCondition } from '../conditions.ts'
import { type At, draft, type Reading, reading } from '../draft.ts'
import { plainTitle } from '../text/words.ts'
import { fenceKind } from './fence-kind.ts'
import { leadTitle } from './lead.ts'
import { settingsOf } from './script-block.ts'
import { isElsewhere } from './session.ts'
import { placeOf } from './text.ts'

/** Commands that a project's configuration names for the text of a block, by the tag of the block. */
export type Interpreters = Readonly<Record<string, readonly string[]>>

/** The tag whose interpreter runs this block: its own, or that of the program in its `#!` line. Null for every other block. */
export function programOf(interpreters: Interpreters, block: FenceBlock): string | null {
  const named = shebangOf(block.text)
  const bySheBang =
    named === null
      ? null
      : (Object.keys(interpreters).find(tag => tag === named || baseOf(interpreters[tag]?.[0]) === named) ?? null)
  const kind = fenceKind(block.language)
  if (kind === 'text') {
    const tag = block.language ?? ''
    if (!Object.hasOwn(interpreters, tag)) return null
    // A tag and a `#!` line that name different programs: which of them is meant, only its author knows.
    return named === null || bySheBang === tag ? tag : null
  }
  return kind === 'shell' || kind === 'untagged' ? bySheBang : null
}

/**
 * Rule R10 with a configuration: a block for an interpreter that the project names is a task, at least a change. Nothing enters its
 * text: what looks like a value to be filled in keeps it by hand.
 */
export function program(at: At, block: FenceBlock): Reading | null {
  const tag = programOf(at.page.interpreters, block)
  if (tag === null || isElsewhere(at, block) !== null) return null
  const command = at.page.interpreters[tag]?.join(' ') ?? tag
  const title = at.item?.title ?? leadTitle(at)
  const settings = settingsOf(at, block)
  const isOpen = PLACEHOLDER.test(block.text)
  const runs = !isOpen && !settings.manual
  const said = runs
    ? `a task by configuration: run by \`${command}\``
    : isOpen
      ? 'it holds what looks like a value to be filled in, and nothing enters the text of a program: by hand'
      : 'marked to be done by hand'
  const interaction = settings.interaction ?? 'none'
  return reading(
    [
      draft({
        kind: runs ? 'task' : 'manual',
        title: plainTitle(title),
        rule: 'R10',
        line: block.line,
        endLine: block.endLine,
        printed: at.item?.printed ?? null,
        language: tag,
        original: block.text,
        detail: runs ? [said] : block.text.split('\n'),
        blockRisk: 'change',
        when: readCondition(title).when ?? settings.when,
        interaction,
        timeoutMs: interaction === 'endless' ? null : settings.timeoutMs,
        aside: settings.aside,
        fixed: settings.fixed,
        program: runs ? { text: block.text, line: block.line + 1 } : null,
      }),
    ],
    { findings: [diagnostic(isOpen ? 'SO011' : 'SO013', placeOf(at, block), said, '')] },
  )
}

const PLACEHOLDER = /<[A-Za-z][\w .-]*>|\{\{[^}]*\}\}|\bYOUR[_-]|\[[A-Z][A-Z_ -]{2,}\]/

function shebangOf(text: string): string | null {
  const found = /^#!\s*(\S+)(?:[ \t]+(?:-S[ \t]+)?(\S+))?/.exec(text)
  if (found === null) return null
  const first = baseOf(found[1])
  return first === 'env' ? baseOf(found[2]) : first
}

function baseOf(path: string | undefined): string | null {
  return path?.split('/').at(-1) ?? null
}
