import { SignoffError } from '../../model/index.ts'
import {
  ADDENDUM_NAMESPACE,
  addAddendum,
  type ExportFile,
  exportRefusal,
  verifyTranscript,
  withholdJournal,
  withholdText,
} from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { findSigner } from '../keys/signing-key.ts'
import { refuseUnsoundKey } from '../keys/sound-key.ts'
import { reportLines } from '../render/verify-text.ts'
import { placeOf, withheldLines } from '../runs/withheld-lines.ts'
import { readConfig } from '../settings/config.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { findWorkspace } from '../settings/workspace.ts'
import { writeFolder } from '../verifying/export-output.ts'
import { readPlainFile } from '../verifying/plain-file.ts'
import { verifyInputOf } from '../verifying/verify-input.ts'
import { filesOf } from './verify.ts'

export interface WithholdFlags {
  /** Numbers (`seq`) of lines, separated by commas. */
  readonly withhold: string
  readonly reason?: string
  readonly out?: string
  readonly signers?: string
  readonly key?: string
}

/**
 * Makes a copy of a sealed transcript in which some lines say only their digest. The original is not touched; the copy carries a signed
 * addendum that lists them, and is verified once before anybody is told that it is there.
 */
export async function withhold(reference: string, flags: WithholdFlags, io: Io): Promise<number> {
  const { seqs, reason, out } = asked(flags)
  const trust = flags.signers === undefined ? {} : { signers: flags.signers }
  const files = await filesOf(reference, io)
  const input = await verifyInputOf(files, trust, io)
  const report = await verifyTranscript(input)
  const refused = exportRefusal(report) ?? (report.seal === null ? 3 : null)
  if (refused !== null || input.bundle === null) {
    for (const line of reportLines(report)) io.say(line)
    io.say('signoff: no copy was made: lines are withheld of what is sealed, and of nothing else')
    return refused ?? 3
  }
  const workspace = findWorkspace(io.cwd)
  const sources = {
    flag: flags.key ?? null,
    environment: io.environment,
    config: await readConfig(workspace, io.environment),
    folder: io.cwd,
  }
  const signersText = await readIfThere(workspace.signers)
  const signer = await findSigner(sources, signersText, workspace.signers, ADDENDUM_NAMESPACE)
  await refuseUnsoundKey({ signer, namespace: ADDENDUM_NAMESPACE, workspace, signersText, nowMs: io.nowMs() })
  const copy = withholdJournal(readPlainFile(files.journal) ?? [], { seqs, reason }, report)
  const said = { type: 'withhold', text: withholdText({ seqs, reason }), atMs: io.nowMs() } as const
  const original = input.bundle
  let bundle = ''
  async function* filesOfCopy(): AsyncGenerator<ExportFile> {
    yield { path: 'journal.jsonl', content: copy.pieces }
    // Signed only now: nothing is asked for a copy that cannot be made.
    bundle = await addAddendum(original, said, report.run?.run ?? files.run, signer)
    yield { path: 'transcript.intoto.jsonl', content: [bundle] }
  }
  await writeFolder(filesOfCopy(), out)
  const answer = await verifyTranscript({ ...input, journal: readPlainFile(`${out}/journal.jsonl`), bundle })
  for (const line of reportLines(answer)) io.say(line)
  for (const line of await withheldLines(files.journal, seqs)) io.say(line)
  for (const seq of copy.digestsLeft)
    io.say(
      `${placeOf(seq)} still holds a digest of output that is withheld: whoever guesses that can tell. Withhold it as well`,
    )
  io.say(`The copy is ${out}; by itself it verifies as ${answer.exitCode}`)
  return 0
}

function asked({ withhold: list, reason = '', out }: WithholdFlags) {
  if (!/^\d{1,9}(,\d{1,9})*$/.test(list))
    throw new SignoffError(
      'USAGE',
      `--withhold ${list}: expected numbers (seq) such as 12,15: line 1 of the journal is 0`,
    )
  if (reason.trim() === '' || reason.length > 1000)
    throw new SignoffError('USAGE', 'lines are withheld for a --reason, of at most 1000 characters')
  if (out === undefined) throw new SignoffError('USAGE', 'name a new folder for the copy by --out FOLDER')
  const seqs = [...new Set(list.split(',').map(Number))].sort((a, b) => a - b)
  return { seqs, reason, out }
}
