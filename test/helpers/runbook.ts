import type { Parameter, Runbook, Step, StepDetail } from '../../src/model/index.ts'

/** What a test says of a step; the rest is filled in. */
export type Wanted = Partial<Step> &
  Pick<Step, 'id' | 'kind'> & { readonly detail?: Partial<StepDetail>; readonly phase?: string }

/** Gives a literal its type, so that tests can vary it. */
export function wanted(step: Wanted): Wanted {
  return step
}

/** A runbook made of steps alone, for tests of what comes behind the parser. Phases are made from `phase`. */
export function runbookOf(
  wanted: readonly Wanted[],
  more: {
    readonly parameters?: readonly (Partial<Parameter> & Pick<Parameter, 'name' | 'kind'>)[]
    readonly recovery?: readonly {
      readonly for: string | null
      readonly title: string
      readonly steps: readonly string[]
    }[]
  } = {},
): Runbook {
  const recovery = (more.recovery ?? []).map(flow => ({ ...flow, steps: [...flow.steps] }))
  const outside = new Set(recovery.flatMap(flow => flow.steps))
  const steps = wanted.map(({ detail: _detail, phase: _phase, ...step }, i) => stepOf(step, i))
  const phases = [...new Set(wanted.map(step => step.phase ?? 'phase-1'))]
  const phaseOf = (id: string): string => wanted.find(step => step.id === id)?.phase ?? 'phase-1'
  return {
    path: 'release.md',
    sha256: 'a'.repeat(64),
    title: 'Release',
    mode: 'linear',
    metadata: [],
    source: '# Release\n',
    parameters: (more.parameters ?? []).map(parameter => ({
      secret: false,
      required: true,
      value: null,
      default: null,
      uses: [{ line: 1, column: 1 }],
      ...parameter,
    })),
    phases: phases.map((id, i) => ({
      id,
      position: String(i + 1),
      title: id,
      role: 'main',
      line: i + 1,
      owners: [],
      duration: null,
      for: null,
      successCriteria: null,
      sections: [],
      steps: steps.filter(step => phaseOf(step.id) === id),
    })),
    flows: { main: steps.map(step => step.id).filter(id => !outside.has(id)), recovery },
    details: new Map(
      wanted.map(step => [
        step.id,
        {
          detail: [],
          slots: [],
          offerSlots: [],
          offerRisk: step.offer == null ? null : 'view',
          scriptLine: null,
          phase: phaseOf(step.id),
          section: phaseOf(step.id),
          fields: [],
          unfinished: null,
          pointOfNoReturn: false,
          ...step.detail,
        },
      ]),
    ),
    contacts: [],
  }
}

function stepOf(step: Partial<Step> & Pick<Step, 'id' | 'kind'>, i: number): Step {
  return {
    position: `1.${i + 1}`,
    title: step.id,
    line: i + 1,
    endLine: i + 1,
    rule: 'R9',
    script: null,
    language: null,
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
    ...step,
  }
}
