import { isAbsolute, join } from 'node:path'
import { SignoffError } from '../../../model/index.ts'
import { git } from './git.ts'

/** One value of git's configuration as seen from a folder, or null. */
export function gitConfig(folder: string, key: string): Promise<string | null> {
  return git(folder, 'config', '--get', key)
}

/**
 * A file that git's configuration names, as git finds it: `~` is a home, and what is relative lies below the top of the work tree.
 * Null where it names none. Whether the file is there is not looked at.
 */
export async function gitPath(folder: string, key: string): Promise<string | null> {
  const said = await gitConfig(folder, key)
  if (said === null) return null
  // Such as a `~nobody/file`, which git cannot make a path of: it stays what it is, and is found to be no file.
  const path = (await git(folder, 'config', '--type=path', '--get', key)) ?? said
  return path === '' ? null : belowTop(folder, path)
}

/** The same, of all that git's configuration names: what a person or a host has set stays, whatever a repository adds. */
export async function gitPaths(folder: string, key: string): Promise<string[]> {
  const said = await git(folder, 'config', '-z', '--get-all', key)
  if (said === null) return []
  const found = (await git(folder, 'config', '-z', '--type=path', '--get-all', key)) ?? said
  const paths = new Set(found.split('\0').filter(path => path !== ''))
  return Promise.all([...paths].map(path => belowTop(folder, path)))
}

async function belowTop(folder: string, path: string): Promise<string> {
  if (isAbsolute(path)) return path
  return join((await git(folder, 'rev-parse', '--show-toplevel')) ?? folder, path)
}

const KEY_COMMAND = 'gpg.ssh.defaultKeyCommand'
const COMMAND_MS = 10_000

/**
 * The first line of what git's command for a signing key prints; null where none is named. Only the person's own configuration may
 * name it: a command in that of a repository would run for whoever unpacked it.
 * @throws {SignoffError} `KEY_MISSING` where it fails, or a repository names it.
 */
export async function gitDefaultKey(folder: string): Promise<string | null> {
  // A value may hold any character but NUL: split by lines, one could bring a scope of its own.
  const fields = ((await git(folder, 'config', '-z', '--show-scope', '--get-all', KEY_COMMAND)) ?? '').split('\0')
  const scoped = fields.flatMap((scope, index) => {
    const command = index % 2 === 0 ? (fields[index + 1] ?? '').trim() : ''
    return command === '' ? [] : [{ scope, command }]
  })
  const command = scoped.findLast(({ scope }) => scope !== 'local' && scope !== 'worktree')?.command
  if (command === undefined && scoped.length > 0)
    throw new SignoffError(
      'KEY_MISSING',
      `the configuration of this repository names ${KEY_COMMAND}, and is not believed`,
      {
        advice: `git config --global ${KEY_COMMAND} COMMAND makes it yours; or name a key by --key FILE`,
      },
    )
  return command === undefined ? null : firstLineOf(command, folder)
}

async function firstLineOf(command: string, folder: string): Promise<string> {
  const [program, ...args] = wordsOf(command)
  const failed = (why: string, cause?: unknown) =>
    new SignoffError('KEY_MISSING', `${KEY_COMMAND} of git's configuration, ${command}: ${why}`, {
      advice: 'mend it, or name a key by --key FILE or SIGNOFF_KEY',
      cause,
    })
  if (program === undefined) throw failed('a quote is not closed')
  const { execa } = await import('execa')
  const result = await execa(program, args, { cwd: folder, reject: false, stdin: 'ignore', timeout: COMMAND_MS })
  if (result.failed) throw failed(result.stderr?.trim() || result.shortMessage || 'it failed', result.cause)
  const [line = ''] = result.stdout.split('\n')
  if (line.trim() === '') throw failed('it printed no key')
  return line.trim()
}

/** As git splits such a command: by spaces outside of quotes, and without a shell. Empty where a quote is not closed. */
function wordsOf(command: string): string[] {
  const word = /(?:[^\s'"\\]|\\.|'[^']*'|"(?:\\.|[^"\\])*")+/gs
  if (command.replace(word, '').trim() !== '') return []
  return (command.match(word) ?? []).map(quoted =>
    quoted.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs, (_, single?: string, double?: string, escaped?: string) =>
      single !== undefined ? single : double !== undefined ? double.replace(/\\(.)/gs, '$1') : (escaped ?? ''),
    ),
  )
}
