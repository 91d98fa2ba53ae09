import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asItSays } from '../helpers/stated-schema.ts'
import { makeWorld, type World } from '../helpers/world/index.ts'
import { letAllOperate } from '../helpers/world/several-operators.ts'
import { signoffFile } from '../helpers/world/signoff.ts'

const PROJECT = join(import.meta.dirname, '../..')

test('every document that the program writes with a schema has that schema in docs/schemas', () => {
  const said = new Set<string>()
  for (const name of readdirSync(join(PROJECT, 'src'), { recursive: true, encoding: 'utf8' }))
    if (/\.tsx?$/.test(name))
      for (const [, schema = ''] of readFileSync(join(PROJECT, 'src', name), 'utf8').matchAll(
        /signoff\.([a-z-]+\/\d+)/g,
      ))
        said.add(schema)
  const files = [...said].map(schema => `${schema.replace('/', '-')}.schema.json`)
  expect(files).toEqual(expect.arrayContaining(['plan-1.schema.json', 'run-1.schema.json', 'status-1.schema.json']))
  expect(files.filter(file => !existsSync(join(PROJECT, 'docs/schemas', file)))).toEqual([])
})

const RUNBOOK = `# Release

## Phase 1: Build

1. Build it:
   \`\`\`bash
   if [ -p gate ]; then cat gate; fi
   echo built
   \`\`\`

2. Count the orders:
   \`\`\`bash
   if [ -e count ]; then cat count; else echo '{"failed": 3}'; fi
   \`\`\`

   <!-- signoff expect=json -->

   \`\`\`
   $.failed < 5
   \`\`\`

- [ ] Support is told

**Decision**: GO / NO-GO
**Owner**: Lead

### Rollback

1. Undo it:
   \`\`\`bash
   echo undone
   \`\`\`
`

interface Status {
  readonly run: string
  readonly release: string
  readonly standing: string
  readonly running: { readonly position: string; readonly attempt: number } | null
  readonly unmet: readonly object[]
}
interface Ended {
  readonly run: string
  readonly result: string
  readonly exitCode: number
  readonly seal: string | null
}

describe('signoff.run/1 and signoff.status/1', () => {
  let world: World
  let answers = ''
  beforeAll(async () => {
    world = await makeWorld({ files: { 'release.md': RUNBOOK }, roles: ['Lead'] })
    letAllOperate(world)
    answers = world.file('answers.yaml', 'version: 1\nby: k@example.com\nanswers:\n  - { step: "1.3", answer: yes }\n')
  }, 60_000)
  afterAll(() => world.remove())

  const walk = async (...args: string[]): Promise<Ended> => {
    const { stdout, stderr, exitCode } = await world.signoff([...args, '--json', '--answers', answers])
    expect(stdout, stderr).not.toBe('')
    const document = asItSays<Ended>(stdout)
    expect(document.exitCode).toBe(exitCode)
    return document
  }
  const status = async (run: string): Promise<Status> =>
    asItSays<Status>((await world.signoff(['status', run, '--json'])).stdout)

  test('hold at a gate, on offer, at NO-GO, on the way back, and sealed', async () => {
    const { run, ...paused } = await walk('run', 'release.md', '--release', 'v1')
    expect(paused).toMatchObject({ result: 'paused', exitCode: 20, seal: null })
    expect(await status(run)).toMatchObject({ standing: 'paused', needed: { kind: 'gate', position: '1.4' } })
    const [lead] = [...world.approvers.values()]
    if (lead === undefined) throw new Error('nobody approves')
    expect((await world.signoff(['handoff', run, '--to', lead.principal, '--note', 'lunch'])).exitCode).toBe(0)
    expect(await status(run)).toMatchObject({ offer: { to: lead.principal, note: 'lunch' } })
    expect((await world.signoff(['handoff', run, '--withdraw'])).exitCode).toBe(0)
    const refused = await world.signoffAs(lead, ['approve', run, '1.4', '--no-go', '--reason', 'not today'])
    expect(refused.exitCode, refused.stderr).toBe(0)
    expect(await walk('resume', run)).toMatchObject({ result: 'no-go', exitCode: 21, seal: expect.any(String) })
    expect(await status(run)).toMatchObject({ standing: 'sealed', result: 'no-go', needed: null })
    const back = await walk('rollback', run, '--reason', 'not today', '--confirm', 'rollback=v1')
    expect(back).toMatchObject({ result: 'rolled-back', exitCode: 22, seal: expect.any(String) })
    expect(await status(back.run)).toMatchObject({ standing: 'sealed', result: 'rolled-back' })
  }, 60_000)

  test('hold while a script runs, after a signal, after kill -9, and at a failure with what was not met', async () => {
    await execa('mkfifo', ['gate'], { cwd: world.repository.clone })
    const begin = (release: string) => {
      const args = ['run', 'release.md', '--release', release, '--json', '--answers', answers]
      return execa(process.execPath, [signoffFile(), ...args], {
        cwd: world.repository.clone,
        env: { ...world.env, SIGNOFF_KEY: world.operator.keyFile },
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
      })
    }
    /** The newest run, once its script runs. */
    const seenRunning = async (release: string): Promise<Status> => {
      for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50)) {
        const { stdout } = await world.signoff(['status', '--json'])
        const now = stdout === '' ? null : asItSays<Status>(stdout)
        if (now?.release === release && now.running !== null) return now
      }
      throw new Error(`${release} was not seen to run`)
    }
    const running = { position: '1.1', attempt: 1, stoppedBy: null }
    const first = begin('v2')
    const held = await seenRunning('v2')
    expect(held).toMatchObject({ standing: 'held', holder: { pid: first.pid }, needed: { kind: 'running' }, running })
    first.kill('SIGKILL')
    await first
    expect(await status(held.run)).toMatchObject({ standing: 'interrupted', holder: null, running })
    // The script, which waits still, goes on; what the next one counts is beyond its limit.
    writeFileSync(join(world.repository.clone, 'count'), '{"failed": 7}\n')
    writeFileSync(join(world.repository.clone, 'gate'), 'open\n')
    expect(await walk('resume', held.run)).toMatchObject({ result: 'paused', exitCode: 1, seal: null })
    const failed = await status(held.run)
    expect(failed).toMatchObject({ standing: 'paused', running: null, needed: { kind: 'decide', position: '1.2' } })
    expect(failed.unmet).toMatchObject([{ want: '5', got: '7', ok: false }])

    const second = begin('v3')
    await seenRunning('v3')
    second.kill('SIGTERM')
    const { stdout, exitCode } = await second
    expect(asItSays(stdout)).toMatchObject({ result: 'stopped by SIGTERM', exitCode: 143, seal: null })
    expect(exitCode).toBe(143)
  }, 60_000)
})
