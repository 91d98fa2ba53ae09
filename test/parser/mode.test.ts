import { describe, expect, test } from 'vitest'
import { read } from './helpers/parse.ts'

/** A page of sections that hold a command each. */
function modeOf(title: string, ...headings: readonly string[]): string {
  const sections = headings.map((heading, index) => `## ${heading}\n\n\`\`\`bash\nmake part${index}\n\`\`\`\n`)
  return read(`# ${title}\n\n${sections.join('\n')}`).runbook.mode
}

describe('a page is walked from top to bottom', () => {
  test.each([
    ['numbered sections', 'App', ['1. Alpha', '2. Beta']],
    ['numbers without a mark', 'App', ['1 Alpha', '2 Beta']],
    ['phases', 'App', ['Phase 1: Alpha', 'Phase 2: Beta']],
    ['steps', 'App', ['Step 1: Alpha', 'Step 2 - Beta']],
    ['stages of a release', 'App', ['Build', 'Deploy', 'Verify']],
    ['the procedure among them', 'App', ['Procedure', 'Extra']],
    ['an alert', 'KubePodCrash', ['Diagnosis', 'Mitigation']],
    ['one work in one environment after the other', 'Deploy', ['Deploy to staging', 'Deploy to production']],
    [
      'the stages of rotating one secret',
      'Rotate the key',
      ['1. Create a new key', '2. Deploy the key', '3. Delete the old key'],
    ],
    [
      'the stages of an incident',
      'Incident response',
      ['1. Incident detection', '2. Incident triage', '3. Alert the on-call'],
    ],
    ['tools that are all installed', 'Set up tools', ['Install kubectl', 'Install Helm']],
    ['the same verb under numbers', 'Upgrade', ['1. Upgrade the control plane', '2. Upgrade the nodes']],
  ])('%s', (_, title, headings) => {
    expect(modeOf(title, ...headings)).toBe('linear')
  })

  test('later sections that use what earlier ones set', () => {
    expect(
      read('# App\n\n## Alpha\n\n```bash\nID=$(make a)\n```\n\n## Beta\n\n```bash\nmake b $ID\n```\n').runbook.mode,
    ).toBe('linear')
  })
})

describe('a page of sections that are whole in themselves is a catalog, numbered or not', () => {
  test.each([
    ['doubt', 'Things', ['Alpha', 'Beta']],
    ['alerts', 'Alerts', ['1. HighCPU', '2. DiskFull']],
    ['incidents', 'Incidents', ['1. The database', '2. The cache']],
    ['named alerts', 'Response', ['1. Alert: HighCPU', '2. Alert: DiskFull']],
    ['scenarios', 'Deploy', ['Scenario 1: the release failed', 'Scenario 2: the deploy failed']],
    ['symptoms', 'The queue', ['1. The queue is full', '2. Workers are down']],
    ['questions', 'Operating', ['1. How do I restart it?', '2. How do I scale it?']],
    ['how to', 'Guide', ['1. How to restart', '2. How to scale', '3. How to remove']],
    ['conditions', 'Outage', ['1. If the database is gone', '2. If the cache is gone']],
    ['secrets', 'Rotating secrets', ['1. Stripe key', '2. Database password']],
    ['secrets by verb', 'Secret rotation', ['1. Rotate the Stripe key', '2. Rotate the JWT secret']],
    ['platforms', 'Install', ['1. Install on Linux', '2. Install on macOS']],
    ['clouds', 'Deploy the app', ['Deploy to AWS', 'Deploy to GCP']],
    ['the same verb', 'Upgrade', ['Upgrade Postgres', 'Upgrade Redis', 'Upgrade Kafka']],
  ])('%s', (_, title, headings) => {
    expect(modeOf(title, ...headings)).toBe('catalog')
  })

  test('alerts of which a later one reads a name that an earlier one sets', () => {
    const page = read(`# Response

## Alert: HighCPU

\`\`\`bash
NS=shop
kubectl get pods -n $NS
\`\`\`

## Alert: DiskFull

\`\`\`bash
kubectl get pvc -n $NS
\`\`\`
`)
    expect(page.runbook.mode).toBe('catalog')
    expect(page.runbook.flows.main).toEqual([])
  })

  test('a choice is one step, however many options it has: it makes no procedure of a remark', () => {
    const { runbook } = read(`# What deletion does

## What is deleted?

Nodes.

## Alternatives

Stop it.

## Delete a cluster

=== "CLI"

    \`\`\`bash
    az aks delete --name c
    \`\`\`

=== "Portal"

    Select **Delete**.

## Next

Read on.
`)
    expect(runbook.mode).toBe('catalog')
  })
})

describe('a record is no procedure', () => {
  test.each([
    ['Release 1.2 report', '1. Build'],
    ['Deployment summary', '1. Build'],
    ['Summary: migration of the database', '1. Build'],
    ['Migration complete', '1. Build'],
  ])('%s', (title, heading) => {
    const { runbook, findings } = read(
      `# ${title}\n\n## ${heading}\n\n\`\`\`bash\nmake\n\`\`\`\n\n## 2. Go\n\n- [ ] Gone\n`,
    )
    expect(runbook.mode).toBe('reference')
    expect(findings).toContain('SO007:1')
  })

  test('all its boxes are ticked, two of them too', () => {
    expect(read('# Release\n\n## 1. Build\n\n- [x] built\n\n## 2. Go\n\n- [x] gone\n').runbook.mode).toBe('reference')
    expect(read('# Release\n\n## 1. Build\n\n- [x] built\n\n## 2. Go\n\n- [ ] gone\n').runbook.mode).toBe('linear')
  })
})
