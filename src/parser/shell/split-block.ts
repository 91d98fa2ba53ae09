import { groupLines } from './comment-groups.ts'
import { type CommentText, isExpectation, namesTime, type OptionMark, plainLabel, speaksOf } from './comment-words.ts'
import { argumentsOf, programOf } from './effective.ts'
import { linesOf } from './lines.ts'
import { type Segment, segmentsOf } from './segments.ts'
import { type Range, readShell } from './syntax.ts'

interface PieceText extends Range {
  /** The comment that names it, without `#`, number and mark of an option; null where no comment does. */
  readonly title: string | null
  readonly number: string | null
  /** Further comment lines before its commands. */
  readonly detail: readonly string[]
  /** Ordinal of its comment group, from 0. */
  readonly group: number
}

/** Commands that are one step. */
export interface CommandsPiece extends PieceText {
  readonly kind: 'commands'
  /** Whole lines, from the first command to the last: what the shell is to get. */
  readonly code: Range
  /** Comments that tell what will be seen (`# Expected: …`, `# Wait for …`), to be shown with it. */
  readonly expects: readonly string[]
}

/** Comments without a command: a person does, checks or awaits what they say. */
export interface ManualPiece extends PieceText {
  readonly kind: 'manual'
  /** True for a comment among commands that names work none of them does (SO017). */
  readonly unscripted: boolean
}

/** Alternatives: exactly one is taken (R7). */
export interface ChoicePiece extends PieceText {
  readonly kind: 'choice'
  readonly options: readonly PieceOption[]
}

export interface PieceOption {
  readonly label: string
  /** What stood in brackets beside it: `recommended`, `TBD`, `if …`. */
  readonly note: string | null
  readonly pieces: readonly Piece[]
}

export type Piece = CommandsPiece | ManualPiece | ChoicePiece

/**
 * What a shell block says, in order: its commands by comment group, work that only a comment names, alternatives.
 * A block without comments is one piece. Offsets are UTF-16 units; pieces do not overlap.
 */
export function splitBlock(script: string): Piece[] {
  const lines = linesOf(readShell(script))
  const builder = new Builder(script)
  for (const segment of segmentsOf(groupLines(lines))) builder.add(segment)
  return builder.pieces
}

type Draft<T> = { -readonly [K in keyof T]: T[K] }
interface DraftOption {
  label: string
  note: string | null
  pieces: Piece[]
}
interface OpenChoice {
  readonly piece: Draft<ChoicePiece>
  readonly options: DraftOption[]
  readonly kind: OptionMark['kind']
  /** The comment group that the last option stands in. */
  group: number
}

class Builder {
  readonly pieces: Piece[] = []
  #open: OpenChoice | null = null
  readonly #script: string

  constructor(script: string) {
    this.#script = script
  }

  add(segment: Segment): void {
    const { mark } = segment
    if (mark?.kind === 'or' && this.#openBefore(segment)) this.#addOption(segment, mark)
    else if (mark !== null && mark.kind !== 'or') this.#addMarked(segment, mark)
    else this.#addPlain(segment)
  }

  #addMarked(segment: Segment, mark: OptionMark): void {
    if (this.#open?.kind !== mark.kind) {
      const heading = this.#takeHeading(segment, mark)
      const piece: Draft<ChoicePiece> = {
        kind: 'choice',
        title: heading?.title ?? null,
        number: heading?.number ?? null,
        detail: heading?.detail ?? [],
        group: segment.group,
        start: heading?.start ?? segment.start,
        end: segment.end,
        options: [],
      }
      this.#begin(piece, mark.kind, segment.group)
    }
    this.#addOption(segment, mark)
  }

