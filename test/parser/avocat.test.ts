import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { PlanSchema, type Step } from '../../src/model/index.ts'
import { parseRunbook, releaseParameters, toPlan } from '../../src/parser/index.ts'
import { countKinds, outline, type Read, read } from './helpers/parse.ts'

const FILE = new URL('../../../shared/runbooks/avocat-release.md', import.meta.url)
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

// The worked table of interpretation.md, section 5, row by row: position, kind, and the risk of tasks.
const MAIN: Readonly<Record<string, readonly string[]>> = {
  '1.1': [
    '1.1.1 T safe',
    '1.1.2 T safe',
    '1.1.3 T safe',
    '1.1.4 T change',
    '1.1.5.1 C',
    '1.1.5.2 C',
    '1.1.5.3 C',
    '1.1.5.4 C',
    '1.1.5.5 C',
  ],
  '1.2': ['1.2.1 C'],
  '1.3': ['1.3.1 C', '1.3.2 C', '1.3.3 C', '1.3.4 C', '1.3.5 C', '1.3.6 C', '1.3.7 C', '1.3.8 C'],
  '1.4': ['1.4.1 C', '1.4.2 M', '1.4.3 M', '1.4.4 M'],
  '2.1': ['2.1.1 T safe', '2.1.2 T safe', '2.1.3 T safe', '2.1.4 C'],
  '2.2': ['2.2.1 M', '2.2.2 T change', '2.2.3 T safe', '2.2.4 T safe', '2.2.5 C'],
  '2.3': [
    '2.3.1 Ch',
    '2.3.1a.1 Ch',
    '2.3.1a.1a.1 M',
    '2.3.1a.1b.1 T change',
    '2.3.1a.2 C',
    '2.3.1b.1 T safe',
    '2.3.1b.2 T safe',
    '2.3.1b.3 T change',
    '2.3.1b.4 Ch',
    '2.3.1b.4a.1 T change',
    '2.3.1b.4b.1 M',
    '2.3.2 C',
  ],
  '2.4': [
    '2.4.1 T safe',
    '2.4.2 C',
    '2.4.3 C',
    '2.4.4 C',
    '2.4.5 C',
    '2.4.6 C',
    '2.4.7 C',
    '2.4.8 C',
    '2.4.9 C',
    '2.4.10 C',
    '2.4.11 M',
    '2.4.12 M',
    '2.4.13 M',
    '2.4.14 M',
    '2.4.15 C',
  ],
  '2.5': ['2.5.1 M', '2.5.2 M', '2.5.3 M', '2.5.4 M', '2.5.5 M', '2.5.6 W', '2.5.7 C'],
  '3.1': ['3.1.1 C', '3.1.2 C', '3.1.3 C', '3.1.4 C', '3.1.5 C', '3.1.6 C', '3.1.7 C', '3.1.8 C', '3.1.9 G'],
  '3.2': ['3.2.1 T safe', '3.2.2 T safe', '3.2.3 T safe', '3.2.4 T change', '3.2.5 M', '3.2.6 C'],
  '3.3': ['3.3.1 M', '3.3.2 M', '3.3.3 T change', '3.3.4 T safe', '3.3.5 T safe', '3.3.6 C', '3.3.7 C'],
  '3.4': [
    '3.4.1 Ch',
    '3.4.1a.1 Ch',
    '3.4.1a.1a.1 T change',
    '3.4.1a.1b.1 T change',
    '3.4.1a.2 T view',
    '3.4.1b.1 T safe',
    '3.4.1b.2 T change',
    '3.4.1b.3 Ch',
    '3.4.1b.3a.1 T change',
    '3.4.1b.3b.1 T change',
    '3.4.1b.4 T view',
    '3.4.2 M',
    '3.4.3 C',
  ],
  '3.5': [
    '3.5.1 T view',
    '3.5.2 T safe',
    '3.5.3 T change',
    '3.5.4 T safe',
    '3.5.5 T view',
    '3.5.6 C',
    '3.5.7 C',
    '3.5.8 C',
    '3.5.9 C',
    '3.5.10 C',
    '3.5.11 C',
    '3.5.12 C',
    '3.5.13 C',
    '3.5.14 C',
    '3.5.15 C',
    '3.5.16 C',
    '3.5.17 C',
    '3.5.18 C',
    '3.5.19 C',
  ],
  '3.6': [
    '3.6.1 C',
    '3.6.2 C',
    '3.6.3 C',
    '3.6.4 C',
    '3.6.5 C',
    '3.6.6 C',
    '3.6.7 C',
    '3.6.8 C',
    '3.6.9 W',
    '3.6.10 C',
  ],
  '5.2': ['5.2.1 C', '5.2.2 C', '5.2.3 C', '5.2.4 C', '5.2.5 C', '5.2.6 C'],
  '5.3': ['5.3.1 F'],
}

