import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { git } from './git.ts'
import { lookAtWorkTree } from './work-tree.ts'

/** What git says of the place a runbook lies in. */
export interface GitFacts {
  readonly root: string
  readonly commit: string | null
  readonly tag: string | null
  readonly tree: string | null
  /** Without user name and password. */
  readonly remote: string | null
  /** Uncommitted changes, transcripts left out. What git cannot tell to be unchanged is changed. */
  readonly dirty: boolean
  /** Why what may be unchanged counts as changed, as a sentence without its end; null where git has seen all of it. */
  readonly unseen: string | null
}

/** Asks git about a folder; null outside a repository or without git. */
export async function gitFacts(folder: string): Promise<GitFacts | null> {
  const root = await git(folder, 'rev-parse', '--show-toplevel')
  if (root === null) return null
  const [commit, tree, tag, remote, workTree] = await Promise.all([
    git(folder, 'rev-parse', '--verify', '-q', 'HEAD'),
    git(folder, 'rev-parse', '--verify', '-q', 'HEAD^{tree}'),
    git(folder, 'describe', '--tags', '--exact-match', 'HEAD'),
    git(folder, 'config', '--get', 'remote.origin.url'),
    lookAtWorkTree(root),
  ])
  return {
    root,
    commit,
    tag,
    tree,
    remote: remote === null ? null : withoutCredentials(remote),
    dirty: workTree.dirty,
    unseen: workTree.unseen,
  }
}

/** Whether git would change line ends of a file at this path: null outside a work tree, or without git. */
export async function convertsLineEnds(folder: string, path: string): Promise<boolean | null> {
  if ((await git(folder, 'rev-parse', '--is-inside-work-tree')) !== 'true') return null
  const said = await git(folder, 'check-attr', 'text', '--', path)
  return said === null ? null : !said.endsWith(': unset')
}

/** Whether HEAD has exactly this text in a file; null where it lies in no repository with a commit, or without git. */
export async function isCommitted(path: string, text: string): Promise<boolean | null> {
  const folder = dirname(path)
  const there = await git(folder, 'rev-parse', '--verify', '-q', `HEAD:./${basename(path)}`)
  if (there === null) return (await git(folder, 'rev-parse', '--verify', '-q', 'HEAD')) === null ? null : false
  const bytes = Buffer.from(text)
  const algorithm = there.length === 64 ? 'sha256' : 'sha1'
  return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === there
}

function withoutCredentials(remote: string): string {
  return remote.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')
}
