import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { hasCommand, makeWorld } from '../helpers/world/index.ts'

const project = fileURLToPath(new URL('../../', import.meta.url))
const RUN = /Type "run" to run it/
const REVIEW = /Type "run" to be asked once more/
const YES = /Type "yes" to run/
const TICK = /Type "tick" to confirm/

/** What a person types, each line behind the question it answers. */
const UP_TO_THE_DEPLOYMENT: readonly (readonly [RegExp, string])[] = [
  [/1\.1\.1[\s\S]*Type "run"/, 'run'],
  [REVIEW, 'run'],
  [YES, 'yes'],
  [RUN, 'run'],
  [RUN, 'run'],
  [RUN, 'run'],
  [RUN, 'run'],
  [RUN, 'run'],
  [/Type "choose" and 1 or 2/, 'choose 1'],
  [RUN, 'run'],
  [REVIEW, 'run'],
  [YES, 'yes'],
  [RUN, 'run'],
  [RUN, 'run'],
  [TICK, 'tick'],
  [REVIEW, 'run'],
  [YES, 'yes'],
]

const BACK: readonly (readonly [RegExp, string])[] = [
  [/3\.1\.2[\s\S]*Type "run"/, 'recover'],
  [/Reason\?/, 'it greets the wrong way'],
  [/Type "v1\.0\.0" to enter the recovery/, 'v1.0.0'],
  [REVIEW, 'run'],
  [YES, 'yes'],
  [REVIEW, 'run'],
  [YES, 'yes'],
  [REVIEW, 'run'],
  [YES, 'yes'],
  [/Type "v1\.0\.0" to run/, 'v1.0.0'],
  [TICK, 'tick'],
]

test.skipIf(!['git', 'ssh-keygen'].every(hasCommand))(
  'a person who rolls the quickstart back has the version before, a sealed transcript that says so, and nothing left over',
  async context => {
    const quickstart = readFileSync(join(project, 'runbooks/quickstart.md'), 'utf8')
    const world = await makeWorld({ files: { 'quickstart.md': quickstart } })
    onTestFinished(() => world.remove())
    const terminal = await world.signoffAtTerminal(['run', 'quickstart.md', '--release', 'v1.0.0'])
    if (terminal === null) return context.skip('no pseudo-terminal on this machine')
    onTestFinished(() => terminal.close())

    for (const [question, line] of [...UP_TO_THE_DEPLOYMENT, ...BACK]) await terminal.answer(question, line)
    expect(await terminal.exited).toBe(22)

    const transcript = world.transcript('v1.0.0')
    expect(transcript.ofKind('rollback.start')).toMatchObject([{ for: 'deploy', reason: 'it greets the wrong way' }])
    expect(transcript.ofKind('rollback.end')).toMatchObject([{ result: 'complete' }])
    expect(transcript.lines().at(-1)).toMatchObject({ kind: 'run.end', result: 'rolled-back' })
    const output = transcript.ofKind('output').map(line => line.text)
    expect(output.join('')).toContain('{"status":"ok","version":"baseline"}')
    expect(transcript.ofKind('form')).toEqual([])

    const verified = await world.signoff(['verify', transcript.folder])
    expect(verified).toMatchObject({ exitCode: 0 })
    expect(await world.processesLeft()).toEqual([])
    expect(readdirSync(world.temporary)).toEqual([])
  },
)
