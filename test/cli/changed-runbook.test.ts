import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

const TICKS = '# Release\n\n## Phase 1: Tell\n\n1. Tell support\n\n2. Tell sales\n\n3. Tell the press\n'
/** The first step changes the file that the run was begun with. */
const CHANGES = (command: string): string =>
  `# Release\n\n## Phase 1: Build\n\n1. Build it:\n   \`\`\`bash\n   ${command}\n   \`\`\`\n\n2. Check it:\n   \`\`\`bash\n   echo checked > checked.log\n   \`\`\`\n`

let world: World
const at = (name: string): string => join(world.repository.clone, name)
beforeEach(async () => {
  const files = {
    'ticks.md': TICKS,
    'changes.md': CHANGES('echo "3. Tell $SECRET" >> changes.md'),
    'removes.md': CHANGES('rm removes.md'),
  }
  world = await makeWorld({ files })
}, 60_000)
afterEach(() => world.remove())

const changes = () => world.transcript('v1').ofKind('runbook.changed')

test('a change at a question is asked before anything of it counts: go on once, stop at the next one, go on by flag', async context => {
  const walk = await world.signoffAtTerminal(['run', 'ticks.md', '--release', 'v1'])
  if (walk === null) return context.skip()
  try {
    await walk.answer(/type "tick"/, 'show')
    appendFileSync(at('ticks.md'), '\n4. Tell the board\n')
    await walk.answer(/type "tick"/, 'tick')
    await walk.answer(
      /Refused: the file of the runbook has changed[\s\S]*\+4\. Tell the board[\s\S]*Type "keep"/,
      'keep',
    )
    await walk.answer(/Type "yes" to go on with the text that the run began with/, 'yes')
    await walk.answer(/1\.1, Tell support[\s\S]*type "tick"/, 'tick')
    await walk.answer(/1\.2, Tell sales[\s\S]*type "tick"/, 'show')
    expect(world.transcript('v1').ofKind('confirm')).toMatchObject([{ step: expect.stringContaining('support') }])
    writeFileSync(at('ticks.md'), TICKS.replace('sales', 'nobody'))
    await walk.answer(/type "tick"/, 'tick')
    await walk.answer(/-2\. Tell sales\s+\+2\. Tell nobody[\s\S]*Type "keep"/, 'stop')
    // Ctrl-C is this word: it never leaves at one press.
    await walk.answer(/Stop the run here\? 1 not yet; 2 stop[\s\S]*An empty line: not yet/, '2')
    expect(await walk.exited).toBe(24)
  } finally {
    walk.close()
  }
  expect(changes()).toMatchObject([
    { decision: 'keep', by: world.operator.principal, diff: expect.stringContaining('+4. Tell the board') },
    {
      decision: 'stop',
      by: world.operator.principal,
      diff: expect.stringContaining('-2. Tell sales\n+2. Tell nobody'),
    },
  ])
  const rest =
    'version: 1\nby: k@example.com\nanswers:\n  - { step: "1.2", answer: yes }\n  - { step: "1.3", answer: yes }\n'
  const answers = world.file('rest.yaml', rest)
  const { run } = world.transcript('v1')
  const refused = await world.signoff(['resume', run, '--answers', answers])
  expect(refused).toMatchObject({ exitCode: 24, stderr: expect.stringContaining('has changed (sha256') })
  const resumed = await world.signoff(['resume', run, '--answers', answers, '--keep-runbook'])
  expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
  expect(changes().map(({ decision }) => decision)).toEqual(['keep', 'stop', 'keep'])
  const verified = await world.signoff(['verify', run])
  expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
}, 110_000)

test('where nobody attends a change stops the run before the next step, with the difference masked in the record', async () => {
  const runbook = readFileSync(at('changes.md'), 'utf8')
  writeFileSync(at('changes.md'), `---\nsignoff:\n  values:\n    SECRET: {secret: true}\n---\n${runbook}`)
  const args = ['run', 'changes.md', '--release', 'v1', '--secret-env', 'SECRET=MINE']
  const result = await world.signoff(args, { MINE: 's3cr3t-xyz-123' })
  expect(result, result.stderr).toMatchObject({ exitCode: 24 })
  const transcript = world.transcript('v1')
  expect(changes()).toMatchObject([{ decision: 'stop', diff: expect.stringContaining('+3. Tell ***') }])
  expect(readFileSync(join(transcript.folder, 'journal.jsonl'), 'utf8')).not.toContain('s3cr3t-xyz-123')
  expect(transcript.ofKind('step.start')).toHaveLength(1)
  const again = ['resume', '--keep-runbook', '--secret-env', 'SECRET=MINE']
  const resumed = await world.signoff(again, { MINE: 's3cr3t-xyz-123' })
  expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
  expect(transcript.ofKind('step.start')).toHaveLength(2)
}, 110_000)

test('a file that is gone is a change as well', async () => {
  const result = await world.signoff(['run', 'removes.md', '--release', 'v1'])
  expect(result, result.stderr).toMatchObject({ exitCode: 24 })
  expect(changes()).toMatchObject([{ now: null, decision: 'stop', diff: 'the file is gone' }])
  expect((await world.signoff(['resume'])).stderr).toContain('removes.md is gone since this run began')
  const resumed = await world.signoff(['resume', '--keep-runbook'])
  expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 })
  rmSync(at('checked.log'))
}, 110_000)
