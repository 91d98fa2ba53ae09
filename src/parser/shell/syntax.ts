// The only file that reads what unbash gives.
import type { SyntaxNode } from 'unbash'
import { shellGrammar } from './grammar.ts'
import { withStandIns } from './stand-ins.ts'
import { type Range, type Region, type Surrounding, surroundingsOf } from './surroundings.ts'

export type { Range } from './surroundings.ts'

/** A word of a command, as bash hands it over where it is literal: `'a b'c` has the text `a bc`. */
export interface ShellWord extends Range {
  readonly text: string
  /** True if nothing in it is expanded. */
  readonly literal: boolean
}

export interface ShellAssignment extends Range {
  readonly name: string
  readonly value: string
}

export interface SimpleCommand extends Range {
  readonly words: readonly ShellWord[]
  readonly assignments: readonly ShellAssignment[]
  /** True if its input comes from a pipe, a file or a heredoc. */
  readonly fed: boolean
  /** Its input where the script holds it: a heredoc, a here-string, what `echo` pipes into it. */
  readonly input: string | null
  /** Targets of output redirections. */
  readonly writes: readonly string[]
  readonly background: boolean
}

export interface VariableRead extends Range {
  readonly name: string
  /** `${V:-d}` and its kin: bash has a value anyway. */
  readonly hasDefault: boolean
  /** `${db-name}`: bash reads the part behind the dash as a default, the author meant a placeholder. */
  readonly dashed: string | null
}

export interface VariableSet extends Range {
  readonly name: string
  /** False for an `export X` that gives no value. */
  readonly gives: boolean
}

/** One script, parsed once. All offsets are those of the given text. */
export interface Shell {
  readonly script: string
  readonly commands: readonly SimpleCommand[]
  readonly reads: readonly VariableRead[]
  readonly sets: readonly VariableSet[]
  /** Outermost statements and the bodies of heredocs: blank lines and `#` lines in these separate nothing. */
  readonly blocks: readonly (Range & { readonly heredoc: boolean })[]
  readonly comments: readonly { readonly offset: number; readonly text: string }[]
  /** Bodies of heredocs and quoted texts: not shell, whatever they look like. */
  readonly texts: readonly Range[]
  readonly functions: ReadonlySet<string>
  /** True if something is read from or written to `/dev/tty`, which is there only for a script that has a terminal. */
  readonly namesTerminal: boolean
  readonly error: { readonly offset: number; readonly message: string } | null
  /** What surrounds an offset; ask in ascending order of any list at once. */
  surroundings(offsets: readonly number[]): Surrounding[]
}

/** Reads a script. Never throws: what bash would reject is read as far as it goes, and `error` says where it stopped. */
export function readShell(script: string): Shell {
  if (script.trim() === '') return nothing(script)
  const before = once?.get(script)
  if (before !== undefined) return before
  const shell = readAnew(script)
  once?.set(script, shell)
  return shell
}

/**
 * Runs some work, in which each script is read once however many questions are asked about it. The work must be
 * synchronous; nothing is remembered behind it.
 */
export function readingOnce<T>(work: () => T): T {
  if (once !== null) return work()
  once = new RecentShells()
  try {
    return work()
  } finally {
    once = null
  }
}

let once: RecentShells | null = null

/** Questions about one script are asked close together, so that a long runbook need not keep all of its scripts. */
class RecentShells {
  static readonly #MOST_CHARACTERS = 256 * 1024
  readonly #shells = new Map<string, Shell>()
  #characters = 0

  get(script: string): Shell | undefined {
    return this.#shells.get(script)
  }

  set(script: string, shell: Shell): void {
    this.#characters += script.length
    if (this.#characters > RecentShells.#MOST_CHARACTERS) {
      this.#shells.clear()
      this.#characters = script.length
    }
    this.#shells.set(script, shell)
  }
}

function readAnew(script: string): Shell {
  const source = withStandIns(script)
  const root = shellGrammar.get().parse(source)
  const reader = new Reader(source)
  reader.read(root)
  const first = root.errors?.[0] ?? reader.nestedError
  return {
    script,
    commands: reader.commands.sort((a, b) => a.start - b.start),
    reads: reader.reads.sort((a, b) => a.start - b.start),
    sets: reader.sets.sort((a, b) => a.end - b.end),
    blocks: [
      ...root.commands.map(({ pos, end }) => ({ start: pos, end, heredoc: false })),
      ...reader.heredocs.map(range => ({ ...range, heredoc: true })),
    ].sort((a, b) => a.start - b.start),
    comments: commentsIn(script, reader.atoms),
    texts: reader.regions.filter(({ is }) => is === 'heredoc' || is === 'single' || is === 'double'),
    functions: reader.functions,
    namesTerminal: reader.namesTerminal,
    error: first === undefined ? null : { offset: first.pos, message: first.message },
    surroundings: offsets => surroundingsOf(reader.regions, offsets),
  }
}

