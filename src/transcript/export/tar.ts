import { SignoffError } from '../../model/index.ts'
import { derivedText } from './derived.ts'
import type { ExportFormat, ExportSource, Piece } from './format.ts'

/**
 * The folder of the run as one archive that is the same each time: names sorted, owner 0, modes and times fixed. What is in it are the
 * two files as they are; the first entry says whence they come.
 */
export const tar: ExportFormat = { kind: 'document', write }

async function* write(source: ExportSource): AsyncGenerator<Piece> {
  const { report, bundle } = source
  const folder = report.run?.run ?? 'run'
  const mtimeMs = Date.parse(report.run?.finishedOn ?? report.run?.startedOn ?? '1970-01-01T00:00:00.000Z')
  const about = Buffer.from(
    `${derivedText(report)}\nWhat is signed are the files beside this one. Check them: signoff verify FOLDER --signers FILE\n`,
  )
  const header = (name: string, bytes: number) => ustarHeader({ name: `${folder}/${name}`, bytes, mtimeMs })
  yield ustarHeader({ name: `${folder}/`, bytes: 0, mtimeMs })
  yield header('EXPORT.txt', about.length)
  yield padded(about)
  const bytes = report.journal?.bytes ?? 0
  yield header('journal.jsonl', bytes)
  yield* source.journal()
  yield padding(bytes)
  if (bundle !== null) {
    const text = Buffer.from(bundle)
    yield header('transcript.intoto.jsonl', text.length)
    yield padded(text)
  }
  yield Buffer.alloc(2 * BLOCK)
}

const BLOCK = 512

/**
 * One header block of POSIX ustar. A name that ends in a slash is a folder.
 *
 * @param name ASCII, at most 100 bytes.
 * @param bytes at most 8 GiB - 1: what eleven octal digits hold.
 */
function ustarHeader({ name, bytes, mtimeMs }: { name: string; bytes: number; mtimeMs: number }): Buffer {
  if (Buffer.byteLength(name) > 100 || bytes >= 8 ** 11)
    throw new SignoffError('USAGE', `${name} is longer than an archive of this kind can hold`)
  const block = Buffer.alloc(BLOCK)
  const isFolder = name.endsWith('/')
  const octal = (value: number, at: number, digits: number) => block.write(value.toString(8).padStart(digits, '0'), at)
  block.write(name, 0)
  octal(isFolder ? 0o755 : 0o644, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(bytes, 124, 11)
  octal(Math.max(0, Math.floor(mtimeMs / 1000)), 136, 11)
  block.write(isFolder ? '5' : '0', 156)
  block.write('ustar\0', 257)
  block.write('00', 263)
  octal(0, 329, 7)
  octal(0, 337, 7)
  // The sum is over the block with spaces in the place of the sum.
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, padding(bytes.length)])
}

function padding(bytes: number): Buffer {
  return Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK)
}