const RECOVERY: Readonly<Record<string, readonly string[]>> = {
  '2.2r': ['2.2r.1 M'],
  '3.3r': ['3.3r.1 Ch', '3.3r.1a.1 M', '3.3r.1b.1 M'],
  '4.1': ['4.1.1 G'],
  '4.2': [
    '4.2.1 Ch',
    '4.2.1a.1 T view',
    '4.2.1a.2 T change',
    '4.2.1a.3 T view',
    '4.2.1b.1 Ch',
    '4.2.1b.1a.1 T change',
    '4.2.1b.1b.1 T change',
    '4.2.1b.2 T view',
    '4.2.2 C',
  ],
  '4.3': [
    '4.3.1 Ch',
    '4.3.1a.1 T danger',
    '4.3.1a.2 T safe',
    '4.3.1b.1 M',
    '4.3.1b.2 W',
    '4.3.1b.3 T safe',
    '4.3.1b.4 T safe',
    '4.3.2 C',
  ],
  '4.4': ['4.4.1 M', '4.4.2 M', '4.4.3 M', '4.4.4 M', '4.4.5 C'],
}

const SECTIONS: readonly (readonly [string, number, readonly string[], number | null, number | null])[] = [
  ['1.1', 35, ['Developer'], null, null],
  ['1.2', 75, ['GitHub Actions'], 10 * MINUTE, 15 * MINUTE],
  ['1.3', 97, ['CODEOWNERS'], DAY, 3 * DAY],
  ['1.4', 114, ['Developer'], null, null],
  ['2.1', 130, ['Ops Team'], 5 * MINUTE, 10 * MINUTE],
  ['2.2', 150, ['Ops Team'], MINUTE, 5 * MINUTE],
  ['2.3', 175, ['Platform Squad'], 5 * MINUTE, 10 * MINUTE],
  ['2.4', 210, ['QA/Developer'], 10 * MINUTE, 20 * MINUTE],
  ['2.5', 243, ['Product/QA Team'], 24 * HOUR, 48 * HOUR],
  ['3.1', 262, ['Release Manager', 'Platform Lead'], 30 * MINUTE, 30 * MINUTE],
  ['3.2', 281, ['Ops Team'], 10 * MINUTE, 10 * MINUTE],
  ['3.3', 305, ['Ops Team', 'DBA'], 5 * MINUTE, 30 * MINUTE],
  ['3.4', 340, ['Platform Squad'], 5 * MINUTE, 15 * MINUTE],
  ['3.5', 392, ['On-Call Engineer', 'Release Manager'], 15 * MINUTE, 30 * MINUTE],
  ['3.6', 437, ['On-Call Engineer'], 2 * HOUR, 4 * HOUR],
  ['4.2', 481, ['On-Call Engineer'], 5 * MINUTE, 10 * MINUTE],
  ['4.3', 515, ['Ops Team', 'DBA'], 10 * MINUTE, 30 * MINUTE],
  ['4.4', 553, ['Platform Squad', 'Ops Team'], HOUR, 4 * HOUR],
  ['5.1', 586, [], 15 * MINUTE, 30 * MINUTE],
]

