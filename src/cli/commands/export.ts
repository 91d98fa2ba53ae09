import { readFile } from 'node:fs/promises'
import { SignoffError } from '../../model/index.ts'
import { exportRefusal, scanJournal, toJson, toMarkdown } from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { readIfThere } from '../transcript-files.ts'
import { filesOf, reportLines, verifyFiles } from './verify.ts'

export interface ExportFlags {
  readonly format: 'md' | 'json'
  readonly signers?: string
}

/**
 * Writes a readable copy. It verifies first: what is broken, untrusted or unreadable is refused with that code; what is
 * unsealed or against policy is exported with that said in its first line.
 */
export async function exportTranscript(reference: string, flags: ExportFlags, io: Io): Promise<number> {
  const files = await filesOf(reference, io)
  const report = await verifyFiles(files, flags.signers === undefined ? {} : { signers: flags.signers }, io)
  if (exportRefusal(report) !== null) {
    for (const line of reportLines(report)) io.say(line)
    io.say('signoff: not exported')
    return report.exitCode
  }
  const bytes = await readFile(files.journal).catch(cause => {
    throw new SignoffError('TRANSCRIPT_UNREADABLE', `${files.journal} could not be read`, { cause })
  })
  const entries: Parameters<typeof toMarkdown>[0][number][] = []
  const lines: string[] = []
  await scanJournal([bytes], line => {
    lines.push(line.text)
    if (line.entry !== null) entries.push(line.entry)
  })
  io.write(
    flags.format === 'json' ? toJson(lines, report) : toMarkdown(entries, report, await readIfThere(files.bundle)),
  )
  return 0
}
