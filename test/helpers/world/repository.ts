import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'

export interface Repository {
  /** The bare repository that `origin` names. */
  readonly origin: string
  /** The clone in which people work. */
  readonly clone: string
  /** Runs git in the clone and gives what it printed. */
  git(...args: string[]): Promise<string>
  /** Runs git in the bare repository. */
  originGit(...args: string[]): Promise<string>
}

/**
 * A real bare repository and a real clone of it, on branch `main`, with one commit that is pushed.
 *
 * @param files path inside the clone to content.
 * @param env the environment that git runs in: a HOME of its own, so that nobody's configuration takes part.
 */
export async function makeRepository(
  root: string,
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<Repository> {
  const origin = join(root, 'origin.git')
  const clone = join(root, 'clone')
  const run = async (cwd: string, args: readonly string[]): Promise<string> =>
    (await execa('git', args, { cwd, env, extendEnv: false })).stdout
  await run(root, ['-c', 'init.defaultBranch=main', 'init', '--quiet', '--bare', '--template=', origin])
  await run(root, ['-c', 'init.defaultBranch=main', 'clone', '--quiet', '--template=', origin, clone])
  await run(clone, ['config', 'user.name', 'Kim Lee'])
  await run(clone, ['config', 'user.email', 'kim@localhost'])
  writeFiles(clone, files)
  await run(clone, ['add', '--all'])
  await run(clone, ['commit', '--quiet', '--no-gpg-sign', '-m', 'Begin'])
  await run(clone, ['push', '--quiet', 'origin', 'HEAD:main'])
  return { origin, clone, git: (...args) => run(clone, args), originGit: (...args) => run(origin, args) }
}

/** Writes files into a folder, with the folders that they need. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
