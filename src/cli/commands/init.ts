import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseDocument } from 'yaml'
import { SignoffError } from '../../model/index.ts'
import { accountName, gitConfig, makeSshKey } from '../../runner/local/index.ts'
import {
  ADDENDUM_NAMESPACE,
  APPROVAL_NAMESPACE,
  readAllowedSigners,
  readCertificate,
  readPublicKey,
  SEAL_NAMESPACE,
} from '../../transcript/index.ts'
import type { Io } from '../io.ts'
import { findKey, type NamedKey, nameOfKey } from '../keys/named-key.ts'
import { readConfig } from '../settings/config.ts'
import { configFolder, findWorkspace, type Workspace, workspaceAt } from '../settings/workspace.ts'

export interface InitOptions {
  readonly yes?: boolean
  readonly key?: string
  readonly principal?: string
  readonly role?: 'operator' | 'approver'
}

const NAMESPACES = {
  operator: `${SEAL_NAMESPACE},${ADDENDUM_NAMESPACE}`,
  approver: APPROVAL_NAMESPACE,
} as const

/**
 * Makes what a first run needs: the `.signoff` folder, a signing key, and the line that gives it to its owner.
 * A key that exists is taken; one is made only on an explicit yes. Nothing that exists is overwritten.
 */
export async function init(folder: string, options: InitOptions, io: Io): Promise<number> {
  const found = findWorkspace(folder)
  const workspace = found.exists ? found : workspaceAt(join(resolve(folder), '.signoff'))
  const config = await readConfig(workspace, io.environment)
  const sources = { flag: options.key ?? null, environment: io.environment, config, folder }
  const existing = await findKey(sources)
  const key = existing ?? { kind: 'file', path: await newKey(io, options) }
  const publicText = await publicHalf(key)
  const publicKey = readPublicKey(publicText)
  if (publicKey === null)
    throw new SignoffError('KEY_UNUSABLE', `${nameOfKey(key)}: has no public half that can be read`)
  if (readCertificate(publicKey.blob) !== null)
    throw new SignoffError(
      'KEY_UNUSABLE',
      `${nameOfKey(key)} is a certificate; a line of the signers file is for a key`,
      {
        advice: `name the key without it, or have a line for its authority reviewed: PRINCIPAL cert-authority,namespaces=".." KEY`,
      },
    )
  const principal =
    options.principal ?? config.principal ?? (await gitConfig(folder, 'user.email')) ?? `${accountName()}@${hostname()}`
  if (/[\s"*?!,]/.test(principal))
    throw new SignoffError('USAGE', `"${principal}" cannot name a person; expected one such as kim@example.com`)
  await makeFolder(workspace)
  const added = await addSigner(workspace, principal, NAMESPACES[options.role ?? 'operator'], publicText)
  io.say(`key         ${nameOfKey(key)} (${publicKey.keyid})${existing === null ? ', made now' : ''}`)
  io.say(`principal   ${principal}`)
  io.say(`signers     ${workspace.signers}${added ? ', one line added: have it reviewed like code' : ', unchanged'}`)
  return 0
}

async function newKey(io: Io, options: InitOptions): Promise<string> {
  const path = join(configFolder(io.environment), 'id_ed25519')
  const exists = await readFile(path).then(
    () => true,
    () => false,
  )
  if (!exists) {
    if (options.yes !== true && !(await io.confirm(`Make a signing key at ${path}?`)))
      throw new SignoffError('KEY_MISSING', 'no signing key, and none was made', {
        advice: 'say --yes to have one made, or name one that you have by --key FILE',
      })
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await chmod(dirname(path), 0o700)
    const atTerminal = io.interactive && options.yes !== true
    await makeSshKey(path, 'signoff', atTerminal)
    if (!atTerminal) io.say('the new key has no passphrase; "ssh-keygen -p" gives it one')
  }
  await nameKey(join(configFolder(io.environment), 'config.yaml'), path)
  return path
}

/** Sets `signing.key` in the user's own configuration and leaves everything else in it as it stands. */
async function nameKey(configPath: string, key: string): Promise<void> {
  const text = await readFile(configPath, 'utf8').catch(() => '')
  const document = parseDocument(text)
  if (document.getIn(['signing', 'key']) === key) return
  document.setIn(['signing', 'key'], key)
  await writeFile(configPath, document.toString(), { mode: 0o600 })
}

async function publicHalf(named: NamedKey): Promise<string> {
  if (named.kind === 'literal') return named.publicText
  const key = named.path
  const path = key.endsWith('.pub') ? key : `${key}.pub`
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SignoffError(
      'KEY_UNUSABLE',
      `${path}: ${error.code === 'ENOENT' ? 'no such file; the public half is needed' : error.message}`,
      {
        advice: `ssh-keygen -y -f ${key} > ${path} makes it`,
      },
    )
  })
}

async function makeFolder(workspace: Workspace): Promise<void> {
  await mkdir(workspace.transcripts, { recursive: true })
  // Without it autocrlf changes the bytes of a transcript, and so its digest.
  await writeNew(join(workspace.transcripts, '.gitattributes'), '* -text\n')
  await writeNew(join(workspace.root, '.gitignore'), 'inbox/\n.reserve\n.lock\n')
}

async function writeNew(path: string, text: string): Promise<void> {
  await writeFile(path, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

async function addSigner(
  workspace: Workspace,
  principal: string,
  namespaces: string,
  publicKey: string,
): Promise<boolean> {
  const before = await readFile(workspace.signers, 'utf8').catch(() => '')
  const key = readPublicKey(publicKey)
  const known = readAllowedSigners(before).lines.some(
    line =>
      key !== null && line.key.blob.equals(key.blob) && line.principals === principal && line.namespaces === namespaces,
  )
  if (known) return false
  const [type, blob] = publicKey.trim().split(/\s+/)
  const gap = before === '' || before.endsWith('\n') ? '' : '\n'
  await writeFile(workspace.signers, `${before}${gap}${principal} namespaces="${namespaces}" ${type} ${blob}\n`)
  return true
}
