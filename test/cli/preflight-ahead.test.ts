import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DoctorReportSchema } from '../../src/cli/preflight/finding.ts'
import { makeWorld, type World } from '../helpers/world/index.ts'
import type { PlainTerminal } from '../helpers/world/plain-terminal.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 })

const RUNBOOK = `# Release

## Phase 1: Build

1. Build it:
   \`\`\`bash
   no-such-builder || [ -e go ]
   \`\`\`

## Phase 2: Decide

**Approvers**: Lead

**Decision**: GO / NO-GO

## Phase 3: Deploy

1. Deploy it:
   \`\`\`bash
   no-such-deployer || true
   \`\`\`

**Rollback Plan**

\`\`\`bash
no-such-undo || true
\`\`\`
`

let world: World
let terminal: PlainTerminal | null = null
const at = (name: string): string => join(world.repository.clone, name)
const write = (name: string, text: string): void => {
  mkdirSync(dirname(at(name)), { recursive: true })
  writeFileSync(at(name), text)
}
beforeEach(async () => {
  world = await makeWorld({
    files: { 'release.md': RUNBOOK, '.signoff/transcripts/.gitattributes': '* -text\n' },
    roles: ['Lead', 'Other'],
  })
})
afterEach(async () => {
  terminal?.close()
  terminal = null
  expect(await world.processesLeft()).toEqual([])
  await world.remove()
})

const doctor = async (...args: string[]) => {
  const { stdout, stderr } = await world.signoff(['doctor', ...args, '--json'])
  expect(stdout, stderr).not.toBe('')
  const { findings } = DoctorReportSchema.parse(JSON.parse(stdout))
  return (check: string) => findings.filter(finding => finding.check === check)
}
/** The signers file with the operator alone: no gate can be opened any more. */
const nobodyApproves = () => {
  const path = '.signoff/allowed_signers'
  const lines = readFileSync(at(path), 'utf8').split('\n')
  write(path, `${lines.filter(line => !line.includes('approval')).join('\n')}`)
}

describe('resume and rollback look at what is left', () => {
  test('a program that is missing is said before the next step, and none of a step that has ended', async () => {
    const run = await world.signoff(['run', 'release.md', '--release', 'v1'])
    expect(run, run.stderr).toMatchObject({ exitCode: 1 })
    for (const name of ['no-such-builder', 'no-such-deployer', 'no-such-undo'])
      expect(run.stderr).toContain(`warning: ${name} is not on the PATH`)
    write('go', '')
    const resumed = await world.signoff(['resume', '--retry', '1.1', '--reason', 'it may go'])
    expect(resumed, resumed.stderr).toMatchObject({ exitCode: 20 })
    expect(resumed.stderr).toContain('no-such-builder is not on the PATH, and 1.1 calls it')
    expect(resumed.stderr.indexOf('no-such-deployer is not')).toBeLessThan(resumed.stderr.indexOf('Step 1.1'))
    const again = await world.signoff(['resume'])
    expect(again.stderr).toContain('no-such-deployer is not on the PATH, and 3.1 calls it')
    expect(again.stderr).not.toContain('no-such-builder is not')
    const back = await world.signoff(['rollback', world.transcript('v1').run])
    expect(back).toMatchObject({ exitCode: 20 })
    expect(back.stderr).toContain('no-such-undo is not on the PATH, and 3r.1 calls it')
    expect(back.stderr).not.toContain('no-such-deployer is not')
  })

  test('a gate that nobody can open any more keeps an unattended run from going on, untouched; a person is told, and goes on', async () => {
    expect((await world.signoff(['run', 'release.md', '--release', 'v1'])).exitCode).toBe(1)
    nobodyApproves()
    write('go', '')
    const lines = () => readFileSync(join(world.transcript('v1').folder, 'journal.jsonl'), 'utf8')
    const before = lines()
    const resumed = await world.signoff(['resume', '--retry', '1.1', '--reason', 'it may go'])
    expect(resumed).toMatchObject({ exitCode: 20 })
    expect(resumed.stderr).toMatch(
      /the gate 2\.\S+ .* cannot be opened: .* nobody but the operator may sign any; 3\.1, which stands behind it, is not reached before that \[gate-cannot-open\]/,
    )
    expect(resumed.stderr).toContain('the run cannot go on like this; nothing was run')
    expect(lines()).toBe(before)
    terminal = await world.signoffAtTerminal(['resume'])
    if (terminal === null) return
    await terminal.answer(/\[gate-cannot-open\][\s\S]*It has failed/, 'pause')
    await terminal.answer(/Leave this run/, '2')
    expect(await terminal.exited).toBe(20)
  })

  test('a script that runs is followed to its end, whatever is in the way of what stands behind it', async () => {
    write(
      'release.md',
      RUNBOOK.replace(
        'no-such-builder || [ -e go ]',
        'touch began; until [[ -e go || SECONDS -gt 100 ]]; do sleep 0.1; done',
      ),
    )
    const env = { ...world.env, SIGNOFF_KEY: world.operator.keyFile }
    const args = [signoffFile(), 'run', 'release.md', '--release', 'v1']
    const first = spawn(process.execPath, args, { cwd: world.repository.clone, env, stdio: 'ignore' })
    const ended = new Promise(resolve => first.on('close', resolve))
    try {
      for (const deadline = Date.now() + 30_000; !existsSync(at('began')); await sleep(50))
        if (Date.now() > deadline) throw new Error('it has not begun')
      first.kill('SIGKILL')
      await ended
      nobodyApproves()
    } finally {
      write('go', '')
    }
    const resumed = await world.signoff(['resume'])
    expect(resumed, resumed.stderr).toMatchObject({ exitCode: 20 })
    expect(resumed.stderr).toContain('[gate-cannot-open]')
    expect(world.transcript('v1').ofKind('step.end')).toMatchObject([{ outcome: 'exited', result: 'passed' }])
  })
})