  /** `# 3. Deploy` right above `# Option A: …` names the choice. */
  #takeHeading(segment: Segment, mark: OptionMark): ManualPiece | null {
    const last = this.pieces.at(-1)
    if (mark.kind !== 'numbered' || segment.leads || last?.kind !== 'manual' || last.group !== segment.group)
      return null
    this.pieces.pop()
    return last
  }

  /** What stands before an "Or" becomes the first option. False if nothing does. */
  #openBefore(segment: Segment): boolean {
    if (this.#open !== null) return true
    const last = this.pieces.at(-1)
    if (last === undefined || last.kind === 'choice') return false
    this.pieces.pop()
    const { named, label, note, piece } = asFirstOption(last, segment.group === last.group, this.#script)
    const choice: Draft<ChoicePiece> = {
      kind: 'choice',
      title: named ? last.title : null,
      number: last.number,
      detail: [],
      group: last.group,
      start: last.start,
      end: segment.end,
      options: [],
    }
    this.#begin(choice, 'or', segment.group).options.push({ label, note, pieces: [piece] })
    return true
  }

  #begin(piece: Draft<ChoicePiece>, kind: OptionMark['kind'], group: number): OpenChoice {
    const options: DraftOption[] = []
    piece.options = options
    this.pieces.push(piece)
    const open = { piece, options, kind, group }
    this.#open = open
    return open
  }

  #addOption(segment: Segment, mark: OptionMark): void {
    if (this.#open === null) return
    const code = segment.code === null ? null : this.#script.slice(segment.code.start, segment.code.end)
    const label = mark.label !== '' ? mark.label : code === null ? (segment.lead[0]?.text ?? '') : commandHead(code)
    this.#open.options.push({ label, note: mark.note, pieces: [] })
    this.#open.group = segment.group
    const [first, ...rest] = segment.lead
    // The title loses its mark; For and Via stay, since they read as part of the sentence.
    const title = mark.kind === 'or' || mark.kind === 'numbered' ? label : (first?.text ?? '').replace(/\s*:$/, '')
    this.#put(pieceOf(segment, title, first?.number ?? null, rest, false))
  }

  #addPlain(segment: Segment): void {
    const [first, ...rest] = segment.lead
    const previous = this.#lastCommands()
    const tellsOutput = first !== undefined && isExpectation(first.text)
    const standsAlone = segment.leads && (segment.code !== null || !tellsOutput || /^wait\b/i.test(first?.text ?? ''))
    if (standsAlone && this.#open !== null && segment.group !== this.#open.group) this.#open = null
    if (first !== undefined && segment.code !== null && namesTime(first.text)) {
      const code = this.#script.slice(segment.code.start, segment.code.end)
      if (!/\b(?:sleep|wait|--timeout|timeout)\b/.test(code)) {
        // "Wait 10 minutes" over a command that waits for nothing is work of its own.
        this.#put(
          pieceOf(
            { ...segment, code: null, end: this.#endOfLead(segment.code.start) },
            first.text,
            first.number,
            rest,
            false,
          ),
        )
        this.#put(pieceOf({ ...segment, ...segment.code }, null, null, [], false))
        return
      }
    }
    if (standsAlone || first === undefined) {
      this.#put(pieceOf(segment, first?.text ?? null, first?.number ?? null, rest, false))
      return
    }
    const title = rest.findIndex(({ text, number }) => number !== null || /^\p{Lu}/u.test(text))
    if (tellsOutput && previous !== null && segment.code !== null && title !== -1) {
      // A new sentence behind what will be seen belongs to the commands that follow it.
      previous.expects = [...previous.expects, ...[first, ...rest.slice(0, title)].map(comment => comment.text)]
      this.#addPlain({ ...segment, lead: rest.slice(title) })
      return
    }
    if (tellsOutput && previous !== null) {
      previous.expects = [...previous.expects, ...segment.lead.map(comment => comment.text)]
      if (segment.code !== null) previous.code = { start: previous.code.start, end: segment.code.end }
      previous.end = segment.end
      if (this.#open !== null) this.#open.piece.end = segment.end
      return
    }
    const next = segment.code === null ? '' : this.#script.slice(segment.code.start, segment.code.start + 300)
    const said = segment.lead.map(comment => comment.text).join(' ')
    if (
      segment.leads ||
      (segment.code !== null &&
        (first.number !== null || /^to\s.*:$/i.test(said) || speaksOf(said, firstCommand(next))))
    ) {
      this.#put(pieceOf(segment, first.text, first.number, rest, false))
      return
    }
    const end = segment.code === null ? segment.end : this.#endOfLead(segment.code.start)
    this.#put(pieceOf({ ...segment, code: null, end }, first.text, first.number, rest, first.number === null))
    if (segment.code !== null) this.#put(pieceOf({ ...segment, ...segment.code }, null, null, [], false))
  }

  #put(piece: Piece): void {
    // Behind a heredoc that is never closed nothing but line ends may be left: that is no piece.
    if (piece.end <= piece.start) return
    const option = this.#open?.options.at(-1)
    if (this.#open === null || option === undefined) {
      this.pieces.push(piece)
      return
    }
    option.pieces.push(piece)
    this.#open.piece.end = piece.end
  }

  #lastCommands(): Draft<CommandsPiece> | null {
    const last = this.#open?.options.at(-1)?.pieces.at(-1) ?? this.pieces.at(-1)
    return last?.kind === 'commands' ? last : null
  }

  #endOfLead(codeStart: number): number {
    const before = this.#script.slice(0, codeStart).trimEnd()
    return before.length
  }
}

