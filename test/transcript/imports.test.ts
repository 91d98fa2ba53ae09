import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const folder = new URL('../../src/transcript/', import.meta.url)

describe('src/transcript', () => {
  it('loads the model, zod and node:crypto, and nothing else', () => {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
    expect(names).toContain('export/format.ts')
    for (const name of names) {
      const source = readFileSync(new URL(name, folder), 'utf8')
      for (const [, from = ''] of source.matchAll(/from '([^']+)'/g))
        expect(from, name).toMatch(/^(\.\.?\/([a-z-]+\/)*[a-z-]+\.ts|(\.\.\/)+model\/index\.ts|zod|node:crypto)$/)
    }
  })
})
