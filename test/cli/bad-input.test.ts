import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

const GOOD = '# Release\n\n## Phase 1: Build\n\n1. Build it:\n   ```bash\n   echo built\n   ```\n\n2. Tell support\n'

let world: World
const at = (name: string): string => join(world.repository.clone, name)
const write = (name: string, content: string | Uint8Array): void => writeFileSync(at(name), content)
const run = (...args: string[]) => world.signoff(['run', ...args])

beforeAll(async () => {
  world = await makeWorld({ files: { 'good.md': GOOD } })
}, 30_000)
afterAll(() => world.remove())

/** Nothing was begun: no transcript, no request, no state. */
function nothingWritten(): void {
  expect(existsSync(at('.signoff/transcripts')), 'a transcript was begun').toBe(false)
  expect(existsSync(at('.signoff/inbox')), 'a request was written').toBe(false)
  expect(existsSync(join(world.env.XDG_STATE_HOME ?? '', 'signoff')), 'state was left').toBe(false)
}

describe('a runbook that cannot be read', () => {
  test('a missing file is named, with what was expected and what to do', async () => {
    const result = await run('nowhere.md', '--release', 'v1')
    expect(result).toMatchObject({ exitCode: 65, stdout: '' })
    expect(result.stderr).toContain('nowhere.md: no such file; expected a readable Markdown file')
    expect(result.stderr).toContain('help: check the path')
    nothingWritten()
  })

  test('a directory is told apart', async () => {
    mkdirSync(at('docs'), { recursive: true })
    const result = await run('docs', '--release', 'v1')
    expect(result.exitCode).toBe(65)
    expect(result.stderr).toContain('docs: is a directory; expected a Markdown file')
  })

  test.skipIf(!existsSync('/proc/self/mem'))('a file that cannot be read, even by root, says why', async () => {
    const result = await run('/proc/self/mem', '--release', 'v1')
    expect(result.exitCode).toBe(65)
    expect(result.stderr).toMatch(/\/proc\/self\/mem: .*EIO/)
  })

  test.skipIf(process.getuid?.() === 0)('a file without permission says so', async () => {
    writeFileSync(at('secret.md'), GOOD, { mode: 0o000 })
    const result = await run('secret.md', '--release', 'v1')
    expect(result.exitCode).toBe(65)
    expect(result.stderr).toContain('may not be read by this user')
  })

  test('an address is refused: runbooks are local files', async () => {
    const result = await run('https://example.com/release.md', '--release', 'v1')
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain('runbooks are local files')
  })
})

describe('a runbook that cannot be trusted', () => {
  test.each([
    ['an empty file', 'empty.md', '', /empty\.md:1:1: error: .*\[nothing-to-read\]/],
    [
      'a binary file',
      'binary.md',
      Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0xff, 0xfe]),
      /binary\.md:1:\d+: error: .*\[not-text\]/,
    ],
    [
      'an unclosed fence',
      'unclosed.md',
      '# R\n\n## Step 1\n\n```bash\necho a\n\n## Step 2\n\n- [ ] never a step\n',
      /unclosed\.md:5:1: error: .*\[unclosed-fence\]/,
    ],
    [
      'malformed front matter',
      'front.md',
      '---\nsignoff:\n  values: { A: {default: x}\n---\n\n# R\n\n- [ ] a\n',
      /front\.md:[34]:\d+: error: .*\[bad-front-matter\]/,
    ],
  ])('%s is refused with its place, and nothing is begun', async (_, name, content, message) => {
    write(name, content)
    for (const command of [
      ['run', name, '--release', 'v1'],
      ['plan', name],
    ]) {
      const result = await world.signoff(command)
      expect(result.exitCode, result.stderr).toBe(command[0] === 'run' || /empty|binary/.test(name) ? 65 : 1)
      expect(`${result.stderr}${result.stdout}`).toMatch(message)
    }
    nothingWritten()
  })
})

describe('answers', () => {
  test.each([
    [
      'an unknown key',
      'version: 1\nby: kim\nanswers:\n  - { step: "1.2", answr: yes }\n',
      /a\.yaml:4:\d+: unknown key "answers\.0\.answr"/,
    ],
    [
      'a step that is none',
      'version: 1\nby: kim\nanswers:\n  - { step: "9.9", answer: yes }\n',
      /a\.yaml:4:\d+: answers names "9\.9"/,
    ],
    ['YAML that is none', 'version: 1\nby: [kim\n', /a\.yaml:\d+:\d+: /],
    [
      'a value that the runbook does not have',
      'version: 1\nby: kim\nvalues: { org: acme }\n',
      /a\.yaml:3:\d+: the runbook has no value "org"/,
    ],
    ['no version', 'by: kim\n', /a\.yaml:\d+:\d+: version: /],
  ])('%s is an error with line and column', async (_, text, message) => {
    write('a.yaml', text)
    const result = await run('good.md', '--release', 'v1', '--answers', 'a.yaml')
    expect(result.exitCode).toBe(65)
    expect(result.stderr).toMatch(message)
    nothingWritten()
  })

  test('whatever is missing is listed at once, each with its place and what gives it', async () => {
    const result = await run('good.md', '--release', 'v1')
    expect(result.exitCode).toBe(20)
    expect(result.stderr).toMatch(/good\.md:10:1 1\.2 Tell support: --answers FILE/)
    nothingWritten()
  })
})

