import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, whySkipped } from '../helpers/chromium.ts'
import { hasCommand, makeWorld, type World } from '../helpers/world/index.ts'
import { expectGoodPage } from './exported-page.ts'
import { filesHolding } from './files-holding.ts'
import { type GatedWalk, walkThroughGate } from './gated-walk.ts'

const project = fileURLToPath(new URL('../../', import.meta.url))
const RELEASE = 'v1.2.3'
const STAGING_DB = 'postgres://staging-user:s3cr3t-staging@db.internal/postgres'
const PRODUCTION_DB = 'postgres://production-user:s3cr3t-production@db.internal/postgres'

const BEFORE_THE_GATE = [
  'pnpm lint',
  'pnpm typecheck',
  'pnpm test',
  'pnpm check:migrations',
  'pnpm check:binaries',
  'pnpm env:validate',
  'node scripts/deployment-preflight.mjs',
  'pnpm ops:check --org acme-staging',
  'pnpm db:migrate',
  'pnpm ops:check --org acme-staging',
  'pnpm ops:rls-smoke',
  'docker build -t avocat-ai-api:staging -f apps/api/Dockerfile .',
  'docker tag avocat-ai-api:staging registry.test.internal/avocat-ai-api:staging',
  'docker push registry.test.internal/avocat-ai-api:staging',
  'kubectl set image deployment/api api=registry.test.internal/avocat-ai-api:staging --namespace=staging',
  'pnpm test:staging-smoke',
]

const BEHIND_THE_GATE = [
  'pnpm env:validate',
  'node scripts/deployment-preflight.mjs',
  'pnpm ops:check --org acme',
  'pnpm ops:go-no-go --org acme --release v1.2.3 --require-go',
  'pnpm db:migrate',
  'pnpm ops:check --org acme',
  'pnpm ops:rls-smoke',
  'docker build -t avocat-ai-api:v1.2.3 -f apps/api/Dockerfile .',
  'docker tag avocat-ai-api:v1.2.3 registry.test.internal/avocat-ai-api:v1.2.3',
  'docker tag avocat-ai-api:v1.2.3 registry.test.internal/avocat-ai-api:latest',
  'docker push registry.test.internal/avocat-ai-api:v1.2.3',
  'docker push registry.test.internal/avocat-ai-api:latest',
  'kubectl set image deployment/api api=registry.test.internal/avocat-ai-api:v1.2.3 --namespace=production',
  'kubectl rollout status deployment/api --namespace=production --timeout=10m',
  'kubectl get pods --namespace=production',
  'pnpm ops:check --org acme',
  'pnpm ops:phase --org acme',
  'pnpm ops:evaluate --org acme --user svc-release --limit 5 --dry-run',
]

const tools = ['git', 'curl', 'openssl', 'ssh-keygen', 'sha256sum']

