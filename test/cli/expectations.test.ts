import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, type World } from '../helpers/world/index.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld({ files: { 'README.md': '# Here\n' } })
}, 30_000)
afterAll(() => world.remove())

let release = 0
async function run(script: string, kind: string, expected: string) {
  release++
  const text = `# Release\n\n## Phase 1: Check\n\nCount them:\n\n\`\`\`bash\n${script}\n\`\`\`\n\n<!-- signoff expect=${kind} -->\n\n\`\`\`\n${expected}\n\`\`\`\n`
  writeFileSync(join(world.repository.clone, 'release.md'), text)
  const result = await world.signoff(['run', 'release.md', '--release', `v${release}`])
  const ends = (): unknown => world.transcript(`v${release}`).ofKind('step.end')
  return { ...result, ends }
}

test('a threshold decides: what was wanted and what was there are on record, for each line', {
  timeout: 30_000,
}, async () => {
  const script = 'echo "looking" >&2; echo \'{"failed": 2, "state": "ok"}\''
  const met = await run(script, 'json', '$.failed < 5\n$.state = "ok"')
  expect(met, met.stderr).toMatchObject({ exitCode: 0 })
  const failed = await run(script, 'json', '$.failed < 2\n$.state = "ok"')
  expect(failed, failed.stderr).toMatchObject({ exitCode: 1 })
  // The exit code alone would look like success.
  expect(failed.stderr).toContain('failed, exit 0, but $.failed is 2, expected < 2, after')
  expect(failed.ends()).toMatchObject([
    {
      result: 'failed',
      exit: 0,
      checks: [
        { name: '$.failed', op: '<', want: '2', got: '2', ok: false },
        { name: '$.state', op: '=', want: '"ok"', got: '"ok"', ok: true },
      ],
    },
  ])
})

test('a pattern that takes for ever hangs no run', { timeout: 30_000 }, async () => {
  const result = await run("printf '%060d!\\n' 0 | tr 0 a", 'regex', '^(a+)+$')
  expect(result, result.stderr).toMatchObject({ exitCode: 1 })
  expect(result.ends()).toMatchObject([{ checks: [{ got: expect.stringContaining('takes too long'), ok: false }] }])
})

test('an output beyond what is compared passes by what it contains, and by nothing that needs all of it', {
  timeout: 60_000,
}, async () => {
  const script = "head -c 6000000 /dev/zero | tr '\\0' 0 | fold -w 99; echo; echo 'all done'"
  const contains = await run(script, 'contains', 'all done')
  expect(contains, contains.stderr.slice(-500)).toMatchObject({ exitCode: 0 })
  const regex = await run(script, 'regex', '^0')
  expect(regex.exitCode).toBe(1)
  expect(regex.ends()).toMatchObject([{ checks: [{ got: expect.stringContaining('not compared'), ok: false }] }])
})

test('what cannot be read keeps a run from starting, with 65 and its place', async () => {
  const result = await run('echo x', 'regex', '(unclosed')
  expect(result.exitCode).toBe(65)
  expect(result.stderr).toMatch(/release\.md:\d+:1: error: this cannot be compared as regex: .*\[bad-marker\]/)
  expect(() => world.transcript(`v${release}`)).toThrow()
})

test('what a failed step did not meet is in its status, for people and for programs', { timeout: 30_000 }, async () => {
  const failed = await run('echo \'{"failed": 2}\'', 'json', '$.failed < 2')
  expect(failed.exitCode).toBe(1)
  const { run: id } = world.transcript(`v${release}`)
  expect((await world.signoff(['status', id])).stdout).toContain('  Not met: $.failed is 2, expected < 2.\n')
  const data = JSON.parse((await world.signoff(['status', id, '--json'])).stdout)
  expect(data.unmet).toMatchObject([{ name: '$.failed', op: '<', want: '2', got: '2', ok: false }])
})

test('an output unlike a sample is shown with the difference and on record, and decides nothing', {
  timeout: 30_000,
}, async () => {
  release++
  const sample = "```console\n$ printf '5/5 ready\\n'\n0/5 ready\n```"
  writeFileSync(
    join(world.repository.clone, 'release.md'),
    `# Release\n\n## Phase 1: Check\n\nCount them:\n\n${sample}\n`,
  )
  const result = await world.signoff(['run', 'release.md', '--release', `v${release}`])
  expect(result, result.stderr).toMatchObject({ exitCode: 0 })
  expect(result.stderr).toContain(
    'its output differs from the sample of the runbook, which decides nothing: expected "0/5 ready", got "5/5 ready".',
  )
  const transcript = world.transcript(`v${release}`)
  expect(transcript.ofKind('output.differs')).toMatchObject([{ expected: 'similar', diff: '-0/5 ready\n+5/5 ready' }])
  expect(transcript.ofKind('step.end')).toMatchObject([{ result: 'passed', checks: [] }])
  const verified = await world.signoff(['verify', transcript.run])
  expect(verified, verified.stdout).toMatchObject({ exitCode: 0 })
  const exported = await world.signoff(['export', transcript.run, '--format', 'md'])
  expect(exported.stdout).toContain('-0/5 ready\n+5/5 ready')
  const same = sample.replace('\n0/5', '\n5/5')
  release++
  writeFileSync(
    join(world.repository.clone, 'release.md'),
    `# Release\n\n## Phase 1: Check\n\nCount them:\n\n${same}\n`,
  )
  expect((await world.signoff(['run', 'release.md', '--release', `v${release}`])).exitCode).toBe(0)
  expect(world.transcript(`v${release}`).ofKind('output.differs')).toEqual([])
})
