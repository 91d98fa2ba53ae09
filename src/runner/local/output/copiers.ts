import { isAlive, readStatus } from '../claims/claim.ts'

/**
 * Ends the copiers: what still comes is counted by the shell that started them, and thrown away. Whoever holds the pipes can go on
 * writing: without a reader it would be killed.
 */
export function letGo(claim: string): void {
  for (const copier of Object.values(readStatus(claim).copiers)) {
    if (copier === null || !isAlive(copier)) continue
    try {
      process.kill(copier.pid, 'SIGTERM')
    } catch {
      // It ended between the two looks.
    }
  }
}
