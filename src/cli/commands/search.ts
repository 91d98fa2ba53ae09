import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { z } from 'zod'
import { SignoffError } from '../../model/index.ts'
import { createRecordSearch, encode, type FoundPlace, type RecordSearch, visible } from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { listRuns, type RunFiles, releaseOf } from '../runs/transcript-files.ts'
import { findWorkspace } from '../settings/workspace.ts'

export interface SearchFlags {
  readonly release?: string
  readonly all?: boolean
  readonly json?: boolean
  /** So many places at most. */
  readonly limit?: number
}

/** One line of `search --json`. */
export const SearchPlaceSchema = z.strictObject({
  schema: z.literal('signoff.search/1'),
  run: z.string(),
  release: z.string(),
  /** Of the step, as people know it; null where it is about none, or the plan does not name it. */
  position: z.string().nullable(),
  /** 1-based line of the journal. */
  line: z.int().positive(),
  at: z.string(),
  kind: z.string(),
  /** Id of the step; null where it is about none. */
  step: z.string().nullable(),
  /** The line of text that holds the first of the words, as recorded. */
  text: z.string(),
})
type SearchPlace = z.infer<typeof SearchPlaceSchema>

/** Places shown of one run, unless all are asked for. */
const MOST_SHOWN = 3
/** Places shown to a person, unless they ask for more or all: nobody reads thousands, and reading all records for them takes long. */
const MOST_PLACES = 300
/** Characters shown before what was found, and of the line as a whole. */
const BEFORE = 40
const WIDTH = 160
const CHUNK = 1024 * 1024
/** Whoever writes this may think of a pattern, as of `grep`. */
const PATTERN = /\.[*+]|\\[wdsb]|^\^|\$$|\[.*\]|\w\|\w/
const NO_PATTERNS = '; words are looked for as they stand, and are no patterns'
const TOLD_AT_ONCE = 64 * 1024

/**
 * Finds words in the records of all runs, newest first, and tells each place as it is found, until a limit, which it tells of. Nothing is
 * kept between two searches: reading ten thousand records takes a few seconds. It believes no record and checks none. Answers 0 where
 * something was found, else 1.
 */
export async function search(words: readonly string[], flags: SearchFlags, io: Io): Promise<number> {
  if (words.some(word => word.trim() === '')) throw new SignoffError('USAGE', 'an empty word is in every record')
  if (flags.limit === 0) throw new SignoffError('USAGE', '--limit 0 leaves no place to be found')
  const { transcripts } = findWorkspace(io.cwd)
  const finder = createRecordSearch(words)
  const isForAll = flags.all === true || flags.json === true
  const most = flags.limit ?? (isForAll ? Number.POSITIVE_INFINITY : MOST_PLACES)
  let found = 0
  const unread: string[] = []
  const buffer = Buffer.allocUnsafe(CHUNK)
  for (const files of (await listRuns(transcripts)).reverse()) {
    if (flags.release !== undefined && releaseOf(files) !== flags.release) continue
    if (io.gone?.aborted === true) break
    if (found >= most) {
      io.say(
        `signoff: stopped at ${most} places, before ${files.run} of ${releaseOf(files)}; --limit N goes further, --all to the end`,
      )
      break
    }
    found += await tell(files, placesIn(files, finder, buffer, unread), most - found, flags, io)
  }
  for (const line of unread) io.say(`signoff: not searched: ${line}`)
  if (found === 0) io.say(`signoff: nothing found${words.some(word => PATTERN.test(word)) ? NO_PATTERNS : ''}`)
  return found > 0 ? 0 : 1
}

