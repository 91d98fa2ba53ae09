export { type CleanOptions, cleanText } from './clean.ts'
export { type Plain, runPlain } from './lines.ts'
export { sentenceFor } from './narrate.ts'
export { createPlainOutput, type PlainOutput } from './plain-output.ts'