describe('releases', () => {
  test.each(['../v1', 'a/b', 'v1/../../x', '..', '', '.git', 'v 1', 'v1\n', 'x'.repeat(300)])(
    'the release %j is refused',
    async release => {
      const result = await run('good.md', '--release', release)
      expect(result.exitCode).toBe(2)
      expect(result.stderr).toContain('--release')
      nothingWritten()
    },
  )
})

describe('keys', () => {
  test('without a key nothing starts, and the way out is named', async () => {
    const { exitCode, stderr } = await world.signoff(['run', 'good.md', '--release', 'v1'], { SIGNOFF_KEY: '' })
    expect(exitCode).toBe(20)
    expect(stderr).toContain('no signing key')
    expect(stderr).toContain('help: run "signoff init"')
    nothingWritten()
  })

  test('a key that the signers file gives to nobody cannot seal', async () => {
    const other = await makeWorld({ files: {} })
    try {
      const { exitCode, stderr } = await world.signoff([
        'run',
        'good.md',
        '--release',
        'v1',
        '--key',
        other.operator.keyFile,
      ])
      expect(exitCode).toBe(20)
      expect(stderr).toContain('allowed_signers gives nobody the key')
      nothingWritten()
    } finally {
      await other.remove()
    }
  })
})

describe('usage', () => {
  test.each([
    ['no release', ['run', 'good.md']],
    ['an unknown flag', ['run', 'good.md', '--release', 'v1', '--yes-to-all']],
    ['an unknown command', ['walk']],
    ['a value without a name', ['run', 'good.md', '--release', 'v1', '--set', 'x']],
    ['a value that the runbook does not have', ['run', 'good.md', '--release', 'v1', '--set', 'org=acme']],
    ['a screen where there is no terminal', ['run', 'good.md', '--release', 'v1', '--ui', 'full']],
  ])('%s ends with 2', async (_, args) => {
    const result = await world.signoff(args)
    expect(result.exitCode, result.stderr).toBe(2)
    expect(result.stdout).toBe('')
    nothingWritten()
  })
})

describe('placeholders', () => {
  const WITH_PLACEHOLDER =
    '# Release\n\n## Phase 1: Deploy\n\n1. Deploy:\n   ```bash\n   deploy --target-org <staging-org> report.txt\n   ```\n'

  test('an unfilled placeholder never reaches a shell, though bash would read it as a redirection', async () => {
    write('placeholder.md', WITH_PLACEHOLDER)
    write('staging-org', 'do not read\n')
    write('report.txt', 'precious\n')
    const shells = spyOnShells()
    const result = await world.signoff(['run', 'placeholder.md', '--release', 'v1'], { PATH: shells.path })
    expect(result.exitCode).toBe(20)
    expect(result.stderr).toMatch(/placeholder\.md:7:\d+ staging-org, for .*: --set staging-org=VALUE/)
    expect(shells.calls()).toEqual([])
    expect(readFileSync(at('report.txt'), 'utf8')).toBe('precious\n')
    nothingWritten()
  })

  test('plan starts no shell and writes nothing, whatever the blocks say', async () => {
    write('side-effects.md', '# R\n\n## Step 1\n\n```bash\ntouch $(touch made-by-plan) `touch made-too`\n```\n')
    const before = readdirSync(world.repository.clone).sort()
    const shells = spyOnShells()
    for (const format of [[], ['--json'], ['--markdown']]) {
      const result = await world.signoff(['plan', 'side-effects.md', ...format], { PATH: shells.path })
      expect(result.exitCode).toBe(0)
      expect(result.stdout).toContain('touch $(touch made-by-plan)')
    }
    expect(shells.calls()).toEqual([])
    expect(readdirSync(world.repository.clone).sort()).toEqual(before)
    nothingWritten()
  })

  /** Shells that write down that they were called, in front of the real ones. */
  function spyOnShells(): { readonly path: string; calls(): string[] } {
    const folder = join(world.root, 'spies')
    const log = join(world.root, 'shells.log')
    mkdirSync(folder, { recursive: true })
    writeFileSync(log, '')
    for (const name of ['bash', 'sh', 'zsh'])
      writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} >> ${log}\nexec /bin/${name} "$@"\n`, { mode: 0o755 })
    return {
      path: `${folder}:${world.env.PATH}`,
      calls: () =>
        readFileSync(log, 'utf8')
          .split('\n')
          .filter(line => line !== ''),
    }
  }
})
