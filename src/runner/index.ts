export * from './answers.ts'
export type { ApprovalVerdict } from './approval.ts'
export { askLevelOf, findStep } from './asking.ts'
export { chooseSection, requiredBefore } from './catalog.ts'
export { conditionOf } from './condition.ts'
export {
  createContext,
  findSection,
  planEvent,
  type RunContext,
  type Selection,
  selectFlow,
} from './context.ts'
export { decisionFor, decisionProblem, wasSeen } from './decided-beforehand.ts'
export { type Drive, drive } from './drive.ts'
export type { Matches } from './expectation.ts'
export { gateNeed } from './gate-need.ts'
export { type AcceptanceVerdict, isOpenTo } from './handing-off.ts'
export { jumpEvents } from './jump.ts'
export { type Lacking, lackingOf } from './missing.ts'
export { activeFlow, needOf, whyBlocked } from './need.ts'
export type * from './ports.ts'
export {
  answerFor,
  conditionEntry,
  type Missing,
  type Provided,
  type StepDecision,
  type StepEdit,
} from './provided-answer.ts'
export { type ResumeFacts, type Resumption, resumptionOf } from './resumption.ts'
export { doneSteps, rollbackPhrase } from './rolling-back.ts'
export { canBeMasked } from './secret-forms.ts'
export { walkUnattended } from './unattended.ts'
export { unknownReferences } from './unknown-references.ts'
export { enterValues } from './values.ts'
