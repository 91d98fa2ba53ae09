import { createHash } from 'node:crypto'
import { type Entry, type RunInterpreters, type Section, SignoffError } from '../../model/index.ts'
import { createJournalScanner } from '../journal/journal-scan.ts'
import type { ScannedLine } from '../journal/scanned-line.ts'
import type { RawSigner } from '../ssh/signer.ts'
import type { VerifyReport } from '../verify/verify-report.ts'

/** A transcript that was verified and may be exported: see `exportRefusal`. Two exports of one source are the same bytes. */
export interface ExportSource {
  readonly report: VerifyReport
  /** The bytes of the journal that were verified, from their start, anew at each call. @throws {SignoffError} where they changed since. */
  journal(): AsyncIterable<Uint8Array>
  /** The text of `transcript.intoto.jsonl`, as it was verified; null where the run has no seal. */
  readonly bundle: string | null
  /** The signers file that the verifier believed. It may be handed on as what was seen, never as what is to be trusted. */
  readonly signers: { readonly name: string; readonly text: string } | null
  /** The key of the person who exports, for a format that signs anew; else null. */
  readonly signer: RawSigner | null
  /**
   * Phases and sections of the runbook that the transcript embeds, as a parser reads it now: headings for a reader, and nothing
   * that was signed. Without it there are none.
   */
  readonly outlineOf?: (runbookText: string, path: string, interpreters: RunInterpreters) => Promise<readonly Section[]>
}

/** Text is written as UTF-8. */
export type Piece = string | Uint8Array

/** One file of an export that is a folder. */
export interface ExportFile {
  /** Relative, of plain names. */
  readonly path: string
  readonly content: AsyncIterable<Piece> | Iterable<Piece>
}

/** One way to hand a transcript on. What it writes says that it is derived, and from which seal (docs/exports.md). */
export type ExportFormat =
  | {
      readonly kind: 'document'
      /** Signs the seal anew: it needs a seal, and the key that made it. */
      readonly signs?: true
      /** In pieces, so that a long record needs no more memory than a short one. */
      write(source: ExportSource): AsyncIterable<Piece>
    }
  | {
      readonly kind: 'folder'
      files(source: ExportSource): AsyncIterable<ExportFile>
    }

/** @param read gives the file's bytes from its start, at least as far as they were verified. */
export function createExportSource(
  verified: Omit<ExportSource, 'journal'>,
  read: (bytes: number) => AsyncIterable<Uint8Array>,
): ExportSource {
  return { ...verified, journal: () => sameBytes(verified.report, read) }
}

/** The bytes verified are the bytes used, though the file is read again for each use. */
async function* sameBytes(
  { journal }: VerifyReport,
  read: (bytes: number) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (journal === null || journal.bytes === 0) return
  const digest = createHash('sha256')
  for await (const chunk of read(journal.bytes)) {
    digest.update(chunk)
    yield chunk
  }
  if (digest.digest('hex') !== journal.sha256)
    throw new SignoffError('TRANSCRIPT_UNREADABLE', 'the journal changed while it was being exported', {
      advice: 'what was written is of no use; export it again',
    })
}

/** The good lines of the journal, in order, in memory for a piece of the file. Those that a copy withholds are left out. */
export async function* linesOf(source: ExportSource): AsyncGenerator<ScannedLine> {
  let taken: ScannedLine[] = []
  const scanner = createJournalScanner(
    line => taken.push(line),
    () => source.report.withheld !== null,
  )
  for await (const chunk of source.journal()) {
    scanner.push(chunk)
    const lines = taken
    taken = []
    yield* lines
  }
}

/** The events of the journal, of the kinds that this version knows. */
export async function* entriesOf(source: ExportSource): AsyncGenerator<Entry> {
  for await (const { entry } of linesOf(source)) if (entry !== null) yield entry
}
