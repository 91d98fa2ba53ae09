import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignoffError } from '../../../model/index.ts'

export type TimestampAnswer =
  | { readonly ok: true; readonly atMs: number; readonly authority: string }
  | { readonly ok: false; readonly detail: string }

/**
 * Asks openssl whether a time-stamp (RFC 3161, the whole response of the authority) is over this digest and by an authority whose root
 * is among these certificates. They are judged as of the time that the token names: what it attests does not end with them.
 *
 * @param sha256 of what was time-stamped, lower-case hex. @param roots certificates in PEM.
 */
export function checkTimestampToken(response: Uint8Array, sha256: string, roots: string): Promise<TimestampAnswer> {
  return inPrivateFolder({ 'response.tsr': response, 'roots.pem': Buffer.from(roots) }, async folder => {
    const refuse = (detail: string): TimestampAnswer => ({ ok: false, detail })
    // Of the response only the token in it is signed: nothing else of it is read.
    const out = await openssl(folder, ['ts', '-reply', '-in', 'response.tsr', '-token_out', '-out', 'token.der'])
    if (out.exitCode === MISSING) return refuse(reasonIn(out.stderr))
    if (out.exitCode !== 0) return refuse('not the response of a time-stamp authority')
    const text = await openssl(folder, ['ts', '-reply', '-in', 'token.der', '-token_in', '-text'])
    const atMs = Date.parse(/^Time stamp: (.+)$/m.exec(text.stdout)?.[1] ?? '')
    if (Number.isNaN(atMs)) return refuse('it names no time')
    if (!/^Hash Algorithm: sha256$/m.test(text.stdout)) return refuse('it is over another digest than sha256')
    const wanted = ['-digest', sha256, '-in', 'token.der', '-token_in', '-CAfile', 'roots.pem']
    const verified = await openssl(folder, ['ts', '-verify', ...wanted, '-attime', `${Math.floor(atMs / 1000)}`])
    if (verified.exitCode !== 0) return refuse(reasonIn(verified.stderr))
    return { ok: true, atMs, authority: /^TSA: (?:DirName:)?(.+)$/m.exec(text.stdout)?.[1] ?? 'unnamed' }
  })
}

/** A request for a time-stamp over a digest, as authorities take it (`application/timestamp-query`), asking for their certificate. */
export function makeTimestampQuery(sha256: string): Promise<Buffer> {
  return inPrivateFolder({}, async folder => {
    const made = await openssl(folder, ['ts', '-query', '-digest', sha256, '-sha256', '-cert', '-out', 'query.tsq'])
    if (made.exitCode !== 0) throw new SignoffError('USAGE', `openssl makes no query: ${reasonIn(made.stderr)}`)
    return readFile(join(folder, 'query.tsq'))
  })
}

const MISSING = -1

async function openssl(folder: string, args: readonly string[]) {
  const { execa } = await import('execa')
  const result = await execa('openssl', [...args], {
    cwd: folder,
    reject: false,
    stdin: 'ignore',
    // What the user's own configuration loads is no part of this.
    env: { OPENSSL_CONF: '/dev/null', LC_ALL: 'C' },
  })
  const { exitCode = MISSING, stdout, stderr } = result
  return { exitCode, stdout, stderr: exitCode === MISSING ? 'openssl does not start; is it installed?' : stderr }
}

/** What openssl says, without the places in its source. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.includes(':error:'))
  return (
    lines
      .map(line =>
        line
          .split(':')
          .slice(5)
          .join(' ')
          .replace(/\S*\.c \d+ ?/, '')
          .trim(),
      )
      .join('; ') || stderr.trim()
  )
}

async function inPrivateFolder<T>(
  files: Readonly<Record<string, Uint8Array>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'signoff-openssl-'))
  try {
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes, { mode: 0o600 })
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
