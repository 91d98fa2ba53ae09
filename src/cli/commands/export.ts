import { createReadStream } from 'node:fs'
import { SignoffError } from '../../model/index.ts'
import {
  createExportSource,
  exportRefusal,
  FORMATS,
  type FormatName,
  oddity,
  type RawSigner,
  verifyTranscript,
} from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { findRawSigner } from '../keys/signing-key.ts'
import { readConfig } from '../settings/config.ts'
import { findWorkspace } from '../settings/workspace.ts'
import { writeDocument, writeFolder } from '../verifying/export-output.ts'
import { filesOf, reportLines, verifyInputOf } from './verify.ts'

export interface ExportFlags {
  readonly format: FormatName
  /** A file, or for a format of several files a folder; neither may be there. Null is standard output. */
  readonly out?: string
  readonly signers?: string
  /** For a format that signs. */
  readonly key?: string
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
  const signs = format.kind === 'document' && format.signs === true
  if (signs && report.seal === null) {
    io.say(`signoff: not exported: ${flags.format} is made of the seal, and the run has none`)
    return 3
  }
  const odd = oddity(report)
  if (odd !== null)
    io.say(`signoff: ${signs ? 'this format cannot say it' : 'exported with this in its first line'}: ${odd}`)
  const signer = signs ? await ownKey(flags.key ?? null, io) : null
  const { bundle, signers } = input
  const source = createExportSource(
    {
      report,
      bundle,
      signers,
      signer,
      outlineOf: async (...asked) => (await import('../verifying/demanded-plan.ts')).outlineOf(...asked),
    },
    bytes => createReadStream(files.journal, { end: bytes - 1 }),
  )
  if (format.kind === 'document') await writeDocument(format.write(source), out, io)
  else if (out !== null) await writeFolder(format.files(source), out)
  return 0
}

async function ownKey(flag: string | null, io: Io): Promise<RawSigner> {
  const config = await readConfig(findWorkspace(io.cwd), io.environment)
  return findRawSigner({ flag, environment: io.environment, config, folder: io.cwd })
}
