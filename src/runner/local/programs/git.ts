import { spawn } from 'node:child_process'

/** What a git command prints, without its last line end; null where it fails, or git is not there. */
export function git(folder: string, ...args: string[]): Promise<string | null> {
  return gitWith({}, folder, ...args)
}

export interface GitCall {
  /** Settings that override those of every file: `-c NAME=VALUE`. */
  readonly settings?: readonly string[]
  readonly input?: string
  /** With the line end at the end of what it prints. */
  readonly whole?: boolean
}

/**
 * The same, with settings of one's own, and something to read. By Node's own means: every `verify` asks git, and has no other use for
 * execa, which takes as long to load as git to answer.
 */
export function gitWith(call: GitCall, folder: string, ...args: string[]): Promise<string | null> {
  const { settings = [], input = null, whole = false } = call
  const overridden = [...INERT, ...settings].flatMap(setting => ['-c', setting])
  return new Promise<string | null>(resolve => {
    const child = spawn('git', ['-C', folder, ...overridden, ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, ...ENVIRONMENT },
    })
    const printed: Buffer[] = []
    child.stdout.on('data', piece => printed.push(piece))
    child.on('error', () => resolve(null))
    child.on('close', code => {
      const text = Buffer.concat(printed).toString('utf8')
      resolve(code !== 0 ? null : whole ? text : text.replace(/\n$/, ''))
    })
    // It may end before it has read all: that is told by its code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
    // More settings than one call can hold are thrown, and not told as an error of the child.
  }).catch(() => null)
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
