import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LintReportSchema } from '../../src/cli/render/lint-report.ts'
import { FINDINGS } from '../../src/model/index.ts'
import { makeWorld, type World } from '../helpers/world/index.ts'

const GOOD = '# Release\n\n## Phase 1: Build\n\n1. Build it:\n   ```bash\n   echo built\n   ```\n\n2. Tell support\n'
const GATE = '# Release\n\n## 1. Go\n\n- [ ] Green\n\n**Decision**: GO / NO-GO\n'
const SECRET = 'k9-Zp3vT81qLw5'
const LEAKY = `# Release\n\n## Steps\n\n\`\`\`bash\nexport API_TOKEN="${SECRET}"; ssh web1 -p ${SECRET} /Users/kim/x\n\`\`\`\n`

let world: World
const at = (name: string): string => join(world.repository.clone, name)
const lint = (...args: string[]) => world.signoff(['lint', ...args])

beforeAll(async () => {
  world = await makeWorld({ files: { 'good.md': GOOD, 'gate.md': GATE, 'leaky.md': LEAKY } })
  writeFileSync(at('latin1.md'), Buffer.from([0x23, 0x20, 0xe9, 0x0a]))
  writeFileSync(at('links.md'), `${GOOD}\nSee [the map](docs/map.md), [gone](docs/gone.md) and [root](/good.md).\n`)
  mkdirSync(at('docs'), { recursive: true })
  writeFileSync(at('docs/map.md'), '# Map\n')
  writeFileSync(at('evil.md'), GATE.replace('Green', '[Green\u001bc\u0007 \u202ered](<#gone\u202e>)'))
}, 30_000)
afterAll(() => world.remove())

