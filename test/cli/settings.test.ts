import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

const runbook = (...settings: string[]): string =>
  [
    '---',
    'signoff:',
    '  mode: linear',
    ...settings,
    '---',
    '# Release',
    '',
    '## 1. Build',
    '',
    '```bash {cwd=api}',
    'pwd >> "$OLDPWD_OF_TEST/did.txt"; echo "<region>" >> "$OLDPWD_OF_TEST/did.txt"',
    '```',
    '',
    '```bash',
    'pwd >> "$OLDPWD_OF_TEST/did.txt"',
    '```',
    '',
  ].join('\n')
const REGION = ['  values:', '    region: { pattern: "[a-z]+-[0-9]", description: Where it runs }']

let world: World
const at = (name: string): string => join(world.repository.clone, name)
const run = (name: string, ...more: string[]) =>
  world.signoff(['run', name, '--release', 'v1', '--set', `OLDPWD_OF_TEST=${at('.')}`, ...more])

beforeAll(async () => {
  world = await makeWorld({
    files: { 'good.md': runbook('  cwd: apps', ...REGION), 'beside.md': runbook(...REGION) },
  })
  mkdirSync(at('apps/api'), { recursive: true })
}, 30_000)
afterAll(() => world.remove())

const did = (): string[] => (existsSync(at('did.txt')) ? readFileSync(at('did.txt'), 'utf8').trim().split('\n') : [])

describe('the folder of a run and of a block', () => {
  test('a run starts in the folder of the front matter, a block in its own, and the next where the run stood', async () => {
    rmSync(at('did.txt'), { force: true })
    const result = await run('good.md', '--set', 'region=eu-1')
    expect(result.stderr).not.toContain('error')
    expect(result.exitCode).toBe(0)
    expect(did()).toEqual([at('apps/api'), 'eu-1', at('apps')])
  })

  test('a folder that is not there ends the run before its block, with 65 and the folder', async () => {
    rmSync(at('did.txt'), { force: true })
    const result = await run('beside.md', '--set', 'region=eu-1')
    expect(result.exitCode).toBe(65)
    expect(`${result.stdout}${result.stderr}`).toContain(
      `the folder ${at('api')}, where this block starts, is not there`,
    )
    expect(did()).toEqual([])
  })
})

describe('a value must match the pattern of the runbook', () => {
  const expected = 'region must match [a-z]+-[0-9] (Where it runs)'

  test('by flag: a usage error, for run and for plan', async () => {
    for (const result of [
      await run('good.md', '--set', 'region=EU 1'),
      await world.signoff(['plan', 'good.md', '--set', 'region=EU 1']),
    ]) {
      expect(result.exitCode).toBe(2)
      expect(result.stderr).toContain(expected)
    }
  })

  test('by an answers file: invalid, with the place', async () => {
    writeFileSync(at('answers.yaml'), 'version: 1\nby: kim@example.com\nvalues:\n  region: EU 1\n')
    const result = await run('good.md', '--answers', at('answers.yaml'))
    expect(result.exitCode).toBe(65)
    expect(result.stderr).toMatch(/answers\.yaml:4:\d+/)
    expect(result.stderr).toContain(expected)
  })

  test('where it is missing, what is expected is said', async () => {
    const result = await run('good.md')
    expect(result.exitCode).toBe(20)
    expect(result.stderr).toContain('region (Where it runs; must match [a-z]+-[0-9])')
  })
})

test('plan --annotate says on stderr which steps no marker could name, and why', async () => {
  writeFileSync(at('two.md'), '# T\n\n## 1. Steps\n\n```bash\n# One\nls\n\n# Two\npwd\n```\n\n- [ ] A\n- [ ] B\n')
  const { stdout, stderr } = await world.signoff(['plan', 'two.md', '--annotate'])
  expect(stdout).toContain(
    '- [ ] A\n  <!-- signoff id=steps-a confirm -->\n<!-- signoff id=steps-b confirm -->\n- [ ] B\n',
  )
  expect(stderr).toContain('2 steps keep the name')
  expect(stderr).toContain('two.md:11 1.1 One: it shares its block with other steps')
})
