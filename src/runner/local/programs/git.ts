import { execa } from 'execa'

/** What a git command prints; null where it fails, or git is not there. */
export function git(folder: string, ...args: string[]): Promise<string | null> {
  return gitWith({}, folder, ...args)
}

export interface GitCall {
  /** Settings that override those of every file: `-c NAME=VALUE`. */
  readonly settings?: readonly string[]
  readonly input?: string
  /** To the last byte, the newline at its end too. */
  readonly whole?: boolean
}

/** The same, with settings of one's own, and something to read. */
export async function gitWith(call: GitCall, folder: string, ...args: string[]): Promise<string | null> {
  const settings = [...INERT, ...(call.settings ?? [])].flatMap(setting => ['-c', setting])
  const result = await execa('git', ['-C', folder, ...settings, ...args], {
    reject: false,
    ...(call.input === undefined ? { stdin: 'ignore' } : { input: call.input }),
    stripFinalNewline: call.whole !== true,
    env: ENVIRONMENT,
  })
  return result.failed ? null : result.stdout
}

/**
 * A repository that somebody unpacked may name programs in its own configuration. None of them is started for us: not one that looks at
 * files for git, not a hook (some builds of git have them for every command). Filters are named, and seen to where files are looked at.
 */
const INERT = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.virtualFilesystem=']

const ENVIRONMENT = {
  // Looking at a repository must change nothing in it.
  GIT_OPTIONAL_LOCKS: '0',
  // Nor is what a partial clone lacks fetched: by any ssh, helper or command that its configuration names. Older builds know the second.
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: '',
  LC_ALL: 'C',
}