describe.skipIf(!tools.every(hasCommand))('runbooks/release.md, walked from start to seal', () => {
  let world: World
  let walk: GatedWalk

  beforeAll(async () => {
    world = await makeWorld({
      files: {
        'release.md': readFileSync(join(project, 'runbooks/release.md'), 'utf8'),
        'apps/api/Dockerfile': 'FROM scratch\n',
        'scripts/deployment-preflight.mjs': '// recorded, not run\n',
      },
      roles: ['Release Manager', 'Platform Lead'],
      hosts: ['api.example.com'],
      watched: ['SUPABASE_DB_URL', 'APP_ENV', 'ALLOW_SUPABASE_MIGRATIONS', 'STAGING_SMOKE_BASE_URL'],
    })
    writeFileSync(join(world.repository.clone, 'circuit-breaker.ts'), 'export {}\n')
    await world.repository.git('add', 'circuit-breaker.ts')
    const secrets = [
      '--secret',
      `SUPABASE_STAGING_DB_URL=${world.file('staging-db-url', STAGING_DB)}`,
      '--secret',
      `SUPABASE_PRODUCTION_DB_URL=${world.file('production-db-url', PRODUCTION_DB)}`,
    ]
    walk = await walkThroughGate(world, {
      runbook: 'release.md',
      release: RELEASE,
      gate: '3.1.9',
      flags: ['--answers', join(project, 'test/journeys/answers/release.yaml'), ...secrets],
    })
  })

  afterAll(() => world?.remove())

  test('it stops at the gate with 20 until both approvers have signed, and then ends with 0', () => {
    expect(walk.run).toMatchObject({ exitCode: 20, stderr: expect.stringContaining('signoff approve') })
    expect(walk.firstApproval).toMatchObject({ exitCode: 0 })
    expect(walk.early).toMatchObject({ exitCode: 20 })
    expect(walk.secondApproval).toMatchObject({ exitCode: 0 })
    expect(walk.resumed).toMatchObject({ exitCode: 0 })
  })

  test('nothing of production runs before the gate is open', () => {
    expect(walk.beforeTheGate).toEqual(BEFORE_THE_GATE)
  })

  test('exactly the commands of the way forward ran, in their order: no rollback, no Vercel, no appendix', () => {
    expect(world.programs.commandLines()).toEqual([...BEFORE_THE_GATE, ...BEHIND_THE_GATE])
    expect(world.site?.requests()).toEqual([
      'GET https://api.example.com/healthz',
      'GET https://api.example.com/metrics/governance?orgId=acme',
    ])
  })

  test('every command saw the values of its environment', () => {
    const envOf = (line: string) =>
      world.programs
        .calls()
        .filter(call => [call.program, ...call.argv].join(' ') === line)
        .map(call => call.env)
    expect(envOf('pnpm db:migrate')).toEqual([{ SUPABASE_DB_URL: STAGING_DB }, { SUPABASE_DB_URL: PRODUCTION_DB }])
    expect(envOf('pnpm env:validate')).toEqual([{}, { APP_ENV: 'production' }])
    expect(envOf('pnpm check:migrations')).toEqual([{ ALLOW_SUPABASE_MIGRATIONS: '1' }])
    expect(envOf('pnpm test:staging-smoke')).toEqual([{ STAGING_SMOKE_BASE_URL: 'https://staging.example.com' }])
  })

  test('the branch with its commit is at origin', async () => {
    expect(await world.repository.originGit('log', '-1', '--format=%s', 'feature/circuit-breaker')).toBe(
      'feat(api): add circuit breaker for OpenAI calls',
    )
  })

  test('the transcript says who approved, what was observed, and that nothing is open', () => {
    const transcript = world.transcript(RELEASE)
    expect(transcript.ofKind('approval').map(line => [line.role, line.principal, line.decision])).toEqual([
      ['Release Manager', 'approver-1@localhost', 'go'],
      ['Platform Lead', 'approver-2@localhost', 'go'],
    ])
    const observed = transcript.ofKind('confirm').flatMap(line => line.observed as unknown[])
    expect(observed).toContainEqual(
      expect.objectContaining({ name: 'API latency P95', value: '1200', op: '<', want: '2000', unit: 'ms', ok: true }),
    )
    expect(transcript.ofKind('wait.end').map(line => [line.how, line.reason])).toEqual([
      ['early', 'a rehearsal'],
      ['early', 'a rehearsal'],
    ])
    expect(transcript.lines().at(-1)).toMatchObject({
      kind: 'run.end',
      result: 'passed',
      steps: { failed: 0, unknown: 0, open: 0 },
    })
  })

  test('the hand-off is filled in with what the run knows', () => {
    const [form] = world.transcript(RELEASE).ofKind('form')
    expect(form?.text).toContain('**Release**: v1.2.3\n')
    expect(form?.text).toContain('**Deployed by**: operator@localhost\n')
    expect(form?.text).toContain('API latency P95: 1200ms\n')
    expect(form?.text).toContain('DB snapshot: pre-migration-v1.2.3\n')
    expect(form?.text).not.toContain('as observed')
  })

  test('neither secret stands in any file but the two that held them and the log of the recording programs', () => {
    for (const secret of ['s3cr3t-staging', 's3cr3t-production'])
      expect(filesHolding(world.root, secret).map(path => path.replace(/^files\/.*/, 'files/…'))).toEqual([
        'calls.jsonl',
        'files/…',
      ])
  })

  test('signoff verify accepts it', async () => {
    const { folder } = world.transcript(RELEASE)
    const verified = await world.signoff(['verify', folder, '--require-passed', '--release', RELEASE])
    expect(verified).toMatchObject({ exitCode: 0 })
  })

  test('sha256sum and ssh-keygen accept it without Signoff, and refuse it with one byte changed', async () => {
    expect(await world.verifyByHand(RELEASE)).toMatchObject({ exitCode: 0 })
    const journal = readFileSync(join(world.transcript(RELEASE).folder, 'journal.jsonl'), 'utf8')
    const tampered = world.file('journal.jsonl', journal.replace('"value":"1200"', '"value":"1201"'))
    expect(await world.verifyByHand(RELEASE, { journal: tampered })).not.toMatchObject({ exitCode: 0 })
  })

  test('its audit pack is found good by the CHECK.txt in it, each approval too', async () => {
    const { folder, ofKind } = world.transcript(RELEASE)
    const pack = join(world.root, 'pack')
    expect(await world.signoff(['export', folder, '--format', 'audit', '--out', pack])).toMatchObject({ exitCode: 0 })
    const signers = join(world.repository.clone, '.signoff', 'allowed_signers')
    const { status, stdout } = spawnSync('sh', ['CHECK.txt'], {
      cwd: pack,
      env: { ...world.env, SIGNERS: signers },
      encoding: 'utf8',
    })
    expect(status, stdout).toBe(0)
    const approvals = ofKind('approval')
    expect(approvals.length).toBeGreaterThan(0)
    for (const { seq, principal } of approvals)
      expect(stdout).toContain(`good  approval-${seq} is signed by ${String(principal)}`)
  })

  test.skipIf(!hasChromium)(`its page shows every step, and is checked in the browser${whySkipped}`, () =>
    expectGoodPage(world, RELEASE),
  )

  test('no process and no raw output is left behind', async () => {
    expect(await world.processesLeft()).toEqual([])
    expect(filesHolding(join(world.root, 'homes/operator/.local/state'), '')).toEqual([])
    expect(statSync(join(world.transcript(RELEASE).folder, 'journal.jsonl')).mode & 0o777).toBe(0o400)
    expect(readdirSync(world.temporary)).toEqual([])
  })
})
