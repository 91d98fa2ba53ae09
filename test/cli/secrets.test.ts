import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

const SECRET = 'tr0ub4dor&3/"x'

const RUNBOOK = `# Release

## Phase 1: Deploy

1. Log in:
   \`\`\`bash
   test -n "$APP_TOKEN" && echo "got \${#APP_TOKEN} characters: $APP_TOKEN"
   \`\`\`

2. Look without it:
   \`\`\`bash
   echo "here: \${APP_TOKE:-}\${OTHER_NAME:-not inherited}"
   \`\`\`
`

let world: World
beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK } })
}, 30_000)
afterAll(() => world.remove())

let release = 0
beforeEach(() => {
  release++
})

interface Given {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** What descriptor 3 gives. */
  readonly third?: string
}

async function run({ args = [], env = {}, input, third }: Given) {
  const result = await execa(
    process.execPath,
    [signoffFile(), 'run', 'release.md', '--release', `v${release}`, ...args],
    {
      cwd: world.repository.clone,
      env: { ...world.env, SIGNOFF_KEY: world.operator.keyFile, ...env },
      extendEnv: false,
      reject: false,
      timeout: 60_000,
      stdio: [
        input === undefined ? 'ignore' : Buffer.from(input),
        'pipe',
        'pipe',
        ...(third === undefined ? [] : [Buffer.from(third)]),
      ],
    },
  )
  return { exitCode: result.exitCode, stderr: String(result.stderr) }
}

const printed = (): string =>
  world
    .transcript(`v${release}`)
    .ofKind('output')
    .map(({ text }) => text)
    .join('')

function configure(text: string): void {
  const folder = join(world.env.XDG_CONFIG_HOME ?? '', 'signoff')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'config.yaml'), text)
}

function program(name: string, text: string): string {
  const path = world.file(name, `#!/bin/bash\n${text}\n`)
  chmodSync(path, 0o755)
  return path
}

describe('a secret is read', () => {
  const GOT = `got ${SECRET.length} characters: ***\n`

  test('from a file, and a step that does not use it is not given it', async () => {
    const result = await run({ args: ['--secret', `APP_TOKEN=${world.file('token', `${SECRET}\n`)}`] })
    expect(result, result.stderr).toMatchObject({ exitCode: 0 })
    expect(printed()).toBe(`${GOT}here: not inherited\n`)
  })

  test('from standard input', async () => {
    const result = await run({ args: ['--secret', 'APP_TOKEN=-'], input: `${SECRET}\n` })
    expect(result, result.stderr).toMatchObject({ exitCode: 0 })
    expect(printed()).toContain(GOT)
  })

  test('from a descriptor, which no script finds open', async () => {
    const result = await run({ args: ['--secret', 'APP_TOKEN=/dev/fd/3'], third: SECRET })
    expect(result, result.stderr).toMatchObject({ exitCode: 0 })
    expect(printed()).toContain(GOT)
  })

  test('from a variable, which only the steps that use the value inherit', async () => {
    const result = await run({ args: ['--secret-env', 'APP_TOKEN=OTHER_NAME'], env: { OTHER_NAME: SECRET } })
    expect(result, result.stderr).toMatchObject({ exitCode: 0 })
    expect(printed()).toBe(`${GOT}here: not inherited\n`)
  })

  test.each([
    ['an input that is empty', ['--secret', 'APP_TOKEN=-'], '\n', 'it is empty'],
    ['a file of a megabyte and more', ['--secret', 'APP_TOKEN=-'], 'x'.repeat((1 << 20) + 1), 'more than'],
  ])('not from %s: that is usage, and nothing starts', async (_, args, input, why) => {
    const result = await run({ args, ...(input === undefined ? {} : { input }) })
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain(why)
    expect(() => world.transcript(`v${release}`)).toThrow()
  })

  test('not from a descriptor that nobody handed over, be it one that Node has open itself', {
    timeout: 60_000,
  }, async () => {
    for (const descriptor of [4, 5, 6, 7, 8, 9, 10, 12, 15, 17, 20, 21, 99]) {
      const result = await run({ args: ['--secret', `APP_TOKEN=/dev/fd/${descriptor}`] })
      expect(result, `${descriptor}: ${result.stderr}`).toMatchObject({ exitCode: 2 })
    }
  })

  test('and one under 6 characters is said not to be masked', async () => {
    const result = await run({ args: ['--secret', 'APP_TOKEN=-'], input: 'abcde' })
    expect(result.stderr).toContain('APP_TOKEN is shorter than 6 characters: it is not masked')
    expect(printed()).toContain('characters: abcde')
  })
})

