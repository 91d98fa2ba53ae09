import { chmod, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { EventOf } from '../../model/index.ts'
import { SignoffError } from '../../model/index.ts'
import { leafOfLine, releaseFolder, releaseOfFolder, sealSha256 } from '../../transcript/index.ts'
import { readIfThere } from '../settings/read-if-there.ts'
import { unreadable } from './journal-reader.ts'

/** Enough to keep the disk busy. */
const FOLDERS_AT_ONCE = 64

/** Most first lines, which hold the runbook's text, are read at once. */
const FIRST_LINE_CHUNK = 256 * 1024

/** The two files of one run. */
export interface RunFiles {
  readonly run: string
  readonly folder: string
  readonly journal: string
  readonly bundle: string
}

/** `<transcripts>/<release>/<run>/`; a release that could not be a folder name was refused before. */
export function runFiles(transcripts: string, release: string, run: string): RunFiles {
  const folder = join(transcripts, releaseFolder(release), run)
  return filesIn(folder)
}

export function filesIn(folder: string): RunFiles {
  return {
    run: basename(folder),
    folder,
    journal: join(folder, 'journal.jsonl'),
    bundle: join(folder, 'transcript.intoto.jsonl'),
  }
}

/** All runs below a transcripts folder, oldest first: their ids are times. */
export async function listRuns(transcripts: string): Promise<RunFiles[]> {
  const found: RunFiles[] = []
  const releases = await foldersIn(transcripts)
  for (let at = 0; at < releases.length; at += FOLDERS_AT_ONCE) {
    const some = releases.slice(at, at + FOLDERS_AT_ONCE).map(async release => {
      const folder = join(transcripts, release)
      return (await foldersIn(folder)).map(run => filesIn(join(folder, run)))
    })
    found.push(...(await Promise.all(some)).flat())
  }
  return found.sort((a, b) => (a.run < b.run ? -1 : 1))
}

/**
 * One run by what a person gives: a folder, a file in it, or an id or the beginning of one; without any, the newest
 * that has no seal yet.
 * @throws {SignoffError} `RUN_NOT_FOUND` naming those there are.
 */
export async function findRun(transcripts: string, reference: string | null): Promise<RunFiles> {
  if (reference !== null) {
    const direct = await asFolder(reference)
    if (direct !== null) return filesIn(resolve(direct))
  }
  const all = await listRuns(transcripts)
  const fitting =
    reference === null ? await unsealed(all) : all.filter(files => reference !== '' && files.run.startsWith(reference))
  const last = fitting.at(-1)
  if (last !== undefined && (reference === null || fitting.length === 1)) return last
  const known = (fitting.length > 1 ? fitting : all)
    .slice(-5)
    .map(files => `${files.run} (${basename(dirname(files.folder))})`)
  const why =
    reference === null
      ? 'no run is under way'
      : fitting.length > 1
        ? `"${reference}" fits ${fitting.length} runs`
        : `no run "${reference}"`
  throw new SignoffError('RUN_NOT_FOUND', `${why} below ${transcripts}`, {
    advice:
      known.length === 0
        ? 'start one by "signoff run FILE --release ID"'
        : `${fitting.length > 1 ? 'say more of it' : 'the newest'}: ${known.join(', ')}`,
  })
}

async function unsealed(all: readonly RunFiles[]): Promise<RunFiles[]> {
  const open: RunFiles[] = []
  for (const files of all) if (!(await isThere(files.bundle))) open.push(files)
  return open
}

async function asFolder(reference: string): Promise<string | null> {
  if (isOfTranscript(basename(reference))) return dirname(reference)
  // Whatever bears these names: a seal without its journal, or a link in its place, is a transcript that cannot be read.
  const names = await readdir(reference).catch(() => [])
  return names.some(isOfTranscript) ? reference : null
}

function isOfTranscript(name: string): boolean {
  return name === 'journal.jsonl' || name === 'transcript.intoto.jsonl'
}

/**
 * Runs that no other run names as its parent yet: a deleted one will be missed by them. `also`: one that is named in any case.
 */
export async function findParents(
  transcripts: string,
  also: string | null = null,
): Promise<EventOf<'run.start'>['parents']> {
  const named = new Set<string>()
  const all: EventOf<'run.start'>['parents'] = []
  for (const files of await listRuns(transcripts)) {
    const first = await firstLine(files.journal)
    if (first === null) continue
    for (const parent of parentsIn(first.start)) named.add(parent)
    const bundle = await readIfThere(files.bundle)
    all.push({ run: files.run, leaf0: leafOfLine(first.text), seal: bundle === null ? null : sealSha256(bundle) })
  }
  return all.filter(({ run }) => !named.has(run) || run === also)
}

function parentsIn(start: unknown): string[] {
  const parents: unknown = start !== null && typeof start === 'object' ? Reflect.get(start, 'parents') : null
  if (!Array.isArray(parents)) return []
  return parents.flatMap(parent => {
    const run: unknown = parent !== null && typeof parent === 'object' ? Reflect.get(parent, 'run') : null
    return typeof run === 'string' ? [run] : []
  })
}

/** The first line of a journal, which may be long; null where a crash left none that is whole. */
async function firstLine(path: string): Promise<{ readonly text: string; readonly start: unknown } | null> {
  const text = await readToNewline(path)
  if (text?.startsWith('{"seq":0,') !== true) return null
  try {
    return { text, start: JSON.parse(text) as unknown }
  } catch {
    return null
  }
}

async function readToNewline(path: string): Promise<string | null> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (handle === null) return null
  try {
    const chunks: Buffer[] = []
    for (;;) {
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(FIRST_LINE_CHUNK) })
      if (bytesRead === 0) return null
      const end = buffer.subarray(0, bytesRead).indexOf(0x0a)
      chunks.push(buffer.subarray(0, end < 0 ? bytesRead : end))
      if (end >= 0) return Buffer.concat(chunks).toString()
    }
  } finally {
    await handle.close()
  }
}

/** Puts the seal beside the journal: a new file, synced, renamed, the folder synced; then nothing is to be appended. */
export async function writeSeal(files: RunFiles, line: string): Promise<void> {
  await replaceBundle(files, line, 'the seal could not be written', '"signoff resume" seals once there is room')
  await chmod(files.journal, 0o400)
}

async function replaceBundle(files: RunFiles, text: string, what: string, advice: string): Promise<void> {
  const temporary = `${files.bundle}.new`
  try {
    // What a crash, or somebody else, has left there: a link would be written through.
    await rm(temporary, { force: true })
    const handle = await open(temporary, 'wx', 0o644)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, files.bundle)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw new SignoffError('JOURNAL_UNWRITABLE', `${files.bundle}: ${what}: ${String(error)}`, {
      advice,
      cause: error,
    })
  }
  await syncFolder(files.folder)
}

/** Replaces the bundle of a sealed run by one with an addendum more: the journal is not touched. */
export async function writeAddendum(files: RunFiles, bundle: string): Promise<void> {
  await replaceBundle(files, bundle, 'the addendum could not be written', 'make room and say it again')
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Whether there is such a file; one that may not be read is there. */
export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    info => info.isFile(),
    () => false,
  )
}

/** The release that a run's folder is named for. */
export function releaseOf(files: RunFiles): string {
  return releaseOfFolder(basename(dirname(files.folder)))
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw unreadable(folder, error)
  })
  return entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
}
