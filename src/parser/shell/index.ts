export { type CommentGroup, commentGroups } from './comment-groups.ts'
export { parseShell, type ShellCommand, type ShellText } from './parse-shell.ts'
export {
  type ChoicePiece,
  type CommandsPiece,
  type ManualPiece,
  type Piece,
  type PieceOption,
  splitBlock,
} from './split-block.ts'
