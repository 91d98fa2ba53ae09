import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Step } from '../../src/model/index.ts'
import { countKinds, type Read, read } from './helpers/parse.ts'

// The table "Hard cases" of docs/interpretation.md, over runbooks of public repositories as they were found.
const CORPUS = new URL('../../../shared/corpus/', import.meta.url)

function open(path: string): Read {
  return read(readFileSync(new URL(path, CORPUS)), path)
}

function mainSteps({ runbook, steps }: Read): Step[] {
  const main = new Set(runbook.flows.main)
  return steps.filter(step => main.has(step.id))
}

/** Parameters that each step needs, with how its text reads them. */
function slotsOf({ runbook }: Read, step: Step): string[] {
  const detail = runbook.details.get(step.id)
  return [...(detail?.slots ?? []), ...(detail?.offerSlots ?? [])].map(slot => `${slot.parameter} ${slot.quoting}`)
}

function atLine({ steps }: Read, line: number): Step {
  const found = steps.findLast(step => step.line <= line && step.endLine >= line)
  if (found === undefined) throw new Error(`no step at line ${line}`)
  return found
}

describe.skipIf(!existsSync(CORPUS))('hard cases of public runbooks', () => {
  test('kubo: a checklist of boxes, with conditions, and commands that must never be offered', () => {
    const page = open('ipfs+kubo/docs/RELEASE_CHECKLIST.md')
    const { runbook, steps } = page
    expect(runbook.mode).toBe('linear')
    expect(countKinds(steps)).toEqual({ C: 73 })
    expect(runbook.flows.main).toHaveLength(73)
    const conditions = new Set(steps.flatMap(step => step.when ?? []))
    expect([...conditions].toSorted()).toEqual(['FINAL', 'FINAL non-PATCH', 'RC', 'RC1', 'non-PATCH'])
    const offers = steps.flatMap(step => step.offer ?? [])
    expect(offers.filter(offer => /--tags|go get|mkreleaselog.*stderr|\.md$/.test(offer))).toEqual([])
    expect(offers).toContain('git push origin vX.Y.Z(-rcN)')
    expect(runbook.parameters.map(one => one.name)).toEqual(['commit', 'X.Y.Z-rcN', 'X.Y.Z'])
    const push = steps.find(step => step.offer === 'git push origin vX.Y.Z(-rcN)')
    expect(push).toMatchObject({ risk: 'danger', needs: ['X.Y.Z-rcN'] })
    const behind = steps.find(step => step.line > 35 && step.offer !== null)
    expect(runbook.details.get(behind?.id ?? '')?.pointOfNoReturn).toBe(true)
    expect(runbook.details.get(push?.id ?? '')?.pointOfNoReturn).toBe(true)
  })

  test('sig-release: what stands in comments is inert, and a comment that asks for a paste asks for a text', () => {
    const { runbook, steps, diagnostics, findings } = open(
      'kubernetes+sig-release/.github/ISSUE_TEMPLATE/cut-release.md',
    )
    expect(steps.filter(step => step.kind === 'confirmation')).toHaveLength(11)
    expect(steps.filter(step => step.evidence?.op === 'text').map(step => step.evidence?.name)).toEqual([
      'Paste link to slack',
      'Paste Pull Request URL here',
      'Paste link to kubernetes-dev email',
      'Paste link to slack',
      'Paste Pull Request URL here',
    ])
    expect(findings.filter(one => one.startsWith('SO010')).map(one => one.split(':')[1])).toEqual([
      '15',
      '79',
      '92',
      '93',
      '122',
      '139',
    ])
    const history = steps.find(step => step.offer?.startsWith('krel history'))
    expect(history?.needs).toEqual(['1.xx', 'yyyy-mm-dd'])
    expect(steps.flatMap(step => [step.script, step.offer]).filter(text => text?.startsWith('krel'))).toHaveLength(1)
    expect(diagnostics.filter(one => one.line === 98).map(one => one.code)).toEqual(['SO009'])
    expect(steps.some(step => /milestone|GitVersion/.test(`${step.title}${step.script}`))).toBe(false)
    expect(runbook.title).toBe('Cut v1.x.y-{alpha,beta,rc}.z release')
  })

  test('conda: boxes of templates are no steps, and items numbered by hand stay one procedure', () => {
    const { steps, sections, runbook } = open('conda+conda/RELEASE.md')
    expect(steps.filter(step => step.rule === 'R17')).toEqual([])
    expect(runbook.phases.map(phase => phase.position)).toEqual([...Array(11).keys()].map(index => String(index + 1)))
    expect(sections.find(section => section.position === '5')).toMatchObject({
      title: expect.stringMatching(/^Run rever/),
      role: 'main',
    })
    const items = steps.filter(step => /^5\.\d+(?:\.|$)/.test(step.position)).map(step => step.position.split('.')[1])
    expect(new Set(items).size).toBe(13)
    const log = steps.find(step => step.line === 251 || step.script === 'git cherry -v <release branch>')
    expect(log?.expect).toMatchObject({ kind: 'similar', text: expect.stringMatching(/^\+ 86957814/) })
    expect(steps.find(step => step.script === 'git reset --hard HEAD~1')?.risk).toBe('danger')
    expect(steps.find(step => step.script?.startsWith('git push'))?.needs).toEqual(['YY.MM.MICRO'])
    expect(steps.find(step => step.position === '6.1')?.title).toBe('Wait for review and approval of release PR.')
  })

  test('tekton: releases of two kinds are a choice, and a fence with work in its comments is cut there', () => {
    const { steps, runbook } = open('tektoncd+pipeline/tekton/release-cheat-sheet.md')
    const choices = steps.filter(step => step.kind === 'choice').map(step => step.options?.map(option => option.name))
    expect(choices).toEqual([
      ['Initial Release', 'Patch Release'],
      ['Manual trigger', 'Automatic trigger'],
    ])
    const initial = steps.filter(step => step.choice?.option === 'Initial Release').map(step => step.position)
    expect(initial).toEqual(['1.1a.1', '1.1a.2', '1.1a.3', '1.1a.4'])
    const needs = runbook.parameters.filter(one => one.required).map(one => one.name)
    expect(needs).toEqual(expect.arrayContaining(['commit-sha', 'release-v1.10.x']))
    const conflict = steps.filter(step => step.line >= 107 && step.line <= 114)
    expect(conflict.map(step => `${step.kind} ${step.when}`)).toEqual([
      'task If there are merge conflicts',
      'manual If there are merge conflicts',
      'task If there are merge conflicts',
      'manual If there are merge conflicts',
    ])
    expect(conflict.filter(step => step.kind === 'manual').map(step => step.title)).toEqual([
      'Resolve conflicts, then',
      'Open PR against upstream/<branchname>',
    ])
  })

  test('govuk: values to fill in by the names of their variables, an option, a console, and no deletion in the flow', () => {
    const page = open('alphagov+govuk-developer-docs/source/manual/howto-backup-and-restore-in-aws-rds.html.md')
    const { steps, runbook, findings } = page
    expect(runbook.parameters.filter(one => one.required).map(one => one.name)).toEqual([
      'snapshot_arn',
      'db-instance-name',
      'your-snapshot-name',
      'db_instance_identifier',
      'vpc_security_group_id',
      'db_parameter_group_name',
      'db_subnet_group_name',
    ])
    expect(runbook.parameters.some(one => one.kind === 'env')).toBe(false)
    expect(slotsOf(page, atLine(page, 39))).toEqual(['snapshot_arn double'])
    const choice = steps.find(step => step.kind === 'choice')
    expect(choice?.options).toHaveLength(2)
    expect(choice?.options?.[1]?.name).toBe('You can take a snapshot via the AWS CLI')
    expect(steps.some(step => step.title.includes('sg-XXXXXXXX'))).toBe(false)
    expect(atLine(page, 171)).toMatchObject({
      kind: 'manual',
      interaction: 'terminal',
      offer: 'kubectl exec -n apps -it deploy/local-links-manager -- bundle exec rails c',
    })
    expect(atLine(page, 176)).toMatchObject({ kind: 'manual', interaction: 'remote', script: null, offer: null })
    expect(findings).toContain('SO028:176')
    const deletion = atLine(page, 195)
    expect(deletion).toMatchObject({ kind: 'task', risk: 'danger' })
    expect(runbook.flows.main).not.toContain(deletion.id)
    expect(runbook.phases.find(phase => phase.title === 'Delete an obsolete database')?.role).toBe('cleanup')
    expect(atLine(page, 115).risk).toBe('danger')
  })

  test('DuqueOM: a rollback page is walked, behind its authorization, with one of three paths', () => {
    const page = open('DuqueOM+ML-MLOps-Production-Template/docs/runbooks/rollback.md')
    const { steps, runbook } = page
    const main = mainSteps(page)
    expect(runbook.mode).toBe('linear')
    expect(runbook.flows.recovery).toEqual([])
    expect(main[0]).toMatchObject({
      kind: 'gate',
      approvers: [{ role: expect.stringMatching(/tech lead or security on-call/) }],
    })
    const paths = steps.find(step => step.position === '4.1')
    expect(paths?.options?.map(option => option.name)).toEqual([
      'Argo Rollouts canary in progress',
      'Plain Deployment rollback',
      'Argo Rollouts already aborted but pod stuck',
    ])
    expect(steps.some(step => /make rollback/.test(`${step.script} ${step.offer}`))).toBe(false)
    const checks = steps.filter(step => step.rule === 'R20')
    expect(checks.map(step => step.kind)).toEqual(Array(6).fill('confirmation'))
    expect(checks.map(step => step.offer !== null)).toEqual([true, true, false, false, false, true])
    expect(checks.flatMap(step => (step.evidence === null ? [] : step.evidence))).toEqual([
      { name: 'Error rate', op: '<', value: 1, unit: '%' },
      { name: 'P95 latency', op: '<', value: 500, unit: 'ms' },
    ])
    expect(slotsOf(page, atLine(page, 98))).toEqual([
      'env double',
      'service bare',
      'alert-name-operator single',
      'bad-digest bare',
      'restored-digest bare',
      'N bare',
      'github-handle-of-on-call double',
    ])
    expect(slotsOf(page, atLine(page, 112))).toEqual([
      'service double',
      'env double',
      'alert-name-operator-initiated heredoc',
      'digest heredoc',
      'digest heredoc',
    ])
    expect(steps.filter(step => step.rule === 'R18').map(step => step.kind)).toEqual(Array(4).fill('confirmation'))
    expect(runbook.phases.find(phase => phase.title.startsWith('Anti-patterns'))?.role).toBe('reference')
  })

  test('openshift: a cut command is by hand, and what is for another place never runs here', () => {
    const page = open('openshift+runbooks/alerts/openshift-container-storage-operator/helpers/diagnosis.md')
    const { findings, runbook } = page
    expect(findings).toContain('SO015:35')
    expect(atLine(page, 35)).toMatchObject({ kind: 'manual', script: null })
    expect(atLine(page, 54)).toMatchObject({ kind: 'manual', interaction: 'remote', offer: null })
    expect(atLine(page, 71).expect).toMatchObject({ kind: 'similar', text: expect.stringMatching(/^\s*NAME\s+STATUS/) })
    expect(atLine(page, 71).script).toBe('oc get nodes -o wide')
    expect(findings).toContain('SO009:95')
    expect(atLine(page, 90).needs).toEqual(['NODE_NAME'])
    expect(atLine(page, 21).interaction).toBe('terminal')
    expect(atLine(page, 27).interaction).toBe('terminal')
    expect(runbook.phases.at(-1)?.role).toBe('reference')
  })

  test('KubePersistentVolumeFillingUp: values of an alert, and a session elsewhere', () => {
    const page = open('openshift+runbooks/alerts/cluster-monitoring-operator/KubePersistentVolumeFillingUp.md')
    const { runbook, steps, findings } = page
    expect(runbook.mode).toBe('linear')
    expect(steps[0]?.needs).toEqual([
      'persistentvolumeclaim-label-from-alert',
      'namespace-label-from-alert',
      'Used-By-field-from-the-above-output',
    ])
    expect(steps.map(step => `${step.kind} ${step.interaction}`)).toEqual([
      'task none',
      'manual terminal',
      'manual remote',
    ])
    expect(steps[2]).toMatchObject({ title: 'df -h', script: null, offer: null })
    expect(findings).toContain('SO009:24')
    expect(runbook.phases.slice(0, 2).map(phase => phase.role)).toEqual(['reference', 'reference'])
  })

  test('quick-create-cli: tasks of one session with sample outputs, a login, and an ssh at the end', () => {
    const page = open(
      'MicrosoftDocs+executable-docs/scenarios/azure-docs/articles/virtual-machines/linux/quick-create-cli.md',
    )
    const { runbook, steps, findings } = page
    expect(steps.filter(step => step.kind === 'task')).toHaveLength(4)
    expect(steps.filter(step => step.expect !== null).map(step => [step.expect?.kind, step.expect?.text[0]])).toEqual([
      ['similar', '{'],
      ['similar', '{'],
    ])
    expect(runbook.parameters).toEqual([])
    expect(steps.find(step => step.offer === 'az login')).toMatchObject({ kind: 'manual', interaction: 'terminal' })
    expect(findings).toContain('SO010:128')
    const last = mainSteps(page).at(-1)
    expect(last).toMatchObject({
      kind: 'manual',
      interaction: 'terminal',
      script: null,
      offer: expect.stringMatching(/^ssh -o/),
    })
    expect(runbook.phases.some(phase => phase.role === 'cleanup' || phase.role === 'recovery')).toBe(false)
  })
})
