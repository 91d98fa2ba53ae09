import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const folder = new URL('../../src/transcript/', import.meta.url)

describe('src/transcript', () => {
  it('loads the model, zod and node:crypto, and nothing else', () => {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
    expect(names).toContain('export/format.ts')
    for (const name of names) {
      const source = readFileSync(new URL(name, folder), 'utf8')
      for (const [, from = ''] of source.matchAll(/\b(?:from |import\()'([^']+)'/g))
        expect(isOurs(from, name) || /^(zod|node:crypto)$/.test(from), `${name}: ${from}`).toBe(true)
    }
  })
})

/** A file of this folder, or what the model shows of itself. */
function isOurs(from: string, importer: string): boolean {
  if (!from.startsWith('.')) return false
  const { pathname } = new URL(from, new URL(importer, folder))
  return pathname.startsWith(folder.pathname) || pathname === new URL('../model/index.ts', folder).pathname
}
