import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

/** The check by hand, as docs/checking-a-transcript.md has it: its shell blocks, one behind the other. */
export function handCheckScript(): string {
  const page = readFileSync(join(import.meta.dirname, '../../docs/checking-a-transcript.md'), 'utf8')
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(found => found[1] ?? '')
  if (blocks.length < 4) throw new Error('docs/checking-a-transcript.md has lost its script')
  return blocks.join('\n')
}

/** All that the page says is needed: what it calls of coreutils, and bash, grep, sed and OpenSSH. */
const TOOLS = ['bash', 'base64', 'cat', 'cut', 'grep', 'head', 'sed', 'sha256sum', 'ssh-keygen', 'tr', 'wc']

/** Makes a folder in which these programs are, and nothing else: to be the whole PATH of an auditor. */
export function auditorsTools(folder: string): string {
  const tools = join(folder, 'auditors-tools')
  mkdirSync(tools)
  for (const name of TOOLS) {
    const place = ['/usr/bin', '/bin', '/usr/local/bin'].map(one => join(one, name)).find(existsSync)
    if (place === undefined) throw new Error(`${name} is not on this machine`)
    symlinkSync(place, join(tools, name))
  }
  return tools
}