/** Asked about what has no script at all, for which no grammar is needed. */
function nothing(script: string): Shell {
  const none: [] = []
  return {
    script,
    commands: none,
    reads: none,
    sets: none,
    blocks: none,
    comments: none,
    texts: none,
    functions: new Set(),
    namesTerminal: false,
    error: null,
    surroundings: offsets => surroundingsOf(none, offsets),
  }
}

const SUBSTITUTIONS: ReadonlySet<string> = new Set([
  'CommandExpansion',
  'ProcessSubstitution',
  'ArithmeticExpansion',
  'ArithmeticCommandExpansion',
])

/** The script as it was read before, or read now: callers with several questions about one script read it once. */
export function asShell(script: string | Shell): Shell {
  return typeof script === 'string' ? readShell(script) : script
}

interface Frame {
  readonly node: SyntaxNode
  /** Set inside a script whose positions are not those of the text (escaped backticks): its place in the text. */
  readonly place: Range | null
  readonly fed: boolean
  readonly input: string | null
  readonly background: boolean
  /** How many substitutions it lies in. */
  readonly depth: number
}

// Each level of `$(` is parsed by itself, over all that follows. No runbook nests deeper; a text that does is no shell to us.
const DEEPEST = 24

/** Collects in one walk what the questions need. An explicit stack: nesting in a text is no reason to overflow ours. */
class Reader {
  readonly commands: SimpleCommand[] = []
  readonly reads: VariableRead[] = []
  readonly sets: VariableSet[] = []
  readonly heredocs: Range[] = []
  readonly atoms: Range[] = []
  readonly regions: Region[] = []
  readonly functions = new Set<string>()
  namesTerminal = false
  nestedError: { readonly message: string; readonly pos: number } | undefined
  readonly #source: string
  readonly #written = new Set<SyntaxNode>()

  constructor(source: string) {
    this.#source = source
  }

