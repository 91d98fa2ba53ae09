import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { execa } from 'execa'

/**
 * Whether this machine has a program as a shell would look for it: a name on the PATH, a path from a folder.
 *
 * @param folder where relative paths begin.
 */
export function hasProgram(name: string, folder: string, environment: NodeJS.ProcessEnv): boolean {
  if (name.startsWith('~/')) return isExecutable(join(environment.HOME ?? homedir(), name.slice(2)))
  if (name.includes('/')) return isExecutable(resolve(folder, name))
  // An empty entry is the working directory.
  return (environment.PATH ?? '').split(delimiter).some(entry => isExecutable(resolve(folder, entry, name)))
}

/** What `ssh -V` says, such as 9.2; null where there is no ssh. */
export async function sshVersion(): Promise<number | null> {
  const result = await execa('ssh', ['-V'], { reject: false, stdin: 'ignore', all: true })
  const found = /OpenSSH_(\d+\.\d+)/.exec(result.all ?? '')
  return found === null ? null : Number(found[1])
}

/** The nearest folder above a path, or the path itself, that is there. */
export function nearestFolder(path: string): string {
  let at = resolve(path)
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at)
  return at
}

/** Bytes that this user may still write where a path lies or will lie; null where the system does not say. */
export function freeBytes(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(nearestFolder(path))
    return bavail * bsize
  } catch {
    return null
  }
}

/** Whether files can be made where a folder lies or will lie. Nothing is written to find out. */
export function isWritable(path: string): boolean {
  try {
    const folder = nearestFolder(path)
    accessSync(folder, constants.W_OK | constants.X_OK)
    return statSync(folder).isDirectory()
  } catch {
    return false
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
