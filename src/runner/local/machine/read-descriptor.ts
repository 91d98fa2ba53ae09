import { close, fstat, read, readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const PAUSE_MS = 10
const readSome = promisify(read)
const look = promisify(fstat)

/**
 * Reads an inherited descriptor (a pipe, a socket, a file) to its end, and closes it unless it is one of the first three: no
 * script may find it open.
 *
 * @throws {RangeError} where it holds more than `mostBytes`; what the system says where it cannot be read.
 */
export async function readDescriptor(descriptor: number, mostBytes: number): Promise<Buffer> {
  if (!(await isInherited(descriptor)))
    throw Object.assign(new Error('no such descriptor was handed over'), { code: 'EBADF' })
  const parts: Buffer[] = []
  let size = 0
  try {
    for (;;) {
      const part = await readPart(descriptor)
      if (part.length === 0) return Buffer.concat(parts)
      parts.push(part)
      size += part.length
      if (size > mostBytes) throw new RangeError(`more than ${mostBytes} bytes`)
    }
  } finally {
    if (descriptor > 2) close(descriptor, () => undefined)
  }
}

async function readPart(descriptor: number): Promise<Buffer> {
  const buffer = Buffer.alloc(65_536)
  for (;;) {
    try {
      const { bytesRead } = await readSome(descriptor, buffer, 0, buffer.length, null)
      return buffer.subarray(0, bytesRead)
    } catch (error) {
      // Who opened it may have made it one that does not wait.
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EAGAIN') throw error
      await sleep(PAUSE_MS)
    }
  }
}

/**
 * Node opens descriptors of its own, and a read of one of these would never return: queues and events, which are no kind of file,
 * and pipes of which it has both ends.
 */
async function isInherited(descriptor: number): Promise<boolean> {
  const seen = await look(descriptor)
  if (!seen.isFile() && !seen.isFIFO() && !seen.isSocket() && !seen.isCharacterDevice()) return false
  return descriptor <= 2 || !seen.isFIFO() || endsOfPipe(descriptor) === 1
}

/** How many descriptors of ours lead to the same pipe; 1 where there is no /proc to tell. */
function endsOfPipe(descriptor: number): number {
  const linkOf = (name: string): string | null => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`)
    } catch {
      return null
    }
  }
  const own = linkOf(String(descriptor))
  return own === null ? 1 : readdirSync('/proc/self/fd').filter(name => linkOf(name) === own).length
}
