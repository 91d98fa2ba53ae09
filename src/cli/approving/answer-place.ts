import { randomBytes } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SignoffError } from '../../model/index.ts'
import { runSshKeygen } from '../../runner/local/index.ts'
import { type ApprovalRequest, ownAnswer } from '../../transcript/index.ts'
import { readArriving } from '../inbox/arriving-file.ts'
import { ANSWER_FILE, answerFile } from '../inbox/requests.ts'
import { answerName } from './request.ts'

/** Where an answer goes, and what lies there that is none. */
export interface AnswerPlace {
  readonly path: string
  /** A sentence for each file that bears the name of such an answer and is none: it stays as it is, and the approver is told. */
  readonly strange: readonly string[]
}

/**
 * Looks for an answer of the same key to the same request, which the run has not taken yet: it is not replaced unsaid, since it may be
 * taken at any moment. Only its signature makes a file one, since others may write there too; whatever else lies there is left alone.
 *
 * @param out `--out`; null for beside the request.
 * @throws {SignoffError} `APPROVER_EXCLUDED` where there is one, `USAGE` where something else lies at `--out`.
 */
export async function placeOfAnswer(
  requestPath: string,
  request: ApprovalRequest,
  keyid: string,
  out: string | null,
): Promise<AnswerPlace> {
  const look = async (path: string): Promise<string | null> => {
    const found = await answerAt(path, request, keyid)
    if (found === null) return null
    if (found.own) throw saidAlready(path, found.decision)
    return `${path}: ${found.what}`
  }
  if (out !== null) {
    const strange = await look(out)
    if (strange === null) return { path: out, strange: [] }
    throw new SignoffError('USAGE', `nothing was signed: there is a file already, and it is not replaced: ${strange}`, {
      advice: 'name another place by --out FILE, or move it away',
    })
  }
  const folder = dirname(requestPath)
  const name = answerName(requestPath)
  const stem = answerFile(name, keyid).slice(0, -ANSWER_FILE.length)
  const there = await readdir(folder).catch(() => [])
  const strange: string[] = []
  for (const one of there.filter(entry => entry.startsWith(stem) && entry.endsWith(ANSWER_FILE)).sort()) {
    const found = await look(join(folder, one))
    if (found !== null) strange.push(`${found}; it was left as it is`)
  }
  const free = strange.length === 0 ? stem : `${stem}.${randomBytes(4).toString('hex')}`
  return { path: join(folder, `${free}${ANSWER_FILE}`), strange }
}

/** What lies at a place: an answer of this key to this request, or what it is instead; null where there is nothing. */
async function answerAt(path: string, request: ApprovalRequest, keyid: string) {
  const there = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (there === null) return null
  try {
    const { text } = await readArriving(path)
    return await ownAnswer(text.trim(), request, keyid, runSshKeygen)
  } catch (error) {
    return { own: false, what: `it cannot be read: ${error instanceof Error ? error.message : String(error)}` } as const
  }
}

function saidAlready(path: string, decision: 'go' | 'no-go'): SignoffError {
  return new SignoffError(
    'APPROVER_EXCLUDED',
    `nothing was signed: you have said ${decision.toUpperCase()} already, in ${path}, which the run has not taken yet`,
    { advice: 'the run takes it once it goes on; to decide anew before that, remove the file first' },
  )
}
