import type { Root } from 'mdast'
import { type Diagnostic, diagnostic } from '../../model/index.ts'
import type { PageDraft, SectionDraft } from '../sections.ts'
import type { Source } from '../text/source.ts'
import { asMaskCommand, isMaskFile } from './mask.ts'
import { asXcTask, isSameName, xcTasks } from './xc.ts'

/**
 * What `Requires:`, `Inputs:` and `**OPTIONS**` say, in the files of xc and mask only (section 3 of the rules). The tasks of
 * such a file are commands of their own, so it is a catalog.
 */
export interface TaskFile {
  readonly phases: readonly SectionDraft[]
  readonly isTaskFile: boolean
  readonly diagnostics: readonly Diagnostic[]
}

export function readTaskFile(draft: PageDraft, root: Root, source: Source, path: string): TaskFile {
  if (isMaskFile(path, draft.phases)) return { phases: draft.phases.map(asCommands), isTaskFile: true, diagnostics: [] }
  const tasks = xcTasks(root, source, draft.phases)
  if (tasks.length === 0) return { phases: draft.phases, isTaskFile: false, diagnostics: [] }
  const read = new Map(tasks.map(one => [one, { ...one, ...asXcTask(one), metadata: [] }]))
  return {
    phases: draft.phases.map(phase => replaced(phase, read)),
    isTaskFile: true,
    diagnostics: unmet([...read.values()]),
  }
}

function asCommands(section: SectionDraft): SectionDraft {
  const hasScript = section.blocks.some(block => block.kind === 'fence')
  const children = section.children.map(asCommands)
  return hasScript ? { ...section, ...asMaskCommand(section), children } : { ...section, children }
}

function replaced(section: SectionDraft, by: ReadonlyMap<SectionDraft, SectionDraft>): SectionDraft {
  return by.get(section) ?? { ...section, children: section.children.map(child => replaced(child, by)) }
}

/** A task that requires none of the file, or itself in the end: no order could be had. */
function unmet(tasks: readonly SectionDraft[]): Diagnostic[] {
  const named = (name: string) => tasks.find(one => isSameName(one.title, name))
  const leadsTo = (from: SectionDraft, to: SectionDraft, seen: ReadonlySet<SectionDraft>): boolean =>
    (from.task?.requires ?? []).some(({ name }) => {
      const next = named(name)
      return next !== undefined && (next === to || (!seen.has(next) && leadsTo(next, to, new Set([...seen, next]))))
    })
  return tasks.flatMap(section =>
    (section.task?.requires ?? []).flatMap(({ name, place }) => {
      const required = named(name)
      const problem =
        required === undefined
          ? `"${section.title}" requires "${name}", which is no task of this file`
          : leadsTo(section, section, new Set())
            ? `"${section.title}" requires "${name}", which requires it in turn`
            : null
      return problem === null ? [] : [diagnostic('SO033', place, problem, 'name a task as its heading does')]
    }),
  )
}
