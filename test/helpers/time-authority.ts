import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A time-stamp authority of openssl's, with a root of its own. */
export interface TimeAuthority {
  /** File of the root certificate. */
  readonly root: string
  /** Answers a query, as an authority does, with the time of this machine. */
  answer(query: string): Buffer
  remove(): void
}

export function makeTimeAuthority(name = 'Authority of the test'): TimeAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'signoff-tsa-'))
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  writeFileSync(join(folder, 'tsa.cnf'), CONFIG)
  writeFileSync(join(folder, 'serial'), '01\n')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30', '-subj', `/CN=${name} root`)
  openssl('req', ...key, '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', `/CN=${name}`)
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '20', '-extfile', 'tsa.cnf']
  openssl('x509', '-req', '-in', 'tsa.csr', ...signed, '-extensions', 'tsa_ext', '-out', 'tsa.pem')
  return {
    root: join(folder, 'ca.pem'),
    answer(query) {
      const by = ['-config', 'tsa.cnf', '-signer', 'tsa.pem', '-inkey', 'tsa.key', '-out', 'answer.tsr']
      openssl('ts', '-reply', '-queryfile', query, ...by)
      return readFileSync(join(folder, 'answer.tsr'))
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const CONFIG = `[req]
distinguished_name = dn
prompt = no
[dn]
CN = none
[tsa_ext]
extendedKeyUsage = critical,timeStamping
basicConstraints = CA:FALSE
[tsa]
default_tsa = here
[here]
serial = ./serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384
tsa_name = yes
ess_cert_id_alg = sha256
`
