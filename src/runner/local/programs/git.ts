import { execa } from 'execa'

/** What a git command prints; null where it fails, or git is not there. */
export async function git(folder: string, ...args: string[]): Promise<string | null> {
  // No optional locks: looking at a repository must change nothing in it. Nor may a repository name a program that looks at it for git.
  const result = await execa('git', ['-C', folder, '-c', 'core.fsmonitor=false', ...args], {
    reject: false,
    stdin: 'ignore',
    env: { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
  })
  return result.failed ? null : result.stdout
}
