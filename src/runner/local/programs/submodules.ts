import { git } from './git.ts'

/** A submodule of a repository, and what of it a status is to leave out (gitmodules(5), `ignore`). */
export interface SubmodulePlace {
  readonly path: string
  readonly ignore: 'none' | 'untracked' | 'dirty' | 'all'
}

/** The submodules that the index has, whether or not `.gitmodules` names them; null where git could not say. */
export async function submodulesOf(folder: string): Promise<SubmodulePlace[] | null> {
  const index = await git(folder, 'ls-files', '-s', '-z')
  if (index === null) return null
  const paths = index
    .split('\0')
    .flatMap(line => (line.startsWith('160000 ') ? [line.slice(line.indexOf('\t') + 1)] : []))
  if (paths.length === 0) return []
  const named = await settingsOf(folder, '-f', '.gitmodules')
  const own = await settingsOf(folder)
  const byDefault = await git(folder, 'config', '--get', 'diff.ignoreSubmodules')
  return paths.map(path => {
    const name = [...named].find(([key, value]) => key.endsWith('.path') && value === path)?.[0].replace(/\.path$/, '')
    const said = own.get(`${name}.ignore`) ?? named.get(`${name}.ignore`) ?? byDefault ?? 'none'
    return { path, ignore: isIgnore(said) ? said : 'none' }
  })
}

/** `submodule.NAME.path` and `.ignore`, by their names; none where no file sets them. */
async function settingsOf(folder: string, ...file: string[]): Promise<Map<string, string>> {
  const said = await git(folder, 'config', ...file, '-z', '--get-regexp', '^submodule\\..*\\.(path|ignore)$')
  const pairs = (said ?? '').split('\0').filter(one => one !== '')
  return new Map(pairs.map(one => [one.slice(0, one.indexOf('\n')), one.slice(one.indexOf('\n') + 1)]))
}

function isIgnore(value: string): value is SubmodulePlace['ignore'] {
  return value === 'none' || value === 'untracked' || value === 'dirty' || value === 'all'
}
