import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { SignoffError } from '../../model/index.ts'
import { makeTimestampQuery } from '../../runner/local/index.ts'
import { addToken, signatureOf } from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { findRun, type RunFiles, writeAddendum } from '../runs/transcript-files.ts'
import { findWorkspace } from '../settings/workspace.ts'
import { readPlainText } from '../verifying/plain-file.ts'
import { timestampCheck } from '../verifying/verify-input.ts'

export interface TimestampFlags {
  readonly query?: string
  readonly add?: string
  readonly tsaCa?: string
}

/**
 * Makes the query for a time-stamp over the signature of a seal, or puts an authority's answer beside it. Sending the query is left to
 * the person: nothing here speaks to a network.
 */
export async function timestamp(reference: string, flags: TimestampFlags, io: Io): Promise<number> {
  if ((flags.query === undefined) === (flags.add === undefined))
    throw new SignoffError('USAGE', 'say either --query FILE or --add FILE')
  const files = await findRun(findWorkspace(io.cwd).transcripts, reference)
  const bundle = readPlainText(files.bundle)
  const signature = bundle === null ? null : signatureOf(bundle.split('\n', 1)[0] ?? '')
  if (bundle === null || signature === null)
    throw new SignoffError('USAGE', `${files.run} has no seal to time-stamp`, {
      advice: 'a run is sealed when it ends',
    })
  if (flags.query !== undefined) return writeQuery(flags.query, signature, io)
  return addAnswer(flags.add ?? '', files, bundle, signature, flags.tsaCa ?? null, io)
}

async function writeQuery(path: string, signature: Uint8Array, io: Io): Promise<number> {
  const query = await makeTimestampQuery(createHash('sha256').update(signature).digest('hex'))
  await writeFile(path, query, { flag: 'wx' }).catch((cause: unknown) => {
    throw new SignoffError('USAGE', `${path}: ${String(cause)}`, { cause })
  })
  io.say(
    `The query is ${path}. Send it to an authority as application/timestamp-query, and add what it answers by --add`,
  )
  return 0
}

async function addAnswer(
  path: string,
  files: RunFiles,
  bundle: string,
  signature: Uint8Array,
  tsaCa: string | null,
  io: Io,
): Promise<number> {
  const token = await readFile(path).catch((cause: unknown) => {
    throw new SignoffError('USAGE', `${path}: ${String(cause)}`, { cause })
  })
  const check = await timestampCheck(tsaCa, io)
  if (check === null)
    throw new SignoffError('USAGE', 'no authority is named to check the answer by', {
      advice: 'name its certificates by --tsa-ca FILE, or as verify.tsaCa of a config.yaml',
    })
  const answer = await check(signature, token)
  if (!answer.ok) {
    io.say(`signoff: not added: the time-stamp is not good: ${answer.detail}`)
    return 5
  }
  const [seal = '', ...addenda] = bundle.split('\n')
  await writeAddendum(files, [addToken(seal, token), ...addenda].join('\n'))
  io.say(`Time-stamped ${new Date(answer.atMs).toISOString()} by ${answer.authority}: ${files.bundle}`)
  return 0
}
