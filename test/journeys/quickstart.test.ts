import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasCommand, makeWorld, type World } from '../helpers/world/index.ts'
import type { CliResult } from '../helpers/world/signoff.ts'

const project = fileURLToPath(new URL('../../', import.meta.url))
const RELEASE = 'v1.0.0'

describe.skipIf(!['git', 'ssh-keygen'].every(hasCommand))('runbooks/quickstart.md, walked by its answers', () => {
  let world: World
  let run: CliResult

  beforeAll(async () => {
    world = await makeWorld({
      files: { 'quickstart.md': readFileSync(join(project, 'runbooks/quickstart.md'), 'utf8') },
    })
    const answers = join(project, 'runbooks/quickstart.answers.yaml')
    run = await world.signoff(['run', 'quickstart.md', '--release', RELEASE, '--answers', answers])
  })

  afterAll(() => world?.remove())

  test('one command releases, checks, hands over and closes, with nobody at the terminal', () => {
    expect(run).toMatchObject({ exitCode: 0 })
  })

  test('it leaves no process, no temporary folder, and nothing in the repository but the transcript', async () => {
    expect(await world.processesLeft()).toEqual([])
    expect(readdirSync(world.temporary)).toEqual([])
    const untracked = await world.repository.git('status', '--porcelain', '--untracked-files=all')
    expect(untracked.split('\n').every(line => line.startsWith('?? .signoff/transcripts/'))).toBe(true)
  })

  test('the service that was released had the version and the greeting that were chosen', () => {
    const output = world
      .transcript(RELEASE)
      .ofKind('output')
      .map(line => line.text)
    expect(output.join('')).toContain('{"status":"ok","version":"v1.0.0"}')
    expect(output.join('')).toContain('{"greeting":"Hello, world!","version":"v1.0.0"}')
  })

  test('nothing of the rollback was started', () => {
    const scripts = world
      .transcript(RELEASE)
      .ofKind('step.start')
      .map(line => String(line.script))
    expect(scripts.filter(script => script.includes('releases/baseline')).length).toBe(1)
    expect(scripts.some(script => script.includes('service.sh" start "$WORK/releases/baseline"'))).toBe(false)
  })

  test('its transcript verifies', async () => {
    const { folder } = world.transcript(RELEASE)
    expect(await world.signoff(['verify', folder, '--require-passed'])).toMatchObject({ exitCode: 0 })
  })
})