describe('a command gives a secret', () => {
  test('where the user’s own configuration names it: without a shell, its stderr shown, how it came recorded', async () => {
    const give = program('give', `echo "unlocking $1" >&2; printf '%s\\n' '${SECRET.replaceAll("'", "'\\''")}'`)
    configure(`secrets: { APP_TOKEN: { command: [${give}, '$(touch ${world.root}/shell); *'] } }\n`)
    const result = await run({})
    expect(result, result.stderr).toMatchObject({ exitCode: 0 })
    expect(result.stderr).toContain(`unlocking $(touch ${world.root}/shell); *`)
    expect(readdirSync(world.root)).not.toContain('shell')
    expect(printed()).toContain('characters: ***')
    const { ofKind } = world.transcript(`v${release}`)
    expect(ofKind('param')).toMatchObject([{ name: 'APP_TOKEN', value: null, masked: true, how: 'default' }])
    expect(ofKind('note')[0]).toMatchObject({ text: expect.stringContaining(`from the command "${give}"`) })
  })

  test('only for the projects it is meant for', async () => {
    const give = program('never', `touch ${world.root}/ran; echo ${'x'.repeat(8)}`)
    configure(`secrets: { APP_TOKEN: { command: [${give}], projects: [${world.root}/elsewhere] } }\n`)
    expect((await run({})).exitCode).toBe(20)
    expect(readdirSync(world.root)).not.toContain('ran')
    configure(`secrets: { APP_TOKEN: { command: [${give}], projects: [${world.root}] } }\n`)
    expect((await run({})).exitCode).toBe(0)
  })

  test('but not where somebody gave the value themselves', async () => {
    const give = program('again', `touch ${world.root}/again-ran; echo another-one`)
    configure(`secrets: { APP_TOKEN: { command: [${give}] } }\n`)
    expect((await run({ args: ['--secret', 'APP_TOKEN=-'], input: SECRET })).exitCode).toBe(0)
    expect(readdirSync(world.root)).not.toContain('again-ran')
  })

  test.each([
    ['fails', 'echo "vault is sealed" >&2; echo half-a-secret; exit 3', 'it ended with 3'],
    ['prints nothing', 'exit 0', 'it printed nothing'],
    ['does not end', 'trap "" TERM; while ((SECONDS < 100)); do sleep 0.1; done', 'it did not end within 1 s'],
  ])('not where it %s: that is said, and the value is missing', async (_, text, why) => {
    configure(`secrets: { APP_TOKEN: { command: [${program('bad', text)}], timeout: 1s } }\n`)
    const result = await run({})
    expect(result, result.stderr).toMatchObject({ exitCode: 20 })
    expect(result.stderr).toContain(`gave no APP_TOKEN: ${why}`)
    expect(result.stderr).not.toContain('half-a-secret')
  })

  test('never where a repository names it', async () => {
    configure('{}\n')
    const give = program('theirs', `touch ${world.root}/theirs; echo whatever-it-is`)
    const path = join(world.repository.clone, '.signoff/config.yaml')
    writeFileSync(path, `secrets: { APP_TOKEN: { command: [${give}] } }\n`)
    const result = await run({})
    writeFileSync(path, '{}\n')
    expect(result.exitCode).toBe(65)
    expect(result.stderr).toContain('config.yaml:1:1: secrets: a repository may not name commands')
    expect(readdirSync(world.root)).not.toContain('theirs')
  })
})

