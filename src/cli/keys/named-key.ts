import { homedir } from 'node:os'
import { join } from 'node:path'
import { SignoffError } from '../../model/index.ts'
import { gitConfig, gitDefaultKey, gitPath } from '../../runner/local/index.ts'
import type { Config } from '../settings/config.ts'

export interface KeySources {
  /** `--key` */
  readonly flag: string | null
  readonly environment: NodeJS.ProcessEnv
  readonly config: Config
  readonly folder: string
}

/** A key as a person names it: a file, or a public key as it is, whose private half an agent holds. */
export type NamedKey =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'literal'; readonly publicText: string }

/**
 * The key a person signs with: `--key`, `SIGNOFF_KEY`, the user's own configuration, git's ssh signing key. Never
 * "the agent's first", and never what a repository names.
 * @throws {SignoffError} `KEY_MISSING` where git's command for a key gives none.
 */
export async function findKey({ flag, environment, config, folder }: KeySources): Promise<NamedKey | null> {
  // An empty variable is one that is not set.
  const named = flag ?? (environment.SIGNOFF_KEY || config.signingKey)
  if (named !== null && named !== '')
    return literalKey(named, ['key::']) ?? { kind: 'file', path: expandHome(named, environment) }
  if ((await gitConfig(folder, 'gpg.format')) !== 'ssh') return null
  const ofGit = await gitConfig(folder, 'user.signingKey')
  if (ofGit !== null && ofGit !== '') {
    const literal = literalKey(ofGit, ['key::', 'ssh-'])
    if (literal !== null) return literal
    const path = await gitPath(folder, 'user.signingKey')
    return path === null ? null : { kind: 'file', path }
  }
  const printed = await gitDefaultKey(folder)
  if (printed === null) return null
  const literal = literalKey(printed, ['key::', 'ssh-'])
  if (literal !== null) return literal
  throw new SignoffError('KEY_MISSING', `git's gpg.ssh.defaultKeyCommand printed no key: ${printed}`, {
    advice: 'expected "key::" and a public key; or name one by --key FILE',
  })
}

/** How a key is called where a person is to recognise it. */
export function nameOfKey(key: NamedKey): string {
  return key.kind === 'file' ? key.path : `key::${key.publicText}`
}

/** A public key itself, in the forms that git has for it: behind `key::`, and in older configurations the bare key. */
function literalKey(text: string, prefixes: readonly string[]): NamedKey | null {
  const prefix = prefixes.find(one => text.startsWith(one))
  if (prefix === undefined) return null
  return { kind: 'literal', publicText: (prefix === 'key::' ? text.slice(prefix.length) : text).trim() }
}

function expandHome(path: string, environment: NodeJS.ProcessEnv): string {
  return path.startsWith('~/') ? join(environment.HOME ?? homedir(), path.slice(2)) : path
}
