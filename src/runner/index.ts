export type { ApprovalVerdict } from './deciding/approval.ts'
export { askLevelOf, findStep } from './deciding/asking.ts'
export { chooseSection, requiredBefore } from './deciding/catalog.ts'
export { conditionOf } from './deciding/condition.ts'
export {
  createContext,
  findSection,
  planEvent,
  type RunContext,
  type Selection,
  selectFlow,
} from './deciding/context.ts'
export { gateNeed } from './deciding/gate-need.ts'
export { type AcceptanceVerdict, isOpenTo } from './deciding/handing-off.ts'
export { jumpEvents } from './deciding/jump.ts'
export { activeFlow, needOf, whyBlocked } from './deciding/need.ts'
export { doneSteps, rollbackPhrase } from './deciding/rolling-back.ts'
export { type Drive, drive } from './driving/drive.ts'
export { createPastRun, type PastRun } from './driving/past-run.ts'
export { type ResumeFacts, type Resumption, resumptionOf } from './driving/resumption.ts'
export type * from './ports.ts'
export type { Matches } from './scripts/expectation.ts'
export { canBeMasked } from './scripts/secret-forms.ts'
export { enterValues } from './scripts/values.ts'
export * from './unattended/answers.ts'
export { decisionFor, decisionProblem, wasSeen } from './unattended/decided-beforehand.ts'
export { type Lacking, lackingOf } from './unattended/missing.ts'
export {
  answerFor,
  conditionEntry,
  type Missing,
  type Provided,
  type StepDecision,
  type StepEdit,
} from './unattended/provided-answer.ts'
export { walkUnattended } from './unattended/unattended.ts'
export { unknownReferences } from './unattended/unknown-references.ts'
