import type { Diagnostic, Plan, Runbook } from '../model/index.ts'

/** The document of `signoff plan --json`. `values` are those given so far; a secret's value is never put in. */
export function toPlan(
  runbook: Runbook,
  diagnostics: readonly Diagnostic[],
  values: ReadonlyMap<string, string> = new Map(),
): Plan {
  const { path, sha256, title, mode, metadata } = runbook
  return {
    schema: 'signoff.plan/1',
    runbook: { path, sha256, title, mode, metadata: [...metadata] },
    parameters: runbook.parameters.map(one => ({
      ...one,
      value: one.secret ? null : (values.get(one.name) ?? one.value),
    })),
    phases: runbook.phases,
    flows: runbook.flows,
    findings: [...diagnostics],
  }
}
