import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { userInfo } from 'node:os'

/** The name of the account that this process runs under; its number where it has no name, as in many containers. */
export function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`
  }
}

/** The name that this machine's own list of accounts has for a number; the number where it has none. */
export function nameOfAccount(uid: number): string {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
    const line = lines.find(candidate => candidate.split(':')[2] === String(uid))
    return line?.split(':')[0] ?? `uid ${uid}`
  } catch {
    return `uid ${uid}`
  }
}

/** The account that a file belongs to; null where nobody here can see that. */
export async function ownerOf(path: string): Promise<string | null> {
  try {
    return nameOfAccount((await stat(path)).uid)
  } catch {
    return null
  }
}
