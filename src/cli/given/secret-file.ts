import { readFile, stat } from 'node:fs/promises'
import { SignoffError } from '../../model/index.ts'
import { readDescriptor } from '../../runner/local/index.ts'

/** No password, key or certificate chain is longer; what is longer was named by mistake. */
export const MOST_SECRET_BYTES = 1 << 20

/**
 * The value of `--secret NAME=FILE`: a file, `-` for standard input, or a descriptor such as `/dev/fd/3`. The last line end is
 * not part of it.
 * @throws {SignoffError} `USAGE`; nothing of the value is in its message.
 */
export async function secretFromFile(name: string, source: string): Promise<string> {
  const flag = `--secret ${name}=${source}`
  const descriptor = descriptorOf(source)
  if (descriptor === 0 && process.stdin.isTTY)
    throw new SignoffError('USAGE', `${flag}: standard input is a terminal, where it would be seen`, {
      advice: 'leave the flag out, and it is asked without being shown',
    })
  const bytes = await (descriptor === null ? wholeFile(source) : readDescriptor(descriptor, MOST_SECRET_BYTES)).catch(
    (error: NodeJS.ErrnoException) => {
      throw new SignoffError('USAGE', `${flag}: ${reasonOf(error)}`, { cause: error })
    },
  )
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new SignoffError('USAGE', `${flag}: it is not UTF-8 text`, { advice: 'encode it, for example by base64' })
  }
  const value = text.replace(/\r?\n$/, '')
  if (value === '') throw new SignoffError('USAGE', `${flag}: it is empty`)
  return value
}

/** Standard input can be read once. @throws {SignoffError} `USAGE` where two secrets name one descriptor. */
export function checkDescriptors(sources: ReadonlyMap<string, string>): void {
  const names = new Map<number, string>()
  for (const [name, source] of sources) {
    const descriptor = descriptorOf(source)
    const other = descriptor === null ? undefined : names.get(descriptor)
    if (other !== undefined)
      throw new SignoffError('USAGE', `--secret ${other} and --secret ${name} both read ${source}, which has one end`)
    if (descriptor !== null) names.set(descriptor, name)
  }
}

function descriptorOf(source: string): number | null {
  if (source === '-' || source === '/dev/stdin') return 0
  const found = /^\/(?:dev|proc\/self)\/fd\/(\d{1,6})$/.exec(source)
  return found === null ? null : Number(found[1])
}

async function wholeFile(path: string): Promise<Buffer> {
  if ((await stat(path)).size > MOST_SECRET_BYTES) throw new RangeError(`more than ${MOST_SECRET_BYTES} bytes`)
  return readFile(path)
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'no such file'
  if (error.code === 'EBADF') return 'no such descriptor was handed over'
  return error.message
}