describe('what a run cannot come to is computed over its plan', () => {
  const CHOICES = `# Deploy

## Phase 1: Build

1. Build it (if security changes):
   \`\`\`bash
   make build
   \`\`\`

## Phase 2: Deploy

### Option 1: Vercel

1. Push it

### Option 2: Docker

1. Load it

2. Start it

## Phase 3: Announce

1. Write the notes:
   \`\`\`bash
   announce --to a|b|c ...
   \`\`\`

2. Tell support

3. Tell sales
`

  test('by conditions that are answered, options that are chosen and the selection, each cause once', async () => {
    write('choice.md', CHOICES)
    const answers = world.file('a.yaml', 'version: 1\nby: kim\nchoices: { "2.1": Vercel }\n')
    const found = await doctor('choice.md', '--answers', answers, '--until', '3.2')
    expect(found('steps-left-out').map(({ level, message, steps }) => [level, message, steps])).toEqual([
      [
        'info',
        '2 steps are left out, 2.1b.1, 2.1b.2: "Vercel" was chosen at 2.1, and it belongs to "Docker"',
        ['2.1b.1', '2.1b.2'],
      ],
      ['info', '1 step is left out, 3.3: --until 3.2', ['3.3']],
    ])
    const run = await world.signoff(['run', 'choice.md', '--release', 'v1', '--answers', answers, '--until', '3.2'])
    expect(run.exitCode).toBe(20)
    expect(run.stderr).not.toContain('left out')
  })

  test('by a script that is unfinished, with what stands behind it; a decision beforehand takes it out of the way', async () => {
    write('choice.md', CHOICES)
    const found = await doctor('choice.md')
    expect(found('step-blocked')).toMatchObject([
      {
        level: 'warning',
        steps: ['3.1'],
        message: expect.stringMatching(
          /^3\.1 Write the notes cannot run as it stands: the script is unfinished: .*; the 2 steps behind it, 3\.2 to 3\.3, are not reached before that$/,
        ),
      },
    ])
    const run = await world.signoff(['run', 'choice.md', '--release', 'v1', '--skip', '3.1', '--reason', 'no news'])
    expect(run.stderr).not.toContain('[step-blocked]')
  })

  test('by a secret that cannot enter its place, though it were given', async () => {
    write(
      'quoted.md',
      "# Deploy\n\n## Phase 1: Build\n\n1. Write it:\n   ```bash\n   cat > .env <<'EOF'\n   TOKEN=<api-token>\n   EOF\n   ```\n",
    )
    expect((await doctor('quoted.md'))('step-blocked')).toMatchObject([
      { steps: ['1.1'], message: expect.stringContaining('what was given for api-token cannot enter its place') },
    ])
  })

  test('by a gate of a way back only the way back: the way forward does not stand behind it', async () => {
    nobodyApproves()
    write(
      'back.md',
      '# Release\n\n## Phase 1: Deploy\n\n- [ ] Deployed\n\n## Phase 2: Rollback\n\n**Decision Maker**: On-Call Engineer\n\n- [ ] Undone\n',
    )
    const [gate] = (await doctor('back.md'))('gate-cannot-open')
    expect(gate).toMatchObject({ level: 'error', message: expect.not.stringContaining('not reached') })
  })

  test('a selection that begins behind a gate is a warning that names it', async () => {
    const found = await doctor('release.md', '--from', '3')
    expect(found('gate-left-out')).toMatchObject([
      { level: 'warning', message: expect.stringMatching(/^--from 3 begins behind the gate 2\.\S+ .*nobody is asked/) },
    ])
    expect((await doctor('release.md', '--until', '1'))('gate-left-out')).toEqual([])
  })
})

test('an interpreter that the configuration names and this machine lacks is an error that names its steps', async () => {
  write('.signoff/config.yaml', 'interpreters: { python: [no-such-python, -u] }\n')
  write('python.md', '# Count\n\n## Phase 1: Data\n\n1. Count the rows:\n   ```python\n   print(6 * 7)\n   ```\n')
  const found = await doctor('python.md')
  expect(found('shell-missing')).toMatchObject([
    { level: 'error', steps: ['1.1'], message: 'no-such-python is not on the PATH, and 1.1 is written for it' },
  ])
  const run = await world.signoff(['run', 'python.md', '--release', 'v1'])
  expect(run).toMatchObject({ exitCode: 65, stderr: expect.stringContaining('[shell-missing]') })
  write('.signoff/config.yaml', 'interpreters: { python: [bash] }\n')
  expect((await doctor('python.md'))('shell-missing')).toEqual([])
})