test('a planted secret is in no file that stays, in no command line, and in nothing that was said; modes hold under umask 000', async () => {
  configure('{}\n')
  const seen = join(world.root, 'seen')
  const codings = `
   printf '%s\\n' "$APP_TOKEN" | tee /dev/stderr
   printf %s "x$APP_TOKEN" | base64 -w0; printf %s "$APP_TOKEN" | od -An -v -tx1 | tr -d ' \\n'
   printf '%q\\n' "$APP_TOKEN"; declare -p APP_TOKEN; (set -x; : "$APP_TOKEN")
   { cat /proc/[0-9]*/cmdline 2>/dev/null || true; } | tr '\\0' '\\n' > ${seen}
   find "$XDG_STATE_HOME/signoff" -type f -printf '%m %p\\n' > ${seen}.modes`
  const text = RUNBOOK.replace(/ {3}test -n .*/, codings.trimStart().replace(/^/gm, '   '))
  writeFileSync(join(world.repository.clone, 'release.md'), text)
  const token = join(world.root, 'planted')
  writeFileSync(token, SECRET)
  const bash = `umask 000; exec "$NODE" "$BIN" run release.md --release v${release} --secret APP_TOKEN="$TOKEN"`
  const result = await execa('bash', ['-c', bash], {
    cwd: world.repository.clone,
    env: {
      ...world.env,
      SIGNOFF_KEY: world.operator.keyFile,
      NODE: process.execPath,
      BIN: signoffFile(),
      TOKEN: token,
    },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  writeFileSync(join(world.repository.clone, 'release.md'), RUNBOOK)
  expect(result, result.stderr).toMatchObject({ exitCode: 0 })
  const { folder } = world.transcript(`v${release}`)
  const exports: string[] = []
  for (const format of ['md', 'json'])
    exports.push((await world.signoff(['export', folder, '--format', format])).stdout)
  expect(exports.every(one => one.includes('***'))).toBe(true)
  const bytes = Buffer.from(SECRET)
  const forms = [SECRET, bytes.toString('hex'), bytes.toString('base64').slice(0, 12), SECRET.slice(0, 9)]
  const left = [...exports, result.stderr, result.stdout].filter(one => forms.some(form => one.includes(form)))
  expect(left).toEqual([])
  for (const path of filesBelow(world.root)) {
    // Where it was planted, and where other tests planted theirs.
    if (path === token || path.startsWith(join(world.root, 'files'))) continue
    const content = readFileSync(path, 'latin1')
    expect(
      forms.filter(form => content.includes(form)),
      path,
    ).toEqual([])
  }
  const modes = readFileSync(`${seen}.modes`, 'utf8').trimEnd().split('\n')
  expect(modes.length).toBeGreaterThan(5)
  expect(modes.filter(line => !/^[4-7]00 /.test(line))).toEqual([])
  expect(statSync(join(folder, 'journal.jsonl')).mode & 0o777).toBe(0o400)
})

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

describe('after a kill -9', () => {
  const WAITS = RUNBOOK.replace(
    / {3}test -n .*/,
    '   echo started; until [[ -e "$GO" || SECONDS -gt 100 ]]; do sleep 0.05; done; echo "late $APP_TOKEN"',
  )
  const journal = (): string => readFileSync(join(world.transcript(`v${release}`).folder, 'journal.jsonl'), 'utf8')

  /** A run that was killed while its first script ran, which has ended since. */
  async function killed(): Promise<void> {
    configure('{}\n')
    writeFileSync(join(world.repository.clone, 'waits.md'), WAITS)
    const go = join(world.root, `go-${release}`)
    const first = execa(
      process.execPath,
      [signoffFile(), 'run', 'waits.md', '--release', `v${release}`, '--set', `GO=${go}`, '--secret', 'APP_TOKEN=-'],
      {
        cwd: world.repository.clone,
        env: { ...world.env, SIGNOFF_KEY: world.operator.keyFile },
        extendEnv: false,
        reject: false,
        input: SECRET,
      },
    )
    for (let tries = 0; tries < 600 && !isStarted(); tries++) await sleep(50)
    first.kill('SIGKILL')
    await first
    writeFileSync(go, '')
  }

  function isStarted(): boolean {
    try {
      return printed().includes('started')
    } catch {
      return false
    }
  }

  test('nothing of the output is read before the secret is given again, and with it is masked', {
    timeout: 60_000,
  }, async () => {
    await killed()
    const without = await world.signoff(['resume'])
    expect(without, without.stderr).toMatchObject({ exitCode: 20 })
    expect(without.stderr).toContain('may hold APP_TOKEN, which only the run before knew; nothing of it was read')
    expect(without.stderr).toContain('signoff resume --secret APP_TOKEN=FILE')
    expect(printed()).toBe('started\n')
    const resumed = await world.signoff(['resume', '--secret', `APP_TOKEN=${world.file('again', SECRET)}`])
    expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
    expect(printed()).toContain('started\nlate ***\n')
    expect(journal()).not.toContain('tr0ub')
  })

  test('without it, and only if a person says so, what was not read is counted and recorded as lost', {
    timeout: 60_000,
  }, async () => {
    await killed()
    const resumed = await world.signoff(['resume', '--lose-output'])
    expect(resumed.stderr).toContain('what was not read is recorded as lost')
    expect(printed()).not.toContain('late')
    const ends = journal()
      .split('\n')
      .filter(line => line.includes('"kind":"output.end"'))
      .map(line => JSON.parse(line) as { streams: { fd: string; bytes: number; kept: number; lost: number }[] })
    expect(ends[0]?.streams).toContainEqual(
      expect.objectContaining({ fd: 'out', kept: 'started\n'.length, lost: `late ${SECRET}\n`.length }),
    )
    expect(journal()).not.toContain('tr0ub')
  })

  test('a terminal asks for it first, and shows nothing of it', { timeout: 60_000 }, async context => {
    await killed()
    const terminal = await world.signoffAtTerminal(['resume'])
    if (terminal === null) return context.skip()
    try {
      await terminal.answer(/APP_TOKEN, not shown: $/, SECRET)
      await terminal.answer(/late \*\*\*/, '')
      await terminal.answer(/pause|Enter|run/i, 'pause')
      expect(terminal.text()).not.toContain('tr0ub')
      expect(journal()).not.toContain('tr0ub')
    } finally {
      terminal.close()
    }
  })
})
