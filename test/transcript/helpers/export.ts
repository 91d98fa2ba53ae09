import {
  createExportSource,
  type ExportFormat,
  type ExportSource,
  type Piece,
} from '../../../src/transcript/export/format.ts'
import type { RawSigner } from '../../../src/transcript/ssh/signer.ts'
import type { VerifyReport } from '../../../src/transcript/verify/verify-report.ts'
import { SIGNERS, stream, type Writer } from './run.ts'

/** What an export is made of, from a run in memory and what `verify` said of it. */
export function sourceOf(
  writer: Pick<Writer, 'bytes'>,
  bundle: string | null,
  report: VerifyReport,
  signer: RawSigner | null = null,
): ExportSource {
  const signers = { name: 'allowed_signers', text: SIGNERS }
  return createExportSource({ report, bundle, signers, signer }, bytes =>
    stream(writer.bytes().subarray(0, bytes), 1000),
  )
}

/** A document as one text. */
export async function exported(format: ExportFormat, source: ExportSource): Promise<string> {
  return (await exportedBytes(format, source)).toString()
}

export async function exportedBytes(format: ExportFormat, source: ExportSource): Promise<Buffer> {
  if (format.kind !== 'document') throw new Error('a folder')
  return bytesOf(format.write(source))
}

/** The files of a folder, in the order they are written in. */
export async function exportedFolder(format: ExportFormat, source: ExportSource): Promise<Map<string, Buffer>> {
  if (format.kind !== 'folder') throw new Error('a document')
  const files = new Map<string, Buffer>()
  for await (const { path, content } of format.files(source)) files.set(path, await bytesOf(content))
  return files
}

async function bytesOf(pieces: AsyncIterable<Piece> | Iterable<Piece>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const piece of pieces) all.push(Buffer.from(piece))
  return Buffer.concat(all)
}
