export type { RecordedEntry, RunRecord, Wanted } from './output/record.ts'
export { type Plain, runPlain } from './plain/lines.ts'
export { createPlainOutput, type PlainOutput } from './plain/output.ts'
export { createPollLines } from './plain/poll-lines.ts'
export { contactLines } from './plain/text.ts'
export { ACTION_LIST, type ActionName, DEFAULT_KEYS, type KeyMap, keyMapOf, writtenKeys } from './scene/actions.ts'
export { sentenceFor } from './scene/narrate.ts'
export {
  type Holder,
  type Needed,
  neededLine,
  neededOf,
  type Standing,
  type StatusFacts,
  standingOf,
  statusLines,
  unmetOf,
} from './scene/run-status.ts'
export { type Scene, toWalk } from './scene/walk.ts'
export type { StartAnswer, StartAsk, StartBrief, StartSection } from './start/brief.ts'
export type { EditScript } from './terminal/editing.ts'
export { type CleanOptions, cleanText, HIDDEN } from './text/clean.ts'
export { durationText } from './text/time-text.ts'
export { widthOf } from './text/width.ts'
