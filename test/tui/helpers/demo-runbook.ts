import type { Parameter, RecoveryFlow, Runbook, Section, Step, StepDetail } from '../../../src/model/index.ts'
import { stepsOf } from '../../../src/model/index.ts'

/** A step of the demo with what the tests do not care about filled in. */
export function demoStep(position: string, kind: Step['kind'], title: string, rest: Partial<Step> = {}): Step {
  return {
    id: `s${position}`,
    position,
    kind,
    title,
    line: 10 + Number(position.replace('.', '')),
    endLine: 10 + Number(position.replace('.', '')),
    rule: 'R9',
    script: null,
    language: kind === 'task' ? 'bash' : null,
    original: null,
    risk: 'view',
    environment: null,
    interaction: 'none',
    needs: [],
    when: null,
    choice: null,
    options: null,
    offer: null,
    expect: null,
    approvers: null,
    required: true,
    durationMs: null,
    timeoutMs: null,
    evidence: null,
    criteria: null,
    probe: null,
    owners: [],
    recovery: null,
    ...rest,
  }
}

export function demoSection(position: string, title: string, steps: Step[], rest: Partial<Section> = {}): Section {
  return {
    id: `p${position}`,
    position,
    title,
    role: 'main',
    line: 1,
    owners: [],
    duration: null,
    for: null,
    successCriteria: null,
    steps,
    sections: [],
    ...rest,
  }
}

const LAG = { name: 'lag', op: '<', value: 5, unit: 's' } as const
const APPROVERS = [
  { role: 'Release Manager', principal: null },
  { role: 'Platform Lead', principal: null },
]
const PARAMETERS: Parameter[] = [
  {
    name: 'version',
    kind: 'placeholder',
    secret: false,
    required: true,
    value: null,
    default: '4.2.0',
    uses: [{ line: 42, column: 3 }],
  },
  {
    name: 'TOKEN',
    kind: 'env',
    secret: true,
    required: true,
    value: null,
    default: null,
    uses: [{ line: 43, column: 3 }],
  },
]

/** The runbook of docs/terminal.md, section 13, without its long scripts. */
export function demoRunbook(): Runbook {
  const production = { environment: 'production', recovery: 'p2' }
  return runbookOf(
    [
      demoSection('1', 'Prepare', [
        demoStep('1.1', 'task', 'Look around', { script: 'git status\n' }),
        demoStep('1.2', 'task', 'Build', { script: 'sleep 2\n', risk: 'safe' }),
        demoStep('1.3', 'confirmation', 'On-call channel told', { owners: ['Kim Lee'] }),
        demoStep('1.4', 'confirmation', 'Replica lag below 5 s', { evidence: LAG, offer: 'psql -c lag\n' }),
        demoStep('1.5', 'choice', 'Where to', {
          options: [
            { name: 'Vercel', steps: [] },
            { name: 'Docker', steps: [] },
          ],
        }),
        demoStep('1.6', 'task', 'Tag the image', {
          script: 'docker tag app app:<version>\n',
          risk: 'change',
          needs: ['version'],
        }),
      ]),
      demoSection('2', 'Production', [
        demoStep('2.1', 'task', 'Set the new image', { script: 'kubectl set image\n', risk: 'change', ...production }),
        demoStep('2.2', 'task', 'Smoke test', { script: 'exit 1\n', risk: 'view', ...production }),
        demoStep('2.4', 'wait', 'Soak', { durationMs: 120_000, ...production }),
        demoStep('2.6', 'form', 'Announcement', production),
        demoStep('2.7', 'manual', 'Watch the dashboard', { when: 'if traffic is high', ...production }),
      ]),
      demoSection('3', 'GO/NO-GO', [
        demoStep('3.1', 'gate', 'GO/NO-GO for production', { approvers: APPROVERS, criteria: ['s1.3', 's1.4'] }),
      ]),
      demoSection(
        '4',
        'Roll back production',
        [
          demoStep('4.1', 'task', 'Undo', {
            script: 'kubectl rollout undo\n',
            risk: 'change',
            environment: 'production',
          }),
        ],
        {
          role: 'recovery',
          for: 'p2',
        },
      ),
    ],
    [{ for: 'p2', title: 'Roll back production', steps: ['s4.1'] }],
  )
}

/** The demo with a table of so many people to call. */
export function withContacts(people: number): Runbook {
  const lines = [
    'Role | Primary',
    ...Array.from({ length: people }, (_, index) => `Role ${index + 1} | @person${index + 1}`),
  ]
  return { ...demoRunbook(), contacts: [{ title: 'Contacts', line: 90, lines }] }
}

/** A runbook of one task that needs `org`, which a table proposes for two environments. */
export function askingForOrg(environment: string | null = null): Runbook {
  const step = demoStep('1.1', 'task', 'Look up', { script: 'lookup <org>\n', needs: ['org'], environment })
  const at = { line: 20, column: 3 }
  const org: Parameter = {
    name: 'org',
    kind: 'placeholder',
    secret: false,
    required: true,
    value: null,
    default: null,
    uses: [{ line: 8, column: 3 }],
    proposals: [
      { environment: 'Staging', value: 'acme-staging', ...at },
      { environment: 'Production', value: 'acme', ...at },
    ],
  }
  return { ...runbookOf([demoSection('1', 'Only', [step])], []), parameters: [org] }
}

/** A runbook of one long phase of tasks that only look. */
export function longRunbook(count: number): Runbook {
  const steps = Array.from({ length: count }, (_, index) =>
    demoStep(`1.${index + 1}`, 'task', `Step number ${index + 1}`, {
      script: 'true\n',
      line: index + 1,
      endLine: index + 1,
    }),
  )
  return runbookOf([demoSection('1', 'Everything', steps)], [])
}

export function runbookOf(phases: Section[], recovery: RecoveryFlow[]): Runbook {
  const steps = stepsOf({ phases })
  const inRecovery = new Set(recovery.flatMap(flow => flow.steps))
  const details = new Map<string, StepDetail>()
  for (const phase of phases)
    for (const step of phase.steps)
      details.set(step.id, {
        detail: [],
        slots: slotsOf(step),
        offerSlots: [],
        offerRisk: step.offer === null ? null : 'view',
        scriptLine: step.script === null ? null : step.line,
        phase: phase.id,
        section: phase.id,
        fields: [],
        unfinished: null,
        pointOfNoReturn: false,
      })
  return {
    path: 'demo.md',
    sha256: '0'.repeat(64),
    title: 'payments',
    mode: 'linear',
    metadata: [],
    source: '',
    parameters: PARAMETERS,
    phases,
    flows: { main: steps.filter(step => !inRecovery.has(step.id)).map(step => step.id), recovery },
    details,
    contacts: [],
  }
}

function slotsOf(step: Step): StepDetail['slots'] {
  const start = step.script?.indexOf('<version>') ?? -1
  return start < 0 ? [] : [{ parameter: 'version', start, end: start + '<version>'.length, quoting: 'bare' }]
}