const CONDITIONS: Readonly<Record<string, string>> = {
  '1.1.5.2': 'if applicable',
  '1.3.7': 'if applicable',
  '2.4.3': 'if `FEAT_ADMIN_PANEL=1`',
  '2.5.3': 'if security changes',
  '2.5.6': 'for major releases',
  '3.1.6': 'if needed',
  '3.3.2': 'if downtime expected',
  '3.3.6': 'if applicable',
}

const NEEDS: Readonly<Record<string, readonly string[]>> = {
  '1.1.1': ['your-feature-name'],
  '1.1.2': ['commit-message'],
  '1.1.4': ['your-feature-name'],
  '2.1.3': ['SUPABASE_STAGING_DB_URL', 'staging-org'],
  '2.2.2': ['SUPABASE_STAGING_DB_URL'],
  '2.2.3': ['SUPABASE_STAGING_DB_URL', 'staging-org'],
  '2.2.4': ['SUPABASE_STAGING_DB_URL'],
  '2.3.1b.2': ['registry.example.com'],
  '2.3.1b.3': ['registry.example.com'],
  '2.3.1b.4a.1': ['registry.example.com'],
  '2.4.1': ['staging.example.com'],
  '2.4.2': ['staging-api.example.com'],
  '2.4.7': ['test-org'],
  '3.2.3': ['prod-org'],
  '3.2.4': ['prod-org', 'tag'],
  '3.2.5': ['release-tag'],
  '3.3.1': ['timestamp'],
  '3.3.3': ['SUPABASE_PRODUCTION_DB_URL'],
  '3.3.4': ['SUPABASE_PRODUCTION_DB_URL', 'prod-org'],
  '3.3.5': ['SUPABASE_PRODUCTION_DB_URL'],
  '3.4.1a.1a.1': ['deployment-url'],
  '3.4.1a.2': ['app.example.com'],
  '3.4.1b.1': ['registry.example.com', 'v1.2.3'],
  '3.4.1b.2': ['registry.example.com', 'v1.2.3'],
  '3.4.1b.3b.1': ['registry.example.com', 'v1.2.3'],
  '3.5.1': ['api.example.com'],
  '3.5.2': ['prod-org'],
  '3.5.3': ['prod-org'],
  '3.5.4': ['prod-org', 'service-user'],
  '3.5.5': ['api.example.com', 'prod-org'],
  '4.2.1a.2': ['previous-deployment-url'],
  '4.2.1a.3': ['app.example.com'],
  '4.2.1b.1b.1': ['registry.example.com', 'v1.2.2'],
  '4.3.1a.1': ['SUPABASE_PRODUCTION_DB_URL'],
  '4.3.1a.2': ['prod-org'],
  '4.3.1b.1': ['timestamp'],
  '4.3.1b.3': ['prod-org'],
  '4.3.1b.4': ['SUPABASE_PRODUCTION_DB_URL'],
}

const TITLES: Readonly<Record<string, string>> = {
  '1.1.1': 'Create feature branch from `main`',
  '1.2.1': 'All CI checks green',
  '1.3.8': 'Minimum 1 approving review from CODEOWNERS',
  '1.4.1': 'Ensure CI is green on latest commit',
  '2.2.1': 'Backup staging database (Supabase auto-backup + manual snapshot)',
  '2.2r.1': 'If migration fails, restore from snapshot',
  '2.3.1a.1b.1': 'manual',
  '2.3.1a.2': 'Verify deployment URL',
  '2.3.1b.4b.1': 'deployment pipeline tool',
  '2.4.1': 'Run staging smoke test suite',
  '2.4.11': '1. Agent Run: Submit question → Retrieve authorities → Generate IRAC → Display with citations',
  '3.1.9': 'GO / NO-GO',
  '3.2.5': 'Alert on-call engineer',
  '3.3.6': 'Verify data integrity',
  '3.3r.1a.1': 'Restore from snapshot',
  '3.3r.1b.1': 'See Application Rollback',
  '3.4.1a.2': 'Verify deployment',
  '3.4.1b.3a.1': 'Blue-Green',
  '3.4.1b.3b.1': 'Rolling Update',
  '4.2.1b.2': '3. Verify rollback',
  '5.2.1': 'Release summary',
}

