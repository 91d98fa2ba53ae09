import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One line of a journal, read as anybody would read it: without our own reader. */
export interface JournalLine {
  readonly seq: number
  readonly kind: string
  readonly [field: string]: unknown
}

export interface TranscriptFolder {
  readonly run: string
  readonly folder: string
  lines(): JournalLine[]
  ofKind(kind: string): JournalLine[]
}

/**
 * The one transcript of a release.
 *
 * @throws if the release has none, or more than one.
 */
export function transcriptOf(repository: string, release: string): TranscriptFolder {
  const releaseFolder = join(repository, '.signoff', 'transcripts', release)
  const runs = readdirSync(releaseFolder)
  const [run] = runs
  if (run === undefined || runs.length !== 1) throw new Error(`expected one run of ${release}, found ${runs.length}`)
  const folder = join(releaseFolder, run)
  const lines = (): JournalLine[] =>
    readFileSync(join(folder, 'journal.jsonl'), 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as JournalLine)
  return { run, folder, lines, ofKind: kind => lines().filter(line => line.kind === kind) }
}
