export { type CalledPrograms, calledPrograms } from './called-programs.ts'
export { type CommentGroup, commentGroups } from './comment-groups.ts'
export { type OptionMark, optionMarkOf, plainLabel, speaksOf } from './comment-words.ts'
export { environmentIn, environmentOf } from './environment.ts'
export { exportsVariable } from './exports.ts'
export { shellGrammar } from './grammar.ts'
export { interactionOf, sessionOpener } from './interaction.ts'
export { type LiteralSecret, literalSecretsIn } from './literal-secrets.ts'
export { bodyIsShell, commandShaped, type Looks, mayBeCommand, shellLooking } from './looks.ts'
export { lostContinuation } from './lost-continuation.ts'
export { parseShell, type ShellCommand, type ShellText } from './parse-shell.ts'
export { riskOf, strongest } from './risk.ts'
export {
  type ChoicePiece,
  type CommandsPiece,
  type ManualPiece,
  type Piece,
  type PieceOption,
  splitBlock,
} from './split-block.ts'
export { statementsOf } from './statements.ts'
export { readingOnce, readShell, type Shell } from './syntax.ts'
export { type Transcript, transcriptOf } from './transcript.ts'
export { unfinishedIn } from './unfinished.ts'
export { type FoundValue, findTextValues, findValues, isSecretName } from './values.ts'
export { firstSets, readsVariables, setsVariables } from './variables.ts'
