import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Person } from './keys.ts'

type Predicate = Record<string, unknown>

/** What a request file holds, as far as whoever answers it needs it. */
export interface RequestFile {
  readonly statement: { readonly predicate: Predicate }
}

/**
 * Signs a decision on a request with nothing but `ssh-keygen -Y sign`, whatever order the keys of the statement come in: what somebody
 * can send who does not ask `signoff approve` first.
 *
 * @param folder for what is written on the way.
 */
export function signPlainly(
  folder: string,
  person: Person,
  role: string | null,
  { statement }: RequestFile,
  change: (said: Predicate) => Predicate = said => said,
) {
  const decided = {
    approver: person.principal,
    role,
    decision: 'go',
    reason: null,
    decidedOn: '2026-11-25T00:00:00.000Z',
  }
  const payload = Buffer.from(
    JSON.stringify({ ...statement, predicate: change({ ...decided, ...statement.predicate }) }),
  )
  const signed = mkdtempSync(join(folder, 'signed-'))
  const type = 'application/vnd.in-toto+json'
  writeFileSync(
    join(signed, 'pae'),
    Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]),
  )
  const args = ['-Y', 'sign', '-q', '-f', person.keyFile, '-n', 'signoff-approval-v1', join(signed, 'pae')]
  execFileSync('ssh-keygen', args, { stdio: 'ignore' })
  const sig = readFileSync(join(signed, 'pae.sig')).toString('base64')
  return { payloadType: type, payload: payload.toString('base64'), signatures: [{ sig }] }
}
