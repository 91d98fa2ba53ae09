import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { SignoffError } from '../../model/index.ts'

/** Where things lie. Only paths are computed here; nothing is read or made. */
export interface Workspace {
  /** The `.signoff` folder. */
  readonly root: string
  readonly exists: boolean
  readonly signers: string
  readonly revoked: string
  readonly config: string
  readonly transcripts: string
  readonly inbox: string
}

/** `.signoff` is looked for upwards from a folder, then at the root of its git repository, then in the folder itself. */
export function findWorkspace(from: string): Workspace {
  const start = resolve(from)
  const above = ancestors(start)
  const found = above.find(folder => existsSync(join(folder, '.signoff')))
  const repository = above.find(folder => existsSync(join(folder, '.git')))
  return workspaceAt(join(found ?? repository ?? start, '.signoff'))
}

export function workspaceAt(root: string): Workspace {
  return {
    root,
    exists: existsSync(root),
    signers: join(root, 'allowed_signers'),
    revoked: join(root, 'revoked_keys'),
    config: join(root, 'config.yaml'),
    transcripts: join(root, 'transcripts'),
    inbox: join(root, 'inbox'),
  }
}

/** The folder that holds `.signoff`. */
export function projectOf(workspace: Workspace): string {
  return dirname(workspace.root)
}

/** State of runs that are under way: claims, spools, locks. Per user, outside every repository. */
export function stateFolder(environment: NodeJS.ProcessEnv, run: string): string {
  return join(baseFolder(environment, 'XDG_STATE_HOME', '.local/state'), 'signoff', run)
}

/** The user's own configuration: the signing key is named here, never by a repository. */
export function configFolder(environment: NodeJS.ProcessEnv): string {
  return join(baseFolder(environment, 'XDG_CONFIG_HOME', '.config'), 'signoff')
}

function baseFolder(environment: NodeJS.ProcessEnv, name: string, fallback: string): string {
  const set = environment[name]
  // The specification says that a relative path there is to be ignored.
  if (set?.startsWith('/')) return set
  const home = environment.HOME ?? homedir()
  if (!home)
    throw new SignoffError(
      'STATE_UNWRITABLE',
      `neither ${name} nor HOME is set; there is no place for the state of a run`,
    )
  return join(home, fallback)
}

function ancestors(folder: string): string[] {
  const list = [folder]
  for (let at = folder; dirname(at) !== at; at = dirname(at)) list.push(dirname(at))
  return list
}
