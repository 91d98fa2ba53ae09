import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { git, gitWith } from './git.ts'
import { withoutFilters } from './git-filters.ts'
import { isLfsContent } from './lfs-content.ts'
import { type SubmodulePlace, submodulesOf } from './submodules.ts'

export interface WorkTree {
  /** What git cannot tell to be unchanged is changed. */
  readonly dirty: boolean
  /** Why files that may be unchanged count as changed, as a sentence without its end; null where git has seen all of it. */
  readonly unseen: string | null
}

/**
 * Whether a work tree differs from its commit, transcripts left out, with its submodules. Nothing that a repository's configuration names
 * is started for it: no filter is run over a file, and no git of its own in a submodule, each of which has a configuration too. What a
 * filter would have been needed for is looked at by ourselves where it is known how (git-lfs), and else counts as changed.
 */
export async function lookAtWorkTree(root: string): Promise<WorkTree> {
  const seen = await changesIn(root, { untracked: true, looked: new Set() })
  if (seen === null) return { dirty: true, unseen: 'git could not look at the work tree' }
  if (seen.changed || seen.unjudged.length === 0) return { dirty: seen.changed, unseen: null }
  const named = seen.unjudged.slice(0, NAMED).map(({ path, filter }) => `${path} (${filter})`)
  const more = seen.unjudged.length - named.length
  return {
    dirty: true,
    unseen: `no filter that git names for a file is run, and without it these may look changed: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}; where "git status" of your own finds nothing, it has git remember that`,
  }
}

const NAMED = 3

interface Changes {
  readonly changed: boolean
  /** Files of which only their filter could tell. */
  readonly unjudged: readonly Unjudged[]
}

interface Unjudged {
  readonly path: string
  readonly filter: string
}

interface Looking {
  readonly untracked: boolean
  /** The folders that were looked at: a submodule may lead back to one, and many to one another. */
  readonly looked: Set<string>
}

/** Null where git could not look. */
async function changesIn(folder: string, { untracked, looked }: Looking): Promise<Changes | null> {
  const place = await realpath(folder).catch(() => null)
  if (place === null) return null
  if (looked.has(place)) return { changed: false, unjudged: [] }
  looked.add(place)
  const [settings, submodules] = await Promise.all([withoutFilters(folder), submodulesOf(folder)])
  if (settings === null || submodules === null) return null
  // A submodule is looked into by a git of its own: that is done here, one by one. Renames would need the text of files.
  const flags = ['--porcelain=v2', '-z', '--no-renames', '--ignore-submodules=dirty']
  const which = untracked ? flags : [...flags, '--untracked-files=no']
  const status = await gitWith({ settings }, folder, 'status', ...which, '--', '.', ...TRANSCRIPTS)
  if (status === null) return null
  const told = status
    .split('\0')
    .filter(line => line !== '')
    .filter(line => !isIgnoredSubmodule(line, submodules))
  const texts = told.map(textOnly)
  if (texts.includes(null)) return { changed: true, unjudged: [] }
  const inFiles = await judgedFiles(folder, texts as FileText[])
  if (inFiles === null || inFiles.changed) return inFiles
  const unjudged = [...inFiles.unjudged]
  for (const { path, ignore } of submodules.filter(one => one.ignore === 'none' || one.ignore === 'untracked')) {
    // Without its own git folder it is not there, and a git that is asked in it answers for the folder around it.
    if (!(await isThere(join(folder, path, '.git')))) continue
    const inside = await changesIn(join(folder, path), { untracked: ignore === 'none', looked })
    if (inside === null || inside.changed) return inside
    unjudged.push(...inside.unjudged.map(one => ({ ...one, path: `${path}/${one.path}` })))
  }
  return { changed: false, unjudged }
}

const TRANSCRIPTS = [':(exclude,glob)**/.signoff/transcripts/**', ':(exclude,glob).signoff/transcripts/**']

/** A file whose text is not that of the index, as far as git sees it without a filter. */
interface FileText {
  readonly blob: string
  readonly path: string
}

/** `1 .M N... 100644 100644 100644 HEAD INDEX path`: only the text of a file differs, from an index that is its commit; else null. */
function textOnly(line: string): FileText | null {
  const found = /^1 \.M N\.\.\. \d+ (\d+) (\d+) [0-9a-f]+ ([0-9a-f]+) (.*)$/s.exec(line)
  const [, before, now, blob = '', path = ''] = found ?? []
  return found === null || before !== now ? null : { blob, path }
}

/** Another commit in a submodule of which all is to be ignored. */
function isIgnoredSubmodule(line: string, submodules: readonly SubmodulePlace[]): boolean {
  const path = /^1 \.M S\S* (?:\d+ ){3}(?:[0-9a-f]+ ){2}(.*)$/s.exec(line)?.[1]
  return path !== undefined && submodules.some(one => one.path === path && one.ignore === 'all')
}

async function judgedFiles(folder: string, files: readonly FileText[]): Promise<Changes | null> {
  if (files.length === 0) return { changed: false, unjudged: [] }
  const input = files.map(({ path }) => `${path}\0`).join('')
  const said = await gitWith({ input }, folder, 'check-attr', '-z', '--stdin', 'filter')
  if (said === null) return null
  // path, "filter", value: by three.
  const values = said.split('\0').filter((_, index) => index % 3 === 2)
  const filtered = files.map((file, index) => ({ ...file, filter: values[index] ?? 'unspecified' }))
  // Without a filter git has compared what it would compare: it is changed.
  if (filtered.some(({ filter }) => NO_FILTER.has(filter))) return { changed: true, unjudged: [] }
  const unjudged: Unjudged[] = []
  for (const { path, blob, filter } of filtered) {
    const same = filter === 'lfs' ? await isLfsContent(await textOf(folder, blob), join(folder, path)) : null
    if (same === false) return { changed: true, unjudged: [] }
    if (same === null) unjudged.push({ path, filter })
  }
  return { changed: false, unjudged }
}

const NO_FILTER: ReadonlySet<string> = new Set(['unspecified', 'unset', 'set'])

/** A pointer of git-lfs is no longer than that (docs/spec.md of git-lfs). */
const POINTER_BYTES = 1024

async function textOf(folder: string, blob: string): Promise<string> {
  const size = Number(await git(folder, 'cat-file', '-s', blob))
  if (!(size <= POINTER_BYTES)) return ''
  return (await gitWith({ whole: true }, folder, 'cat-file', 'blob', blob)) ?? ''
}

function isThere(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  )
}
