import { afterAll, beforeAll, expect, test } from 'vitest'
import { accepts, schemaOf } from '../helpers/json-schema.ts'
import { makeWorld, type World } from '../helpers/world/index.ts'

const RUNBOOK = `# Release

## Phase 1: Build

1. Build it:
   \`\`\`bash
   echo "for <org>"
   \`\`\`

2. Error rate < 1%

3. Tell support
`
const answers = (org: string, more: string) => `version: 1
by: kim@example.com
values: { org: ${org} }
answers:
${more}
`
let world: World
beforeAll(async () => {
  world = await makeWorld({ files: { 'release.md': RUNBOOK } })
  const walk = (release: string, env: string, text: string) =>
    world.signoff([
      'run',
      'release.md',
      '--release',
      release,
      '--env',
      env,
      '--answers',
      world.file(`${release}.yaml`, text),
    ])
  const rehearsal = await walk(
    'v1-rehearsal',
    'staging',
    answers('acme-staging', '  - { step: "1.2", answer: yes, observed: "0.2" }\n  - { step: "1.3", answer: yes }'),
  )
  expect(rehearsal, rehearsal.stderr).toMatchObject({ exitCode: 0 })
  const production = await walk(
    'v1',
    'staging',
    answers(
      'acme',
      '  - { step: "1.2", answer: yes, observed: "0.4" }\n  - { step: "1.3", answer: n/a, note: "nobody is there" }',
    ),
  )
  expect(production, production.stderr).toMatchObject({ exitCode: 0 })
}, 60_000)
afterAll(() => world.remove())

const diff = (...args: string[]) => world.signoff(['diff', ...args])

test('diff sets a rehearsal beside production, in the order of the runbook, and answers 1', async () => {
  const [a, b] = [world.transcript('v1-rehearsal').run, world.transcript('v1').folder]
  const { exitCode, stdout, stderr } = await diff(a, b)
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
  const lines = stdout.split('\n')
  expect(lines[0]).toMatch(
    /^A {2}release\.md, release v1-rehearsal \(staging\), passed, .*, by operator@localhost, run /,
  )
  expect(lines[1]).toMatch(/^B {2}release\.md, release v1 \(staging\), passed/)
  expect(lines.slice(3)).toEqual([
    'value org     acme-staging  |  acme',
    '',
    '1.2 Error rate < 1%',
    expect.stringMatching(/^ {2}confirmation {2}yes, .*0\.2.*, by kim@example\.com {2}\| {2}yes, .*0\.4/),
    '',
    '1.3 Tell support',
    '  outcome       passed  |  not applicable: nobody is there',
    expect.stringMatching(/^ {2}confirmation/),
    '',
    '4 differences.',
    '',
  ])
})

test('diff --json says the same to programs', async () => {
  const { exitCode, stdout } = await diff(world.transcript('v1-rehearsal').run, world.transcript('v1').run, '--json')
  expect(exitCode).toBe(1)
  const document = JSON.parse(stdout)
  expect(accepts(schemaOf('diff'), document)).toBe(true)
  expect(document).toMatchObject({
    schema: 'signoff.diff/1',
    a: { release: 'v1-rehearsal', result: 'passed', sealed: true },
    b: { release: 'v1' },
    same: false,
    runbookDiff: [],
  })
  expect(document.differences[0]).toEqual({ about: 'value', step: null, name: 'org', a: 'acme-staging', b: 'acme' })
  expect(document.differences[1]).toMatchObject({ about: 'confirmation', step: { position: '1.2' } })
})

test('diff of a run with itself is 0; of one that is not there, 2', async () => {
  const { run } = world.transcript('v1')
  expect(await diff(run, run)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('No difference.') })
  expect((await diff(run, 'ffff')).exitCode).toBe(2)
})
