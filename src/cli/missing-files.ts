import { access } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Diagnostic, diagnostic } from '../model/index.ts'
import { fileLinks } from '../parser/index.ts'

/**
 * SO033 for links to files that are not there. A link is taken from the folder of the runbook; one that begins with a slash
 * from the root of its repository, as the hosts of repositories show it.
 */
export async function missingFiles(bytes: Uint8Array, runbook: string): Promise<Diagnostic[]> {
  const folder = dirname(resolve(runbook))
  const links = fileLinks(bytes)
  const root = links.some(({ path }) => path.startsWith('/')) ? await repositoryRoot(folder) : null
  const found = await Promise.all(
    links.map(async ({ path, line, column }) => {
      if (path.startsWith('/') && root === null) return []
      const target = path.startsWith('/') ? join(root ?? '', path) : resolve(folder, path)
      if (await exists(target)) return []
      const help = 'mend the link, or commit the file'
      return [diagnostic('SO033', { line, column }, `the link to ${path} finds no file`, help)]
    }),
  )
  return found.flat()
}

async function repositoryRoot(folder: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    if (await exists(join(at, '.git'))) return at
    if (dirname(at) === at) return null
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