function pieceOf(
  segment: Segment,
  title: string | null,
  number: string | null,
  detail: readonly CommentText[],
  unscripted: boolean,
): CommandsPiece | ManualPiece {
  const { start, end, group, code } = segment
  const text = { title, number, detail: detail.map(withNumber), group, start, end }
  return code === null ? { kind: 'manual', ...text, unscripted } : { kind: 'commands', ...text, code, expects: [] }
}

function withNumber({ text, number }: CommentText): string {
  return number === null ? text : `${number}. ${text}`
}

/**
 * Names what stood before an "Or". A detail line that ends in a colon names the option (`# Blue-Green (TBD):`); else its
 * title does, unless the title is that of the whole group, where the command itself does.
 */
function asFirstOption(
  piece: CommandsPiece | ManualPiece,
  sameGroup: boolean,
  script: string,
): { named: boolean; label: string; note: string | null; piece: Piece } {
  const named = piece.title !== null && (sameGroup || piece.number !== null)
  const bracketed = (text: string): string | null => /\(([^()]{1,200})\)/.exec(text)?.[1] ?? null
  const last = piece.detail.at(-1)
  if (last?.endsWith(':')) {
    const label = plainLabel(last)
    const inner = { ...piece, title: label, number: null, detail: piece.detail.slice(0, -1) }
    return { named: piece.title !== null, label, note: bracketed(last), piece: inner }
  }
  const inner = { ...piece, number: named ? null : piece.number }
  const title = piece.title ?? ''
  if (piece.kind === 'commands' && (named || piece.title === null))
    return {
      named,
      label: commandHead(script.slice(piece.code.start, piece.code.end)),
      note: bracketed(title),
      piece: inner,
    }
  return { named, label: plainLabel(title), note: bracketed(title), piece: inner }
}

/** `kubectl set image` of `kubectl -n x set image deployment/api …`: its name and the plain words behind it. */
function commandHead(script: string): string {
  const words = firstCommand(script)
    .split(/\s+/)
    .filter((word, index, all) => index > 0 || all.length === 1 || !/^[A-Za-z_]\w*=/.test(word))
  const rest = argumentsOf(words, programOf(words[0] ?? '')?.takes)
  const plain = rest.findIndex(word => !/^[a-z][a-z-]*$/.test(word))
  return [words[0] ?? '', ...rest.slice(0, Math.min(plain === -1 ? rest.length : plain, 3))].join(' ')
}

function firstCommand(script: string): string {
  const line = script.split('\n', 4).find(text => text.trim() !== '') ?? ''
  return line.trim().slice(0, 300)
}
