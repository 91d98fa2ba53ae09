import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'
import type { PlainTerminal } from '../helpers/world/plain-terminal.ts'
import { TestTerminal } from '../tui/helpers/terminal.ts'

const RUNBOOK = `# Release

## Phase 1: Build

1. Build it:
   \`\`\`bash
   test -e /nowhere
   \`\`\`

2. Tell support

3. Tell sales

## Phase 2: Production

1. Deploy it:
   \`\`\`bash
   kubectl -n production apply -f app.yaml
   \`\`\`

2. Clean the cache:
   \`\`\`bash
   kubectl -n production delete pod cache-0
   \`\`\`

## Contacts

| Who | Phone |
| --- | --- |
| Database | 555-0100 |

## Troubleshooting

When the build hangs, start the agent anew.
`
const PHRASE = 'production v1'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 })

let world: World
const terminals: PlainTerminal[] = []
beforeEach(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK, 'app.yaml': 'a: 1\n' } })
})
afterEach(async () => {
  for (const terminal of terminals.splice(0)) terminal.close()
  expect(await world.processesLeft()).toEqual([])
  await world.remove()
})

/** The operator at a terminal, who says what they do in order; skipped where there is no pseudo-terminal. */
async function atTerminal(
  args: readonly string[],
  talk: readonly (readonly [RegExp, string])[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number; text: string } | null> {
  const terminal = await world.signoffAtTerminal(args, env)
  if (terminal === null) return null
  terminals.push(terminal)
  for (const [question, line] of talk) await terminal.answer(question, line)
  return { exitCode: await terminal.exited, text: terminal.text() }
}

const answers = () =>
  world.file(
    'answers.yaml',
    'version: 1\nby: kim@example.com\nanswers:\n  - { step: "1.2", answer: yes }\n  - { step: "1.3", answer: yes }\n',
  )
const RUN = ['run', 'release.md', '--release', 'v1'] as const
const PHRASES = ['--confirm', `2.1=${PHRASE}`, '--confirm', `2.2=${PHRASE}`]
/** Nobody attends: it fails at its first step. */
const failed = async () => {
  const result = await world.signoff([...RUN, '--answers', answers(), ...PHRASES])
  expect(result, result.stderr).toMatchObject({ exitCode: 1 })
}
const kinds = (kind: string) => world.transcript('v1').ofKind(kind)
const verified = async (...more: string[]) => {
  const result = await world.signoff(['verify', world.transcript('v1').run, ...more])
  return { exitCode: result.exitCode, text: result.stdout + result.stderr }
}
const leave: readonly (readonly [RegExp, string])[] = [
  [/[Tt]ype "(?:run|production|tick)/, 'pause'],
  [/Leave this run/, '2'],
]

describe('edit and run', () => {
  /** An editor that changes the script and says what it was given. */
  const editor = (change: string) => {
    const log = join(world.temporary, 'editor.log')
    const file = world.file('editor.sh', `#!/bin/sh\nstat -c '%a %n' "$1" >> ${log}\ncat "$1" >> ${log}\n${change}\n`)
    chmodSync(file, 0o755)
    return { file, log: () => readFileSync(log, 'utf8') }
  }

  test('a failed step is edited in the person’s editor, with a diff and a reason, and what ran is in the record', async () => {
    const { file, log } = editor('sed -i "s|/nowhere|/|" "$1"')
    const done = await atTerminal(
      RUN,
      [
        [/Type "run" to run it/, 'run'],
        [/It has failed/, 'edit'],
        [/-test -e \/nowhere\s+\+test -e \/\s.*Reason for the change/s, 'the path was wrong'],
        [/EDITED.*Type "run" to be asked once more/s, 'run'],
        [/Type "yes" to run/, 'yes'],
        [/1\.2, Tell support/, 'deviations'],
        [/Build it.*: edited by operator@localhost: the path was wrong/, 'pause'],
        [/Leave this run/, '2'],
      ],
      { EDITOR: file },
    )
    if (done === null) return
    expect(done.exitCode, done.text).toBe(20)
    expect(log()).toMatch(/^600 .*\/signoff\/[0-9a-f-]+\/edit-[^/]+\/1\.1\.sh\ntest -e \/nowhere\n$/)
    expect(kinds('step.edit')).toMatchObject([
      { was: 'test -e /nowhere', script: 'test -e /', reason: 'the path was wrong', by: 'operator@localhost' },
    ])
    expect(kinds('step.start').map(({ script, attempt }) => [attempt, script])).toEqual([
      [1, 'test -e /nowhere'],
      [2, 'test -e /'],
    ])
    expect(kinds('step.end').at(-1)).toMatchObject({ result: 'passed' })
    const state = join(world.env.XDG_STATE_HOME ?? '', 'signoff', world.transcript('v1').run)
    expect(readdirSync(state).filter(name => name.startsWith('edit-'))).toEqual([])
  })

  test('a pending change in production is edited, and asks the phrase; a resumed run still runs the edited text', async () => {
    const { file } = editor('echo "kubectl -n production get pods" > "$1"')
    const started = await atTerminal(
      ['run', 'release.md', '--release', 'v1', '--from', '2'],
      [
        [/Type "production v1" to run it/, 'edit'],
        [/Reason for the change/, 'look first'],
        [/EDITED, change.*get pods.*Type "production v1" to run it/s, 'pause'],
        [/Leave this run/, '2'],
      ],
      { VISUAL: file, EDITOR: 'false' },
    )
    if (started === null) return
    expect(started.exitCode, started.text).toBe(20)
    const resumed = await world.signoff(['resume', '--confirm', `2.1=${PHRASE}`])
    expect(resumed.exitCode).toBe(20)
    expect(resumed.stderr).toContain(`--confirm 2.2='${PHRASE}'`)
    const over = await world.signoff(['resume', ...PHRASES])
    expect(over, over.stderr).toMatchObject({ exitCode: 0 })
    expect(world.programs.commandLines()).toEqual([
      'kubectl -n production get pods',
      'kubectl -n production delete pod cache-0',
    ])
    expect((await verified()).exitCode).toBe(0)
    const exported = await world.signoff(['export', world.transcript('v1').run, '--format', 'md'])
    expect(exported.stdout).toContain('script edited by `operator@localhost`: look first')
    expect(exported.stdout).toContain('-kubectl -n production apply -f app.yaml')
  })

  test('without an editor, or with one that fails, nothing changes and the question stands', async () => {
    const done = await atTerminal(
      RUN,
      [
        [/Type "run" to run it/, 'edit'],
        [/no editor is named: set VISUAL or EDITOR.*Type "run" to run it/s, 'pause'],
        [/Leave this run/, '2'],
      ],
      { EDITOR: '', VISUAL: '' },
    )
    if (done === null) return
    expect(done.exitCode).toBe(20)
    const failing = await atTerminal(
      ['resume'],
      [
        [/Type "run" to run it/, 'edit'],
        [/the editor "false" failed \(exit 1\); nothing was changed/, 'pause'],
        [/Leave this run/, '2'],
      ],
      { EDITOR: 'false' },
    )
    expect(failing?.exitCode).toBe(20)
    expect(kinds('step.edit')).toEqual([])
  })

  test('what bash cannot read is blocked before anything runs, and can be edited again', async () => {
    const { file } = editor('if grep -q fi "$1"; then echo true > "$1"; else echo "if true; fi" > "$1"; fi')
    const done = await atTerminal(
      RUN,
      [
        [/Type "run" to run it/, 'edit'],
        [/Reason for the change/, 'first try'],
        [/It cannot run: line 1: .*syntax error/, 'edit'],
        [/Reason for the change/, 'second try'],
        [/Type "run" to be asked/, 'run'],
        [/Type "yes"/, 'yes'],
        ...leave,
      ],
      { EDITOR: file },
    )
    if (done === null) return
    expect(kinds('step.start').map(({ script }) => script)).toEqual(['true'])
  })
})

test('Ctrl-C in an editor is for the editor: the full screen comes back, and the run was not left', async () => {
  const editor = world.file(
    'waits.sh',
    '#!/bin/bash\ntrap "exit 1" INT\necho EDITING\nwhile ((SECONDS < 100)); do sleep 0.05; done\n',
  )
  chmodSync(editor, 0o755)
  const signoff = resolve(import.meta.dirname, '../../bin/signoff.js')
  const screen = new TestTerminal(
    process.execPath,
    [signoff, 'run', join(world.repository.clone, 'release.md'), '--release', 'v1', '--ui', 'full'],
    { columns: 80, rows: 24 },
    { ...world.env, SIGNOFF_KEY: world.operator.keyFile, EDITOR: editor, VISUAL: '' },
  )
  screen.startsAtOnce()
  try {
    await screen.answer(/READY {2}1\.1/, 'e')
    await screen.until(/EDITING/)
    screen.send('\u0003')
    await screen.until(/the editor .* failed/)
    expect(screen.isAlternate).toBe(true)
    expect(kinds('run.pause')).toEqual([])
    await screen.answer(/READY {2}1\.1/, 'q')
    await screen.answer(/Leave this run/, '2')
    expect(await screen.exited).toBe(20)
  } finally {
    screen.close()
  }
})

test('when a step fails, the contacts and the known trouble of the runbook are there', async () => {
  const done = await atTerminal(RUN, [
    [/Type "run" to run it/, 'run'],
    [
      /Contacts \(.*release\.md:\d+\)[\s\S]*Database \| 555-0100[\s\S]*Troubleshooting[\s\S]*start the agent anew[\s\S]*It has failed/,
      'contacts',
    ],
    [/Database \| 555-0100/, 'pause'],
    [/Leave this run/, '2'],
  ])
  if (done !== null) expect(done.exitCode, done.text).toBe(20)
})

describe('jump', () => {
  test('forward leaves steps out, with a reason; the run ends partial, and verify agrees', async () => {
    const done = await atTerminal(RUN, [
      [/Type "run" to run it/, 'jump 1.3 nobody builds today'],
      [/Jump to step 1\.3 by operator@localhost, over 2 steps: nobody builds today.*Tell sales/s, 'jump 2.2'],
      [/Reason/, 'no deploy either'],
      [/Type "production v1" to jump/, PHRASE],
      [/Type "production v1" to run it/, PHRASE],
    ])
    if (done === null) return
    expect(done.exitCode, done.text).toBe(0)
    expect(world.programs.commandLines()).toEqual(['kubectl -n production delete pod cache-0'])
    expect(kinds('jump')).toMatchObject([
      { over: ['build-build-it', 'build-tell-support'] },
      { reason: 'no deploy either' },
    ])
    expect(kinds('run.end')).toMatchObject([{ result: 'partial' }])
    expect((await verified()).exitCode).toBe(0)
    expect((await verified('--require-passed')).exitCode).toBe(6)
  })

  test('back opens a step again, at the terminal and by resume --jump', async () => {
    const done = await atTerminal(
      ['run', 'release.md', '--release', 'v1', '--from', '1.2'],
      [
        [/1\.2, Tell support/, 'tick'],
        [/1\.3, Tell sales/, 'jump 1.2 they were not told'],
        [/reopened by operator@localhost: they were not told.*1\.2, Tell support/s, 'tick'],
        [/1\.3, Tell sales/, 'pause'],
        [/Leave this run/, '2'],
      ],
    )
    if (done === null) return
    const resume = ['resume', '--answers', answers(), ...PHRASES]
    expect((await world.signoff([...resume, '--jump', '1.2'])).exitCode).toBe(2)
    const over = await world.signoff([...resume, '--jump', '1.2', '--reason', 'once more'])
    expect(over, over.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('step.reopen').map(({ reason }) => reason)).toEqual(['they were not told', 'once more'])
    expect(kinds('confirm').filter(({ step }) => step === 'build-tell-support')).toHaveLength(3)
    expect((await verified()).exitCode).toBe(0)
  })

  const WITH_CHOICE = `# Release

## 1. Build

\`\`\`bash
echo built
\`\`\`

## 2. If a database is involved

Choose one

### Option A: Dump

\`\`\`bash
echo dumped
\`\`\`

### Option B: Snapshot

\`\`\`bash
echo taken
\`\`\`

## 3. Deploy

\`\`\`bash
test -e ready
\`\`\`
`
  test('back to a choice that a condition had left out runs the option that is chosen then, and verify agrees', async () => {
    writeFileSync(join(world.repository.clone, 'database.md'), WITH_CHOICE)
    const said = (answer: 'yes' | 'no') =>
      world.file(
        `${answer}.yaml`,
        `version: 1\nby: kim@example.com\nconditions: { "if a database is involved": ${answer} }\nchoices: { "2.1": Snapshot }\n`,
      )
    const first = await world.signoff(['run', 'database.md', '--release', 'v1', '--answers', said('no')])
    expect(first, first.stderr).toMatchObject({ exitCode: 1 })
    writeFileSync(join(world.repository.clone, 'ready'), '')
    const back = ['resume', '--answers', said('yes'), '--jump', '2.1', '--reason', 'one is', '--retry', '3.1']
    const over = await world.signoff(back)
    expect(over, over.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('choice')).toMatchObject([{ option: 'Snapshot' }])
    expect(kinds('step.start').map(({ script }) => script)).toEqual([
      'echo built',
      'test -e ready',
      'echo taken',
      'test -e ready',
    ])
    expect(kinds('run.end')).toMatchObject([{ result: 'passed' }])
    const { exitCode, text } = await verified()
    expect(exitCode, text).toBe(0)
  })

  test('what a jump may not do is refused before the run is touched', async () => {
    await failed()
    const before = world.transcript('v1').lines().length
    const refused = await world.signoff(['resume', '--jump', '2.2', '--reason', 'r'])
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain(PHRASE)
    expect(world.transcript('v1').lines()).toHaveLength(before)
  })
})

describe('a note', () => {
  test('is an entry before the seal, also when another process holds the run, and a signed addendum after it', async () => {
    await failed()
    const { run } = world.transcript('v1')
    const noted = await world.signoff(['note', run, 'the mirror was down', '--type', 'incident'])
    expect(noted, noted.stderr).toMatchObject({ exitCode: 0 })
    expect(kinds('note')).toMatchObject([{ text: 'incident: the mirror was down', by: 'operator@localhost' }])
    expect(kinds('run.pause')).toHaveLength(2)
    const terminal = await world.signoffAtTerminal(['resume'])
    if (terminal !== null) {
      terminals.push(terminal)
      await terminal.answer(/It has failed/, 'status')
      const held = await world.signoff(['note', run, 'seen from elsewhere'])
      expect(held, held.stderr).toMatchObject({ exitCode: 0 })
      await terminal.answer(/Note by the account \S+, unsigned, as operator@localhost: seen from elsewhere/, 'pause')
      await terminal.answer(/Leave this run/, '2')
      await terminal.exited
      expect(kinds('note')).toHaveLength(2)
    }
    const over = await world.signoff([
      'resume',
      ...['--answers', answers(), '--resolve', '1.1=passed', '--reason', 'seen'],
      ...PHRASES,
    ])
    expect(over, over.stderr).toMatchObject({ exitCode: 0 })
    for (const type of ['note', 'review'])
      expect((await world.signoff(['note', run, 'read again', '--type', type])).exitCode).toBe(0)
    const report = JSON.parse((await world.signoff(['verify', run, '--json'])).stdout)
    expect(report).toMatchObject({ exitCode: 0, seal: { addenda: 2 } })
    expect(existsSync(join(world.env.XDG_STATE_HOME ?? '', 'signoff', run))).toBe(false)
    expect(statSync(join(world.transcript('v1').folder, 'journal.jsonl')).mode & 0o777).toBe(0o400)
    expect((await world.signoff(['note', run, ' '])).exitCode).toBe(2)
  })
})
