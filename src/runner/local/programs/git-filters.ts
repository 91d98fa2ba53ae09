import { git } from './git.ts'

/**
 * Settings by which git runs no filter over a file, whichever of its configuration files names one: a filter is a command, and git starts
 * it to compare a file that its index does not vouch for. Null where that cannot be said: then git must not be asked about files.
 */
export async function withoutFilters(folder: string): Promise<string[] | null> {
  const keys = await git(folder, 'config', '-z', '--name-only', '--list')
  if (keys === null) return null
  const named = keys.split('\0').filter(key => key.startsWith('filter.'))
  const drivers = new Set(named.map(key => key.slice('filter.'.length, key.lastIndexOf('.'))))
  // `-c` ends a name at its first "=": git would take it for another filter.
  if ([...drivers].some(driver => driver.includes('='))) return null
  return [...drivers].flatMap(driver => [
    `filter.${driver}.clean=`,
    `filter.${driver}.process=`,
    `filter.${driver}.smudge=`,
    `filter.${driver}.required=false`,
  ])
}
