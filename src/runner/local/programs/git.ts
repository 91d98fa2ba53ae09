import { spawn } from 'node:child_process'

/**
 * What a git command prints, without its last line end; null where it fails, or git is not there. By Node's own means: every `verify`
 * asks git, and has no other use for execa, which takes as long to load as git to answer.
 */
export function git(folder: string, ...args: string[]): Promise<string | null> {
  return new Promise(resolve => {
    // Nor may a repository name a program that looks at it for git.
    const child = spawn('git', ['-C', folder, '-c', 'core.fsmonitor=false', ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
      // No optional locks: looking at a repository must change nothing in it.
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    })
    const printed: Buffer[] = []
    child.stdout.on('data', piece => printed.push(piece))
    child.on('error', () => resolve(null))
    child.on('close', code => resolve(code === 0 ? Buffer.concat(printed).toString('utf8').replace(/\n$/, '') : null))
  })
}