  read(root: SyntaxNode): void {
    const { forEachChild } = shellGrammar.get()
    const stack: Frame[] = [{ node: root, place: null, fed: false, input: null, background: false, depth: 0 }]
    for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
      const { node, place } = frame
      this.#take(frame)
      if (frame.depth > DEEPEST) {
        this.nestedError ??= { message: 'substitutions nested too deeply', pos: place?.start ?? node.pos }
        continue
      }
      const depth = frame.depth + (SUBSTITUTIONS.has(node.type) ? 1 : 0)
      const inner =
        node.type === 'Script' && node.source !== undefined ? (place ?? { start: node.pos, end: node.end }) : place
      let followsInPipe = false
      let printed: string | null = null
      forEachChild(node, child => {
        const childPlace =
          child.type === 'Script' && child.source !== undefined && inner === null
            ? { start: node.pos, end: node.end }
            : inner
        stack.push({
          node: child,
          place: childPlace,
          input: followsInPipe ? printed : frame.input,
          fed: frame.fed || followsInPipe || (node.type === 'Redirected' && node.redirects.some(feeds)),
          depth,
          background: frame.background || (node.type === 'Statement' && node.background === true),
        })
        if (node.type === 'Pipeline' && child.type !== 'Time' && child.type !== 'Negation') {
          followsInPipe = true
          printed = printedBy(child)
        }
      })
    }
  }

  #take({ node, place, fed, input, background }: Frame): void {
    const range = place ?? { start: node.pos, end: node.end }
    if ('redirects' in node && node.redirects.some(isOfTerminal)) this.namesTerminal = true
    switch (node.type) {
      case 'Script':
        if (node.errors?.[0] !== undefined && this.nestedError === undefined)
          this.nestedError = place === null ? node.errors[0] : { message: node.errors[0].message, pos: place.start }
        break
      case 'Command':
        this.#takeCommand(node, range, place, { fed, input, background })
        break
      case 'Redirected': {
        const writes = writesOf(node.redirects)
        if (writes.length > 0)
          this.commands.push({ ...range, words: [], assignments: [], fed, input: null, writes, background })
        break
      }
      case 'Function':
        this.functions.add(node.name.value)
        break
      case 'For':
      case 'Select':
        this.sets.push({ name: node.name.value, ...(place ?? at(node.name)), gives: true })
        break
      case 'Word':
      case 'ArithmeticCommand':
      case 'TestCommand':
      case 'ArrayValue':
        if (place === null) this.atoms.push(range)
        if (node.type === 'ArithmeticCommand') this.#region(place, range, 'arithmetic')
        break
      case 'ArithmeticFor':
        if (place === null) {
          const header = { start: node.pos, end: Math.max(node.pos, node.body.pos) }
          this.atoms.push(header)
          this.#region(place, header, 'arithmetic')
        }
        break
      case 'Assignment':
        if (place === null) this.atoms.push(range)
        break
      case 'HereDoc':
        if (place === null) this.heredocs.push({ start: node.body.pos, end: node.closing?.end ?? node.body.end })
        break
      case 'HereDocBody':
        if (place === null) this.atoms.push(range)
        this.#region(place, range, 'heredoc')
        break
      case 'SingleQuoted':
        this.#region(place, range, 'single')
        break
      case 'AnsiCQuoted':
        this.#region(place, range, 'ansi')
        break
      case 'DoubleQuoted':
      case 'LocaleString':
        this.#region(place, range, 'double')
        break
      case 'CommandExpansion':
        this.#region(place, range, this.#source[node.pos] === '`' ? 'backtick' : 'bare')
        break
      case 'ProcessSubstitution':
        this.#region(place, range, 'bare')
        break
      case 'ArithmeticExpansion':
        this.#region(place, range, 'arithmetic')
        break
      case 'ArithmeticBinary':
        if (/^[^=<>!]*=$/.test(node.operator)) this.#setInArithmetic(node.left, place)
        break
      case 'ArithmeticUnary':
        if (node.operator === '++' || node.operator === '--') this.#setInArithmetic(node.operand, place)
        break
      case 'ArithmeticWord':
        if (!this.#written.has(node) && node.parts === undefined) this.#readVariable(node.value, range, false, null)
        break
      case 'Coproc':
        if (node.name !== undefined) this.sets.push({ name: node.name.value, ...(place ?? at(node.name)), gives: true })
        break
      case 'SimpleExpansion':
        this.#readVariable(node.text.replace(/^\$/, ''), range, false, null)
        break
      case 'ParameterExpansion': {
        const { operation } = node
        const hasDefault = operation?.type === 'Default' && !operation.operator.endsWith('?')
        const dashed =
          operation?.type === 'Default' &&
          operation.operator === '-' &&
          /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/.test(node.text.slice(2, -1))
            ? node.text.slice(2, -1)
            : null
        this.#readVariable(node.parameter, range, hasDefault, dashed)
        break
      }
      default:
        break
    }
  }

  /** `((i = 0))`, `((i++))`: counting up from nothing is how loops begin, so it reads no value from outside. */
  #setInArithmetic(target: SyntaxNode, place: Range | null): void {
    if (target.type !== 'ArithmeticWord') return
    this.#written.add(target)
    this.sets.push({ name: target.value, ...(place ?? at(target)), gives: true })
  }

  #region(place: Range | null, range: Range, is: Surrounding): void {
    if (place === null) this.regions.push({ ...range, is })
  }

  #readVariable(name: string, range: Range, hasDefault: boolean, dashed: string | null): void {
    if (/^[A-Za-z_]\w*$/.test(name)) this.reads.push({ name, ...range, hasDefault, dashed })
  }

  #takeCommand(
    node: Extract<SyntaxNode, { type: 'Command' }>,
    range: Range,
    place: Range | null,
    { fed, input, background }: Pick<Frame, 'fed' | 'input' | 'background'>,
  ): void {
    const words: ShellWord[] = node.name === undefined ? [] : [wordOf(node.name, place)]
    const assignments: ShellAssignment[] = []
    for (const item of node.prefix) {
      if (item.type !== 'Assignment') continue
      const value = item.value.type === 'Word' ? item.value.value : item.text.slice(item.name.length + 1)
      assignments.push({ name: item.name, value, ...(place ?? at(item)) })
      if (node.name === undefined) this.sets.push({ name: item.name, ...(place ?? at(item)), gives: true })
    }
    for (const item of node.suffix) {
      if (item.type === 'Word') words.push(wordOf(item, place))
      else if (item.type === 'Assignment') {
        words.push({
          text: item.text,
          literal: item.value.type === 'Word' && isLiteral(item.value),
          ...(place ?? at(item)),
        })
        this.sets.push({ name: item.name, ...(place ?? at(item)), gives: true })
      }
    }
    this.#takeBuiltin(words)
    const writes = writesOf(node.redirects)
    const feeding = node.redirects.findLast(feeds)
    if (words.length > 0 || assignments.length > 0 || writes.length > 0)
      this.commands.push({
        ...range,
        words,
        assignments,
        fed: fed || feeding !== undefined,
        input: feeding === undefined ? input : textOf(feeding),
        writes,
        background,
      })
  }

  /** Builtins that set the variables they name. */
  #takeBuiltin(words: readonly ShellWord[]): void {
    const [name, ...rest] = words
    const gives = name !== undefined && /^(?:read|mapfile|readarray|getopts|printf|local|let)$/.test(name.text)
    if (!gives && !/^(?:export|declare|typeset|readonly)$/.test(name?.text ?? '')) return
    if (name?.text === 'printf' && rest[0]?.text !== '-v') return
    const names = name?.text === 'printf' ? rest.slice(1, 2) : name?.text === 'getopts' ? rest.slice(1, 2) : rest
    for (const word of names) {
      const set = /^([A-Za-z_]\w*)(?:$|[-+*/%]?=|\+\+|--)/.exec(word.text)?.[1]
      if (set !== undefined && (set === word.text || name?.text === 'let'))
        this.sets.push({ name: set, start: word.start, end: word.end, gives })
    }
  }
}

