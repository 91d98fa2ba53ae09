import { readFile } from 'node:fs/promises'

/** The revocation file, null where none is configured. One that is there and cannot be read is an error. */
export async function readRevoked(path: string): Promise<Uint8Array | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}