describe.skipIf(!existsSync(FILE))('the Avocat release runbook, by the worked table', () => {
  const file: Read = existsSync(FILE) ? read(readFileSync(FILE), 'avocat-release.md') : read('# none\n')
  const { runbook, steps, step, section, diagnostics } = file
  const byId = new Map(steps.map(one => [one.id, one]))
  const flow = (ids: readonly string[]): Step[] => ids.flatMap(id => byId.get(id) ?? [])

  test('it is linear, with its metadata', () => {
    expect(runbook.mode).toBe('linear')
    expect(runbook.title).toBe('Release Runbook')
    expect(runbook.metadata.map(one => one.key)).toEqual(['Project', 'Last Updated', 'Version', 'Owner'])
    expect(runbook.metadata[3]?.value).toBe('Platform Squad + Ops Team')
  })

  test('the main flow has 136 steps, 36 T 71 C 19 M 6 Ch 2 W 1 G 1 F', () => {
    expect(runbook.flows.main).toHaveLength(136)
    expect(countKinds(flow(runbook.flows.main))).toEqual({ T: 36, C: 71, M: 19, Ch: 6, W: 2, G: 1, F: 1 })
  })

  test('each section of the main flow has the steps of its row', () => {
    const main = flow(runbook.flows.main)
    expect(main.map(outline)).toEqual(Object.values(MAIN).flat())
    for (const [position, rows] of Object.entries(MAIN)) expect(section(position).steps.map(outline)).toEqual(rows)
    expect(section('5.1').steps).toEqual([])
  })

  test('three recovery flows are bound to what they lead back from', () => {
    const [staging, production, phase] = runbook.flows.recovery
    expect(runbook.flows.recovery.map(one => one.for)).toEqual([section('2.2').id, section('3.3').id, section('3').id])
    expect(countKinds(flow(staging?.steps ?? []))).toEqual({ M: 1 })
    expect(countKinds(flow(production?.steps ?? []))).toEqual({ Ch: 1, M: 2 })
    expect(countKinds(flow(phase?.steps ?? []))).toEqual({ T: 10, M: 5, Ch: 3, C: 3, W: 1, G: 1 })
    for (const [position, rows] of Object.entries(RECOVERY)) expect(section(position).steps.map(outline)).toEqual(rows)
    expect(section('4').for).toBe(section('3').id)
  })

  test('the nearest recovery stands on each step of phases 2 and 3, and nowhere else', () => {
    for (const one of flow(runbook.flows.main)) {
      const wanted = one.position.startsWith('2.2.')
        ? section('2.2').id
        : one.position.startsWith('3.3.')
          ? section('3.3').id
          : one.position.startsWith('3.')
            ? section('3').id
            : null
      expect([one.position, one.recovery]).toEqual([one.position, wanted])
    }
  })

  test('appendix D is 11 commands for the palette, appendix E a form, none of them in a flow', () => {
    expect(section('D').steps.map(one => `${one.position} ${one.kind}`)).toEqual(
      Array.from({ length: 11 }, (_, index) => `D.${index + 1} task`),
    )
    expect(step('D.7')).toMatchObject({ risk: 'danger', script: 'pnpm ops:rotate-secrets', required: false })
    expect(step('D.11')).toMatchObject({ risk: 'view', interaction: 'endless', required: false })
    expect(section('E').steps.map(outline)).toEqual(['E.1 F'])
    const flows = new Set([...runbook.flows.main, ...runbook.flows.recovery.flatMap(one => one.steps)])
    expect([...section('D').steps, ...section('E').steps].filter(one => flows.has(one.id))).toEqual([])
    expect(steps).toHaveLength(136 + 1 + 3 + 23 + 12)
  })

  test('roles: phases 1, 2, 3 and 5 are main, 4 is recovery, the rest reference', () => {
    expect(runbook.phases.map(phase => `${phase.position} ${phase.role}`)).toEqual([
      'overview reference',
      'release-workflow reference',
      '1 main',
      '2 main',
      '3 main',
      '4 recovery',
      '5 main',
      'appendices reference',
      'revision-history reference',
    ])
  })

  test('owners, planned times and lines of the sections', () => {
    for (const [position, line, owners, minMs, maxMs] of SECTIONS) {
      const found = section(position)
      expect([position, found.line, found.owners, found.duration?.minMs, found.duration?.maxMs]).toEqual([
        position,
        line,
        owners,
        minMs,
        maxMs,
      ])
    }
    expect(section('1.1').duration?.text).toBe('Variable')
    expect(section('2.5').successCriteria).toBe('No critical issues; performance acceptable; logs clean')
  })

  test('conditions', () => {
    const found = Object.fromEntries(steps.filter(one => one.when !== null).map(one => [one.position, one.when]))
    expect(found).toEqual(CONDITIONS)
  })

  test('needs of every step outside the appendices', () => {
    const found = Object.fromEntries(
      steps
        .filter(one => one.needs.length > 0 && !/^[A-E]/.test(one.position))
        .map(one => [one.position, one.needs.toSorted()]),
    )
    expect(found).toEqual(Object.fromEntries(Object.entries(NEEDS).map(([key, names]) => [key, [...names].toSorted()])))
  })

  test('titles are shown repaired and without emphasis', () => {
    for (const [position, title] of Object.entries(TITLES))
      expect([position, step(position).title]).toEqual([position, title])
  })

  test('choices name their options, and nothing is preselected', () => {
    const names = (position: string) => step(position).options?.map(option => option.name)
    expect(names('2.3.1')).toEqual(['Vercel Deployments', 'Docker Deployments'])
    expect(names('2.3.1a.1')).toEqual(['Trigger Vercel preview build', 'manual'])
    expect(names('2.3.1b.4')).toEqual(['kubectl set image', 'deployment pipeline tool'])
    expect(names('3.4.1a.1')).toEqual(['Promote staging build', 'Deploy to production'])
    expect(names('3.4.1b.3')).toEqual(['Blue-Green', 'Rolling Update'])
    expect(names('4.2.1')).toEqual(['Vercel Deployments', 'Docker/Kubernetes Deployments'])
    expect(names('4.3.1')).toEqual(['Revert Migration', 'Restore from Snapshot'])
    expect(names('3.3r.1')).toEqual(['Restore from snapshot', 'See Application Rollback'])
    expect(step('2.3.1a.1').choice).toEqual({ group: step('2.3.1').id, option: 'Vercel Deployments' })
    expect(step('2.3.1a.1b.1').choice).toEqual({ group: step('2.3.1a.1').id, option: 'manual' })
    expect(step('2.3.1').options?.[0]?.steps).toEqual([step('2.3.1a.1').id, step('2.3.1a.2').id])
    expect(step('2.3.2').choice).toBeNull()
    expect(runbook.details.get(step('4.3.1').id)?.detail).toContain(
      'Revert Migration: if migration includes DOWN script',
    )
  })

  test('scripts are lines of the file, comments aside', () => {
    expect(step('1.1.3').script?.split('\n')).toHaveLength(5)
    expect(step('3.4.1b.1').script?.split('\n')).toHaveLength(3)
    expect(step('3.4.1b.2').script?.split('\n')).toHaveLength(2)
    expect(step('3.4.1b.3b.1').script?.split('\n')).toHaveLength(2)
    expect(step('4.2.1b.2').script?.split('\n')).toHaveLength(2)
    expect(step('2.1.3').script).toBe('SUPABASE_DB_URL=$SUPABASE_STAGING_DB_URL pnpm ops:check --org <staging-org>')
    const lines = new Set(runbook.source.split('\n').map(line => line.trim()))
    for (const one of steps) for (const line of one.script?.split('\n') ?? []) expect(lines).toContain(line.trim())
    for (const one of steps) {
      const first = runbook.details.get(one.id)?.scriptLine ?? null
      expect(first === null).toBe(one.script === null)
      if (first !== null) expect(runbook.source.split('\n')[first - 1]?.trim()).toBe(one.script?.split('\n')[0]?.trim())
    }
  })

  test('slots lie where the values enter', () => {
    for (const one of steps)
      for (const slot of runbook.details.get(one.id)?.slots ?? []) {
        const written = one.script?.slice(slot.start, slot.end)
        const known =
          slot.parameter === 'commit-message' ? 'feat(api): add circuit breaker for OpenAI calls' : slot.parameter
        expect(written?.replace(/^[<${]+|[>}]+$/g, '')).toBe(known)
      }
    expect(runbook.details.get(step('1.1.2').id)?.slots[0]?.quoting).toBe('double')
  })

  test('only the health check of staging is offered, and at its own risk', () => {
    expect(steps.filter(one => one.offer !== null).map(one => `${one.position} ${one.offer}`)).toEqual([
      '2.4.2 curl https://staging-api.example.com/healthz',
    ])
    expect(runbook.details.get(step('2.4.2').id)?.offerRisk).toBe('view')
  })

  test('gates: who decides, on what, and where it is written down', () => {
    const role = (name: string) => ({ role: name, principal: null })
    expect(step('3.1.9').approvers).toEqual([role('Release Manager'), role('Platform Lead')])
    expect(step('3.1.9').criteria).toEqual(
      section('3.1')
        .steps.slice(0, 8)
        .map(one => one.id),
    )
    expect(step('3.1.9').evidence).toEqual({ name: 'Documented In', op: 'text', value: null, unit: null })
    expect(step('4.1.1').approvers).toEqual([role('On-Call Engineer'), role('Platform Lead')])
  })

  test('evidence: the comparison that a box names, and its name is the text before', () => {
    const evidence = Object.fromEntries(
      steps
        .filter(one => one.kind === 'confirmation' && one.evidence !== null)
        .map(one => [one.position, one.evidence]),
    )
    expect(evidence).toEqual({
      '1.3.8': { name: 'approving review from CODEOWNERS', op: '>=', value: 1, unit: null },
      '3.5.15': { name: 'API latency P95', op: '<', value: 2000, unit: 'ms' },
      '3.5.16': { name: 'Error rate', op: '<', value: 0.5, unit: '%' },
      '3.5.18': { name: 'Redis cache hit rate', op: '>', value: 80, unit: '%' },
    })
  })

  test('waits: bounds, and from when they count', () => {
    const wait = (position: string) => {
      const { durationMs, timeoutMs, id } = step(position)
      return [durationMs, timeoutMs, runbook.details.get(id)?.countsFrom]
    }
    expect(wait('2.5.6')).toEqual([24 * HOUR, 48 * HOUR, 'section'])
    expect(wait('3.6.9')).toEqual([2 * HOUR, 4 * HOUR, 'section'])
    expect(wait('4.3.1b.2')).toEqual([5 * MINUTE, 20 * MINUTE, 'step'])
  })

  test('environments: by phase, by the phase a recovery is for, and none before staging but by name', () => {
    for (const one of steps.filter(each => /^[34]\./.test(each.position)))
      expect([one.position, one.environment]).toEqual([one.position, 'production'])
    for (const one of steps.filter(each => /^2\./.test(each.position)))
      expect([one.position, one.environment]).toEqual([one.position, 'staging'])
    for (const one of steps.filter(each => /^[15]\./.test(each.position)))
      expect(one.environment).not.toBe('production')
    expect(step('D.11').environment).toBe('production')
  })

  test('detail: what stands beside a step', () => {
    const detail = (position: string) => runbook.details.get(step(position).id)?.detail
    expect(detail('2.2.1')).toEqual(['Via Supabase dashboard: Settings → Database → Create snapshot'])
    expect(detail('3.2.5')).toEqual(['Post in #on-call channel: "Production deployment starting for <release-tag>"'])
    expect(detail('4.4.3')).toContain('Or fix in next release')
    expect(detail('5.2.6')).toEqual(['Known issues (and workarounds)', 'Escalation contacts', 'Documentation links'])
    expect(detail('3.3r.1b.1')).toEqual([`See 4.2 Application Rollback (line 481)`])
  })

  test('parameters: each once, with kind, secrecy and need', () => {
    const brief = runbook.parameters.map(
      one => `${one.name} ${one.kind}${one.required ? ' required' : ''}${one.secret ? ' secret' : ''}`,
    )
    expect(brief.toSorted()).toEqual(
      [
        ...['your-feature-name', 'staging-org', 'prod-org', 'tag', 'deployment-url', 'service-user'].map(
          name => `${name} placeholder required`,
        ),
        ...['release-tag', 'timestamp', 'test-org', 'previous-deployment-url', 'org-id', 'user-id'].map(
          name => `${name} placeholder`,
        ),
        'SUPABASE_STAGING_DB_URL env required secret',
        'SUPABASE_PRODUCTION_DB_URL env required secret',
        ...['registry', 'staging', 'staging-api', 'app', 'api'].map(host => `${host}.example.com literal required`),
        'v1.2.3 literal required',
        'v1.2.2 literal',
        'commit-message literal',
      ].toSorted(),
    )
    const use = (name: string) => runbook.parameters.find(one => one.name === name)
    expect(use('your-feature-name')?.uses).toEqual([
      { line: 46, column: 28 },
      { line: 65, column: 28 },
    ])
    expect(use('commit-message')?.default).toBe('feat(api): add circuit breaker for OpenAI calls')
    expect(runbook.parameters.filter(one => one.default !== null)).toHaveLength(1)
    expect(releaseParameters(runbook).toSorted()).toEqual(['release-tag', 'tag', 'v1.2.3'])
  })

  test('every use of a parameter is where the file has it', () => {
    const lines = runbook.source.split('\n')
    for (const { name, uses } of runbook.parameters)
      for (const { line, column } of uses) {
        const written = lines[line - 1]?.slice(column - 1) ?? ''
        const known = name === 'commit-message' ? 'feat(api)' : name
        expect([name, line, written.replace(/^[<${"]+/, '').startsWith(known)]).toEqual([name, line, true])
      }
  })

  test('the findings are those of the table, and none is an error', () => {
    const at = (code: string) => diagnostics.filter(one => one.code === code).map(one => one.line)
    expect(at('SO004')).toEqual([19])
    expect(at('SO009')).toEqual([18])
    expect(at('SO016')).toEqual([384])
    expect(at('SO018')).toEqual([145, 294, 297, 349, 410, 493, 701, 705])
    expect(at('SO019')).toEqual([198, 219, 224, 355, 362, 401, 506])
    expect(at('SO020')).toEqual([145, 321])
    expect(at('SO022')).toEqual([371])
    expect(at('SO029')).toEqual([722])
    expect(at('SO030')).toEqual([95, 148, 173, 208, 241, 256, 303, 338, 390, 435, 461, 513, 551, 580])
    expect(new Set(diagnostics.map(one => one.code))).toEqual(
      new Set(['SO004', 'SO009', 'SO016', 'SO018', 'SO019', 'SO020', 'SO022', 'SO029', 'SO030']),
    )
    expect(diagnostics.filter(one => one.level === 'error')).toEqual([])
  })

  test('the option that is still to be decided runs in no mode', () => {
    const unfinished = steps.filter(one => (runbook.details.get(one.id)?.unfinished ?? null) !== null)
    expect(unfinished.map(one => one.position)).toEqual(['3.4.1b.3a.1'])
  })

  test('22 fences and 56 boxes are each a step or a finding', () => {
    const lines = runbook.source.split('\n')
    const boxes = lines.flatMap((line, index) => (/^\s*- \[ \] /.test(line) ? [index + 1] : []))
    expect(boxes).toHaveLength(56)
    for (const line of boxes)
      expect(steps.filter(one => one.line === line && one.kind === 'confirmation')).toHaveLength(1)
    const fences = lines.flatMap((line, index) => (/^\s*```/.test(line) ? [index + 1] : []))
    expect(fences).toHaveLength(44)
    for (let index = 0; index < fences.length; index += 2) {
      const from = fences[index] ?? 0
      const to = fences[index + 1] ?? 0
      const isStep = steps.some(one => one.line <= to && one.endLine >= from)
      const isFinding = diagnostics.some(one => one.line === from)
      expect([from, isStep || isFinding]).toEqual([from, true])
    }
  })

  test('the hand-off is filled from the run, its samples are hints', () => {
    const fields = runbook.details.get(step('5.3.1').id)?.fields ?? []
    const filled = Object.fromEntries(fields.filter(one => one.source !== null).map(one => [one.label, one.source]))
    expect(filled).toEqual({
      Release: { kind: 'release' },
      Deployed: { kind: 'time' },
      'Deployed by': { kind: 'operator' },
      'Error rate': { kind: 'observed', step: step('3.5.16').id },
      'API latency P95': { kind: 'observed', step: step('3.5.15').id },
      'Previous version': { kind: 'parameter', name: 'v1.2.2' },
      'DB snapshot': { kind: 'parameter', name: 'timestamp' },
    })
    expect(fields.filter(one => one.source === null).map(one => one.label)).toEqual([
      'Summary',
      'Status',
      'Known Issues',
      'Dashboard',
      'Logs',
      'Errors',
      'Rollback steps',
      'On-Call Contact',
    ])
    const snapshot = fields.find(one => one.label === 'DB snapshot')
    expect(step('5.3.1').original?.slice(snapshot?.start, snapshot?.end)).toBe('20251029-1500')
    expect(step('5.3.1')).toMatchObject({ line: 633, kind: 'form' })
  })

  test('dependencies and contacts are there for a failure', () => {
    expect(runbook.contacts.map(one => one.title)).toEqual(['Critical Service Dependencies', 'Emergency Contacts'])
    expect(runbook.contacts[1]?.lines).toContain('Platform Lead | @platform-lead | @platform-backup')
  })

  test('the plan keeps to its schema, and carries the values given but never a secret', () => {
    const plan = toPlan(
      runbook,
      diagnostics,
      new Map([
        ['tag', 'v9'],
        ['SUPABASE_STAGING_DB_URL', 'postgres://x'],
      ]),
    )
    expect(PlanSchema.parse(plan)).toEqual(plan)
    expect(plan.parameters.find(one => one.name === 'tag')?.value).toBe('v9')
    expect(plan.parameters.find(one => one.name === 'SUPABASE_STAGING_DB_URL')?.value).toBeNull()
  })

  test('ids are unique, safe in file names, and an added paragraph changes none', () => {
    const ids = steps.map(one => one.id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z0-9.-]{1,80}$/)
    const text = runbook.source.replace('## Phase 1', 'A paragraph that was added later.\n\n## Phase 1')
    expect(read(text).steps.map(one => one.id)).toEqual(ids)
  })

  test('CRLF gives the same plan, and so does a missing last newline', () => {
    const bare = (text: string) => {
      const { runbook: other, diagnostics: found } = parseRunbook(new TextEncoder().encode(text), 'avocat-release.md')
      return toPlan({ ...other, sha256: '' }, found)
    }
    const plan = bare(runbook.source)
    expect(bare(runbook.source.replaceAll('\n', '\r\n'))).toEqual(plan)
    expect(bare(`${runbook.source.trimEnd()}\n`)).toEqual(bare(runbook.source.trimEnd()))
  })
})