type Redirection = Extract<SyntaxNode, { type: 'Redirect' | 'HereDoc' | 'HereString' }>

function feeds(redirect: Redirection): boolean {
  return redirect.operator.startsWith('<')
}

function isOfTerminal(redirect: Redirection): boolean {
  return redirect.type === 'Redirect' && redirect.target?.value === '/dev/tty'
}

/** The text of a heredoc or a here-string; null for a file. */
function textOf(redirect: Redirection): string | null {
  if (redirect.type === 'HereDoc') return redirect.body.text
  return redirect.type === 'HereString' ? (redirect.target?.value ?? null) : null
}

function writesOf(redirects: readonly Redirection[]): string[] {
  return redirects.flatMap(item =>
    item.type === 'Redirect' && item.operator.includes('>') && item.target !== undefined ? [item.target.value] : [],
  )
}

/** What `echo …`, `printf …` or `cat <<EOF` hands to the next command of its pipe; null where that is not in the script. */
function printedBy(node: SyntaxNode): string | null {
  if (node.type !== 'Command') return null
  const given = node.redirects.findLast(feeds)
  if (node.name?.value === 'cat') return given === undefined ? null : textOf(given)
  if (node.name?.value !== 'echo' && node.name?.value !== 'printf') return null
  return node.suffix
    .flatMap(item => (item.type === 'Word' ? [item.value] : item.type === 'Assignment' ? [item.text] : []))
    .join(' ')
    .replaceAll('\\n', '\n')
}

function at(node: { readonly pos: number; readonly end: number }): Range {
  return { start: node.pos, end: node.end }
}

type WordNode = Extract<SyntaxNode, { type: 'Word' }>

function wordOf(word: WordNode, place: Range | null): ShellWord {
  return { text: word.value, literal: isLiteral(word), ...(place ?? at(word)) }
}

function isLiteral(word: WordNode): boolean {
  return (word.parts ?? []).every(
    part =>
      part.type === 'Literal' ||
      part.type === 'SingleQuoted' ||
      part.type === 'AnsiCQuoted' ||
      (part.type === 'DoubleQuoted' && part.parts.every(inner => inner.type === 'Literal')),
  )
}

/** Comments outside words and heredocs: `#` at the start of a word, to the end of the line. */
function commentsIn(script: string, atoms: readonly Range[]): { offset: number; text: string }[] {
  const covered = [...atoms].sort((a, b) => a.start - b.start || b.end - a.end)
  const comments: { offset: number; text: string }[] = []
  let next = 0
  let coveredTo = 0
  let commentTo = 0
  for (let offset = script.indexOf('#'); offset !== -1; offset = script.indexOf('#', offset + 1)) {
    for (let atom = covered[next]; atom !== undefined && atom.start <= offset; atom = covered[++next])
      coveredTo = Math.max(coveredTo, atom.end)
    if (offset < coveredTo || offset < commentTo) continue
    if (offset > 0 && !/[\s;&|()]/.test(script[offset - 1] ?? '')) continue
    const newline = script.indexOf('\n', offset)
    commentTo = newline === -1 ? script.length : newline
    comments.push({ offset, text: script.slice(offset, commentTo) })
  }
  return comments
}