describe('signoff lint', () => {
  test('a sound file has no findings, exit 0, and nothing is written', async () => {
    const before = readdirSync(world.repository.clone)
    expect(await lint('good.md')).toEqual({ exitCode: 0, stdout: '1 file: 0 errors, 0 warnings, 0 info\n', stderr: '' })
    expect(readdirSync(world.repository.clone)).toEqual(before)
  })

  test('an error is a frame with help, and exit 1', async () => {
    const { exitCode, stdout } = await lint('gate.md')
    expect(exitCode).toBe(1)
    expect(stdout.split('\n')).toEqual([
      'gate.md:7:1: error: gate "GO / NO-GO" names nobody who decides; expected the roles that decide [gate-without-owner]',
      ' > 7 | **Decision**: GO / NO-GO',
      '     | ^^^^^^^^^^^^',
      '   help: add "**Approvers**: Release Manager + Platform Lead"',
      '1 file: 1 error, 0 warnings, 0 info',
      '',
    ])
  })

  test('all files are reported whatever is wrong with one; unreadable ones make it 65', async () => {
    const { exitCode, stdout } = await lint('nowhere.md', 'latin1.md', 'gate.md', 'docs')
    expect(exitCode).toBe(65)
    expect(stdout).toContain('nowhere.md: no such file; expected a readable Markdown file [unreadable]')
    expect(stdout).toContain('latin1.md:1:3: error: a byte that is not UTF-8 at offset 2: this is no text [not-text]')
    expect(stdout).toContain('gate.md:7:1: error:')
    expect(stdout).toContain('docs: is a directory')
    expect(stdout).toContain('4 files: 3 unreadable, 2 errors')
  })

  test('links are looked for beside the file, and from the root of the repository', async () => {
    const { exitCode, stdout } = await lint('links.md')
    expect(exitCode).toBe(0)
    expect(stdout.match(/unresolved-link/g)).toHaveLength(1)
    expect(stdout).toContain('links.md:12:29: warning: the link to docs/gone.md finds no file [unresolved-link]')
  })

  test('a secret in the text is named and shown by no output, of lint and of plan', async () => {
    for (const args of [
      ['lint'],
      ['lint', '--json'],
      ['lint', '--sarif'],
      ['plan'],
      ['plan', '--json'],
      ['plan', '--markdown'],
    ]) {
      const { exitCode, stdout, stderr } = await world.signoff([...args, 'leaky.md'])
      expect([args, exitCode]).toEqual([args, 1])
      expect(stdout).toMatch(/literal-secret|SO021/)
      expect(stdout + stderr).not.toContain(SECRET)
    }
    expect((await lint('leaky.md')).stdout).toContain('-p *** /Users/kim/x')
  })

  test('control characters of the file never reach the terminal', async () => {
    for (const command of ['lint', 'plan']) {
      const { stdout } = await world.signoff([command, 'evil.md'])
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
      expect(stdout).toContain('\\x1b')
    }
  })

  test('past a screen of frames each finding keeps its line', async () => {
    const links = Array.from({ length: 60 }, (_, index) => `- [ ] [x](#gone-${index})`)
    writeFileSync(at('many.md'), `# Release\n\n## Steps\n\n${links.join('\n')}\n`)
    const { stdout } = await lint('many.md')
    expect(stdout.match(/\[unresolved-link\]/g)).toHaveLength(60)
    expect((stdout.match(/^ > /gm) ?? []).length).toBeLessThanOrEqual(10)
    expect(stdout).toMatch(/1 file: 0 errors, 60 warnings, 0 info\n$/)
  })

  test('--json is signoff.lint/1, with code and name, places and counts', async () => {
    const { exitCode, stdout } = await lint('--json', 'gate.md', 'nowhere.md')
    expect(exitCode).toBe(65)
    const report = LintReportSchema.parse(JSON.parse(stdout))
    expect(report.counts).toEqual({ error: 1, warning: 0, info: 0, unreadable: 1 })
    expect(report.files[0]?.findings).toMatchObject([
      { code: 'SO024', name: 'gate-without-owner', level: 'error', line: 7, column: 1 },
    ])
    expect(report.files[1]).toMatchObject({ path: 'nowhere.md', sha256: null, findings: [] })
  })

  test('--explain takes a code or a name, of every finding; what is none is wrong use', async () => {
    const byCode = await lint('--explain', 'SO018')
    expect(byCode).toMatchObject({ exitCode: 0, stderr: '' })
    expect(byCode.stdout).toMatch(
      /^SO018 redirect-placeholder \(warning\)\n[\s\S]*Why: [\s\S]*Fix: [\s\S]*For example:/,
    )
    expect((await lint('--explain', FINDINGS.SO018[1])).stdout).toBe(byCode.stdout)
    expect((await world.signoff(['help', 'so018'])).stdout).toBe(byCode.stdout)
    expect((await lint('--explain', 'SO999')).exitCode).toBe(2)
  })

  test('help on what there is none on is wrong use, and names the topics', async () => {
    const { exitCode, stdout, stderr } = await world.signoff(['help', 'environments'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('there is no help on "environments"')
    expect(stderr).toContain('topics: exit-codes, keys, a command')
    expect((await world.signoff(['help'])).exitCode).toBe(0)
  })

  test('no file, an unknown flag, two formats and an address are wrong use', async () => {
    expect((await lint()).exitCode).toBe(2)
    expect((await lint('--fix', 'good.md')).exitCode).toBe(2)
    expect((await lint('--json', '--sarif', 'good.md')).exitCode).toBe(2)
    expect((await lint('https://example.com/a.md')).exitCode).toBe(2)
  })

  test('plan prints its findings in the same form', async () => {
    const { exitCode, stdout } = await world.signoff(['plan', 'gate.md'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^ {2}gate\.md:7:1: error: gate "GO \/ NO-GO" names nobody .*\[gate-without-owner\]$/m)
  })

  test('plan --annotate prints the runbook with markers, refuses one with a secret, and is one format of three', async () => {
    const { exitCode, stdout } = await world.signoff(['plan', '--annotate', 'gate.md'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('<!-- signoff id=go-go-no-go gate -->\n**Decision**: GO / NO-GO\n')
    const leaky = await world.signoff(['plan', '--annotate', 'leaky.md'])
    expect(leaky).toMatchObject({ exitCode: 65, stdout: '' })
    expect(leaky.stderr).not.toContain(SECRET)
    expect((await world.signoff(['plan', '--annotate', '--json', 'gate.md'])).exitCode).toBe(2)
  })

  test('the file is left as it is', () => {
    expect(readFileSync(at('gate.md'), 'utf8')).toBe(GATE)
  })
})
