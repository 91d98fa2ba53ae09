import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld({ files: {} })
}, 30_000)
afterAll(() => world.remove())

/** Walks a runbook of these blocks, a section each, and gives the result with what its record says of each start. */
async function walked(release: string, blocks: readonly (readonly [tag: string, script: string])[], head = '') {
  const sections = blocks.map(
    ([tag, script], index) => `## ${index + 1}. Block ${index + 1}\n\n\`\`\`${tag}\n${script}\n\`\`\`\n`,
  )
  const path = join(world.repository.clone, `${release}.md`)
  writeFileSync(path, `${head}# Deploy\n\n${sections.join('\n')}`)
  const { exitCode, stderr } = await world.signoff(['run', path, '--release', release])
  return {
    exitCode,
    stderr,
    shells: world
      .transcript(release)
      .ofKind('step.start')
      .map(({ shell }) => shell),
  }
}

test('blocks tagged sh share the session with all others: what one sets, the next one finds', async () => {
  const { exitCode, stderr, shells } = await walked('v1', [
    ['sh', 'export TARGET=orders\nplain=1\ncd /'],
    ['sh', 'echo "at $PWD: $TARGET $plain"'],
    ['bash', 'TARGET=refunds'],
    ['sh', 'echo "then $TARGET"'],
  ])
  expect(stderr).toContain('\nat /: orders 1\n')
  expect(stderr).toContain('\nthen refunds\n')
  expect({ exitCode, shells }).toEqual({ exitCode: 0, shells: ['bash', 'bash', 'bash', 'bash'] })
})

test('a block tagged sh ends at the first command of a pipeline that fails', async () => {
  const { exitCode, stderr } = await walked('v2', [['sh', 'false | cat\necho "went on"']])
  expect(stderr).not.toContain('\nwent on\n')
  expect(exitCode).toBe(1)
})

test('where the front matter says sh, blocks that name no other shell run in it', async () => {
  const head = '---\nsignoff: { shell: sh }\n---\n'
  const { exitCode, shells } = await walked(
    'v3',
    [
      ['sh', 'true'],
      ['shell', 'true'],
      ['bash', 'true'],
    ],
    head,
  )
  expect({ exitCode, shells }).toEqual({ exitCode: 0, shells: ['sh', 'sh', 'bash'] })
})
