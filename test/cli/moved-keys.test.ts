import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/cli/settings/config.ts'
import { findWorkspace } from '../../src/cli/settings/workspace.ts'
import { makeWorld } from '../helpers/world/index.ts'

async function read(yaml: string) {
  const world = await makeWorld({ files: { 'demo.md': '# Demo\n' } })
  try {
    const file = join(world.env.XDG_CONFIG_HOME ?? '', 'signoff', 'config.yaml')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, yaml)
    return await readConfig(findWorkspace(world.repository.clone), world.env)
  } finally {
    await world.remove()
  }
}

test('a key that a person moves does its action, and no other key does', async () => {
  const { keys } = await read('ui:\n  keys: { skip: S }\n')
  expect(keys.get('skip')).toEqual(['S'])
  expect(keys.get('retry')).toEqual(['r'])
})

test('a key that cannot be moved, or is taken, is an error with its place', async () => {
  await expect(read('ui:\n  keys:\n    proceed: x\n')).rejects.toThrow(/config\.yaml:3:\d+.*it keeps its key/s)
  await expect(read('ui:\n  keys:\n    skip: r\n')).rejects.toThrow(/config\.yaml:3:\d+.*"r" does retry already/s)
})
