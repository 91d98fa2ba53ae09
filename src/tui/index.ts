export { type CleanOptions, cleanText } from './clean.ts'
export type { EditScript } from './editing.ts'
export { type Plain, runPlain } from './lines.ts'
export { sentenceFor } from './narrate.ts'
export { createPlainOutput, type PlainOutput } from './plain-output.ts'
export { contactLines } from './plain-text.ts'
export {
  deviationsIn,
  type Holder,
  isRunDeviation,
  type Needed,
  neededLine,
  neededOf,
  type Standing,
  type StatusFacts,
  standingOf,
  statusLines,
} from './run-status.ts'
export { type Scene, toWalk } from './walk.ts'
export { widthOf } from './width.ts'