/** Tells the places in one run, and answers how many it told. */
async function tell(
  files: RunFiles,
  places: Iterable<FoundPlace>,
  most: number,
  flags: SearchFlags,
  io: Io,
): Promise<number> {
  const release = releaseOf(files)
  const mostOfRun = flags.all === true || flags.json === true ? most : Math.min(most, MOST_SHOWN)
  let positions: ReadonlyMap<string, string> | null = null
  let shown = 0
  let text = ''
  for (const place of places) {
    if (io.gone?.aborted === true) return shown
    if (shown === mostOfRun) {
      // How many more there are is not counted: what everybody says is in every line, and nobody would read the number.
      text += `${visible(`${release}  ${files.run}  more in this run: --all shows it`)}\n`
      break
    }
    positions ??= positionsOf(files)
    const position = place.step === null ? null : (positions.get(place.step) ?? null)
    const line =
      flags.json === true ? documentLine(files, release, position, place) : placeLine(files, release, position, place)
    text += `${line}\n`
    shown++
    // What is told of one run is told at once, unless it is much: each write takes longer than finding what is in it.
    if (text.length < TOLD_AT_ONCE) continue
    await io.pour(text)
    text = ''
  }
  if (text !== '') await io.pour(text)
  return shown
}

function documentLine(files: RunFiles, release: string, position: string | null, place: FoundPlace): string {
  const { offset: _, ...rest } = place
  const document: SearchPlace = { schema: 'signoff.search/1', run: files.run, release, position, ...rest }
  return encode(document)
}

function placeLine(files: RunFiles, release: string, position: string | null, place: FoundPlace): string {
  const { at, kind, text, offset } = place
  const from = Math.max(0, offset - BEFORE)
  const cut = `${from > 0 ? '…' : ''}${text.slice(from, from + WIDTH).trim()}${from + WIDTH < text.length ? '…' : ''}`
  const where = position === null ? kind : `${position} ${kind}`
  return visible(`${release}  ${files.run}  ${at.slice(0, 19).replace('T', ' ')}  ${where}: ${cut}`)
}

/**
 * The places in one journal. Files are read by the calls that wait: these take a fraction of the time where there are thousands of small ones.
 * One that cannot be read is told of in `unread`.
 */
function* placesIn(files: RunFiles, finder: RecordSearch, buffer: Buffer, unread: string[]): Generator<FoundPlace> {
  let file: number | null = null
  try {
    // Without waiting: what is no file (a pipe that nobody writes) must not hold the search.
    file = openSync(files.journal, constants.O_RDONLY | constants.O_NONBLOCK)
    if (!fstatSync(file).isFile()) {
      unread.push(`${files.journal}: is no regular file`)
      return
    }
    let rest = ''
    const journal = finder.begin()
    for (;;) {
      const bytes = readSync(file, buffer)
      // What has no LF yet is a line only at the end, and there only where somebody is writing: it will be one.
      if (bytes === 0) return
      const piece = rest + buffer.toString('latin1', 0, bytes)
      const end = piece.lastIndexOf('\n') + 1
      rest = piece.slice(end)
      yield* journal.places(piece.slice(0, end))
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    unread.push(`${files.journal}: ${error.message}`)
  } finally {
    if (file !== null) closeSync(file)
  }
}

/** Positions of the steps, which people know them by, from the second line of the journal: as it stands there, believed by nobody. */
function positionsOf(files: RunFiles): ReadonlyMap<string, string> {
  const file = openSync(files.journal, 'r')
  try {
    const buffer = Buffer.allocUnsafe(CHUNK)
    let text = ''
    while (text.indexOf('\n', text.indexOf('\n') + 1) < 0) {
      const bytes = readSync(file, buffer)
      if (bytes === 0) break
      text += buffer.toString('latin1', 0, bytes)
    }
    const plan = PlanSchema.safeParse(JSON.parse(text.split('\n', 2)[1] ?? ''))
    return new Map(plan.data?.steps.map(({ id, position }) => [id, position]))
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return new Map()
    throw error
  } finally {
    closeSync(file)
  }
}

const PlanSchema = z.looseObject({ steps: z.array(z.looseObject({ id: z.string(), position: z.string() })) })
