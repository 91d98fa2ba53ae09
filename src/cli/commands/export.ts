import { createReadStream } from 'node:fs'
import { SignoffError } from '../../model/index.ts'
import {
  createExportSource,
  exportRefusal,
  FORMATS,
  type FormatName,
  sealWarning,
  verifyTranscript,
} from '../../transcript/index.ts'
import { writeDocument, writeFolder } from '../export-output.ts'
import type { Io } from '../io.ts'
import { filesOf, reportLines, verifyInputOf } from './verify.ts'

export interface ExportFlags {
  readonly format: FormatName
  /** A file, or for a format of several files a folder; neither may be there. Null is standard output. */
  readonly out?: string
  readonly signers?: string
}

/**
 * Hands a transcript on in another form. It verifies first: what is broken, untrusted or unreadable is refused with that code;
 * what is unsealed or against policy is exported with that said in its first line, and on standard error.
 */
export async function exportTranscript(reference: string, flags: ExportFlags, io: Io): Promise<number> {
  const files = await filesOf(reference, io)
  const format = FORMATS[flags.format]
  const out = flags.out ?? null
  if (format.kind === 'folder' && out === null)
    throw new SignoffError('USAGE', `${flags.format} is a folder of several files`, {
      advice: 'name a new folder by --out FOLDER',
    })
  const input = await verifyInputOf(files, flags.signers === undefined ? {} : { signers: flags.signers }, io)
  const report = await verifyTranscript(input)
  if (exportRefusal(report) !== null) {
    for (const line of reportLines(report)) io.say(line)
    io.say('signoff: not exported')
    return report.exitCode
  }
  const warning = sealWarning(report)
  if (warning !== null) io.say(`signoff: ${warning}`)
  const source = createExportSource(
    {
      report,
      bundle: input.bundle,
      signers: input.signers,
      outlineOf: async (text, path) => (await import('../demanded-plan.ts')).outlineOf(text, path),
    },
    bytes => createReadStream(files.journal, { end: bytes - 1 }),
  )
  if (format.kind === 'document') await writeDocument(format.write(source), out, io)
  else if (out !== null) await writeFolder(format.files(source), out)
  return 0
}
