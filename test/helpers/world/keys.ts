import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'

/** Someone with an SSH key of their own. */
export interface Person {
  readonly principal: string
  /** The private key; its public half lies beside it. */
  readonly keyFile: string
  readonly publicKey: string
}

/** Makes an ed25519 key without a passphrase, as `ssh-keygen` writes it. */
export async function makePerson(folder: string, principal: string): Promise<Person> {
  const keyFile = join(folder, principal.replace(/@.*/, ''), 'id_ed25519')
  mkdirSync(dirname(keyFile), { recursive: true, mode: 0o700 })
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', principal, '-f', keyFile])
  const [type, key] = readFileSync(`${keyFile}.pub`, 'utf8').split(' ')
  return { principal, keyFile, publicKey: `${type} ${key}` }
}

/** The text of an `allowed_signers` file: operators may seal and add, approvers may approve and nothing else. */
export function signersText(operators: readonly Person[], approvers: readonly Person[]): string {
  const line = (namespaces: string) => (person: Person) =>
    `${person.principal} namespaces="${namespaces}" ${person.publicKey}\n`
  return [
    ...operators.map(line('signoff-seal-v1,signoff-addendum-v1')),
    ...approvers.map(line('signoff-approval-v1')),
  ].join('')
}

/** The text of a `config.yaml` that maps the roles a runbook names to people. */
export function rolesText(roles: ReadonlyMap<string, Person>): string {
  return `roles:\n${[...roles].map(([role, person]) => `  ${role}: [${person.principal}]\n`).join('')}`
}
