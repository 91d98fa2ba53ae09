export { type Parsed, type ParseOptions, parseRunbook } from './parse-runbook.ts'
export { releaseParameters } from './release-parameters.ts'
export { toPlan } from './to-plan.ts'
