import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, whySkipped } from '../helpers/chromium.ts'
import { hasCommand, makeWorld, type World } from '../helpers/world/index.ts'
import { expectGoodPage } from './exported-page.ts'
import { type GatedWalk, walkThroughGate } from './gated-walk.ts'

const project = fileURLToPath(new URL('../../', import.meta.url))
const runbook = join(project, '../shared/runbooks/avocat-release.md')
const RELEASE = 'v1.2.3'
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
  'vercel deploy --prebuilt --env staging',
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
  'vercel promote https://preview.example.com --prod',
  'pnpm ops:check --org acme',
  'pnpm ops:phase --org acme',
  'pnpm ops:evaluate --org acme --user svc-release --limit 5 --dry-run',
]

const tools = ['git', 'curl', 'openssl', 'ssh-keygen', 'sha256sum']

describe.skipIf(!existsSync(runbook) || !tools.every(hasCommand))(
  'a release runbook written with no thought of us, walked from start to seal',
  () => {
    let world: World
    let walk: GatedWalk

    beforeAll(async () => {
      world = await makeWorld({
        files: {
          'docs/release.md': readFileSync(runbook, 'utf8'),
          'scripts/deployment-preflight.mjs': '// recorded, not run\n',
        },
        roles: ['Release Manager', 'Platform Lead'],
        hosts: ['app.example.com', 'api.example.com'],
        watched: ['SUPABASE_DB_URL'],
      })
      writeFileSync(join(world.repository.clone, 'circuit-breaker.ts'), 'export {}\n')
      await world.repository.git('add', 'circuit-breaker.ts')
      walk = await walkThroughGate(world, {
        runbook: 'docs/release.md',
        release: RELEASE,
        gate: '3.1.9',
        flags: [
          '--answers',
          join(project, 'test/journeys/answers/avocat.yaml'),
          '--secret',
          `SUPABASE_STAGING_DB_URL=${world.file('staging-db-url', 'postgres://staging@db.internal/postgres')}`,
          '--secret',
          `SUPABASE_PRODUCTION_DB_URL=${world.file('production-db-url', PRODUCTION_DB)}`,
        ],
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

    test('exactly the commands of the way forward ran, in their order: no rollback, no Docker, no appendix', () => {
      expect(world.programs.commandLines()).toEqual([...BEFORE_THE_GATE, ...BEHIND_THE_GATE])
      expect(world.site?.requests()).toEqual([
        'HEAD https://app.example.com/',
        'GET https://api.example.com/healthz',
        'GET https://api.example.com/metrics/governance?orgId=acme',
      ])
      const migrated = world.programs.calls().filter(call => call.argv.join(' ') === 'db:migrate')
      expect(migrated.map(call => call.env.SUPABASE_DB_URL)).toEqual([
        'postgres://staging@db.internal/postgres',
        PRODUCTION_DB,
      ])
    })

    test('the branch with its commit is at origin', async () => {
      expect(await world.repository.originGit('log', '-1', '--format=%s', 'feature/circuit-breaker')).toBe(
        'feat(api): add circuit breaker for OpenAI calls',
      )
    })

    test('the hand-off names the release, the snapshot, and what was observed', () => {
      const [form] = world.transcript(RELEASE).ofKind('form')
      expect(String(form?.text).split('\n')).toEqual(
        expect.arrayContaining([
          '**Release**: v1.2.3',
          '**Deployed by**: operator@localhost',
          '- Error rate: 0.2%',
          '- API latency P95: 1200ms',
          '- DB snapshot: pre-migration-20251029-1500',
        ]),
      )
    })

    test('all 136 steps of the main flow ended, those of the other alternative as not applicable', () => {
      const last = world.transcript(RELEASE).lines().at(-1)
      expect(last).toMatchObject({ kind: 'run.end', result: 'passed', steps: { failed: 0, unknown: 0, open: 0 } })
      const steps = last?.steps as { passed: number; skipped: number } | undefined
      expect((steps?.passed ?? 0) + (steps?.skipped ?? 0)).toBe(136)
    })

    test('signoff verify accepts the transcript, and so do sha256sum and ssh-keygen without Signoff', async () => {
      const { folder } = world.transcript(RELEASE)
      expect(await world.signoff(['verify', folder, '--require-passed'])).toMatchObject({ exitCode: 0 })
      expect(await world.verifyByHand(RELEASE)).toMatchObject({ exitCode: 0 })
    })

    test.skipIf(!hasChromium)(`its page shows every step, and is checked in the browser${whySkipped}`, () =>
      expectGoodPage(world, RELEASE),
    )

    test('no process is left behind', async () => {
      expect(await world.processesLeft()).toEqual([])
    })
  },
)
