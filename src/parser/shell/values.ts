import type { Quoting } from '../../model/index.ts'
import { argumentsOf, baseName, programOf } from './effective.ts'
import { type Sample, samplesIn, versionTagsIn } from './literals.ts'
import { type Placeholder, placeholdersIn } from './stand-ins.ts'
import { asShell, type Shell, type ShellWord, type SimpleCommand } from './syntax.ts'
import { readsFromOutside } from './variables.ts'

/** A place in a script that needs a value from outside (R13). Offsets are UTF-16 units, end exclusive. */
export interface FoundValue {
  /** Without brackets: `staging-org`, `DATABASE_URL`, `registry.example.com`. */
  readonly name: string
  readonly kind: 'placeholder' | 'env' | 'literal'
  readonly start: number
  readonly end: number
  readonly quoting: Quoting
  readonly written: string
  /** Bash would read it as a redirection, from or to a file. */
  readonly redirect: boolean
  readonly secret: boolean
  /** The text that stands where nobody says otherwise; null is asked. */
  readonly default: string | null
}

/** Values of one script, in order, none inside another. Those in comments are no values of the script. */
export function findValues(text: string | Shell): FoundValue[] {
  const shell = asShell(text)
  const { script } = shell
  const placeholders = withNamesOfVariables(shell, placeholdersOf(shell))
  const bars = new Set(placeholders.filter(found => found.alternatives).map(({ start }) => start))
  const candidates: Candidate[] = [
    ...placeholders.map(({ name, start, end }) => ({ name, start, end, kind: 'placeholder' as const, default: null })),
    ...readsFromOutside(shell).map(({ name, start, end }) => ({
      name,
      start,
      end,
      kind: 'env' as const,
      default: null,
    })),
    ...literalsOf(shell),
  ]
  const chosen = withoutOverlaps(candidates).filter(outsideComments(shell))
  const surroundings = shell.surroundings(chosen.map(({ start }) => start))
  const inPrograms = programTexts(shell)
  return chosen.flatMap((found, index) => {
    const quoting = quotingOf(surroundings[index] ?? 'bare')
    const written = script.slice(found.start, found.end)
    // Bash would read the bars; `unfinishedIn` refuses such a script.
    if (quoting === 'bare' && bars.has(found.start)) return []
    if (
      found.kind === 'placeholder' &&
      quoting !== 'bare' &&
      isText(written, quoting, inPrograms(found.start), script[found.start - 1] ?? '')
    )
      return []
    const redirect = found.kind === 'placeholder' && quoting === 'bare' && written.startsWith('<')
    return [
      { ...found, quoting, written, redirect, secret: isSecretName(found.name) || standsAsSecret(script, found.start) },
    ]
  })
}

/** Placeholders of a script: what reads as markup only where bash would redirect. */
function placeholdersOf(shell: Shell): Placeholder[] {
  const found = placeholdersIn(shell.script)
  const surroundings = shell.surroundings(found.map(({ start }) => start))
  return found.filter(({ markup }, index) => !markup || surroundings[index] === 'bare')
}

/** `Authorization: Bearer <x>`, `AWS_SECRET_ACCESS_KEY=<x>`, `--password <x>`: a secret whatever its name. */
function standsAsSecret(script: string, start: number): boolean {
  const before = script.slice(Math.max(0, start - 80), start)
  const named = /(?:^|[\s;])(?:--?)?([A-Za-z][\w-]*)(?:=|[ \t]+)["']?$/.exec(before)?.[1] ?? ''
  return (
    /\b(?:bearer|basic|authorization:(?: token)?)\s+$/i.test(before) ||
    // `-u admin:<x>`, `postgres://app:<x>@db`, `mysql -p<x>`.
    /:\/\/[^\s:/@"']*:$|(?:^|\s)(?:-u|--user)[ =]["']?[^\s:"']+:$/.test(before) ||
    /\b(?:mysql\w*|mariadb\S*)\b[^\n]*\s-p["']?$|\bsshpass\s+-p\s*["']?$|\bredis-cli\b[^\n]*\s-a\s+["']?$/.test(
      before,
    ) ||
    (isSecretName(named) && /=["']?$|--?[\w-]+[ \t]+["']?$/.test(before))
  )
}

/** Values that a person is asked for in prose, a title or a comment: `<release-tag>`, `{{x}}`, samples. */
export function findTextValues(text: string): FoundValue[] {
  const candidates: Candidate[] = [
    ...placeholdersIn(text)
      .filter(found => !found.alternatives && !found.markup)
      .map(({ name, start, end }) => ({ name, start, end, kind: 'placeholder' as const, default: null })),
    ...samplesIn(text).map(found => ({ ...found, kind: 'literal' as const, default: null })),
  ]
  return withoutOverlaps(candidates).map(({ name, kind, start, end, default: preset }) => ({
    name,
    kind,
    start,
    end,
    quoting: 'bare',
    written: text.slice(start, end),
    redirect: false,
    secret: isSecretName(name),
    default: preset,
  }))
}

/** Names of what must not be shown: token, secret, password, key, credential, DSN, database URL. */
export function isSecretName(name: string): boolean {
  return /password|passwd|passphrase|token(?:s?$|s?[^a-z])|(?:^|[^a-z])(?:secret|pwd|credentials?|dsn|jwt|(?:api|access|secret|private|signing)key)s?(?:$|[^a-z])|(?:^|[^a-z])(?:key|webhook)(?:$|[^a-z])|^(?:pass|pat)$|[-_]pa(?:ss|t)$|(?:db|database|postgres|mysql|mongo|mongodb|redis|amqp)[-_ ]?ur[il]|connection[-_ ]?string/i.test(
    name.replace(/([a-z])([A-Z])/g, '$1_$2'),
  )
}

/** `arn="<e.g. arn:aws:…>"` and `id="<replace_with_previous_output>"` are asked by the names of their variables. */
function withNamesOfVariables(shell: Shell, found: readonly Placeholder[]): Placeholder[] {
  const assignments = shell.commands.flatMap(command => command.assignments)
  return found.map(one => {
    if (
      !/^<(?:e\.g\.|z\.B\.|for example\b|(?:replace|insert|put|enter|fill|copy|paste|output)[\s_-])/i.test(one.written)
    )
      return one
    const assigned = assignments.find(({ start, end }) => start <= one.start && one.end <= end)
    const whole = assigned === undefined ? null : shell.script.slice(assigned.start, assigned.end).split('=')[1]
    return assigned !== undefined && whole?.replace(/^["']|["']$/g, '') === one.written
      ? { ...one, name: assigned.name }
      : one
  })
}

interface Candidate extends Sample {
  readonly kind: FoundValue['kind']
  readonly default: string | null
}

function quotingOf(surrounding: ReturnType<Shell['surroundings']>[number]): Quoting {
  // `unfinishedIn` refuses the last three; the quoting named here is the nearest.
  if (surrounding === 'ansi') return 'single'
  if (surrounding === 'arithmetic' || surrounding === 'backtick') return 'bare'
  return surrounding
}

/** Sorted by place; of two that overlap the outer one stays, and a placeholder stays before a literal. */
function withoutOverlaps(candidates: readonly Candidate[]): Candidate[] {
  const rank = { placeholder: 0, env: 1, literal: 2 } as const
  const sorted = [...candidates].sort((a, b) => a.start - b.start || rank[a.kind] - rank[b.kind] || b.end - a.end)
  const kept: Candidate[] = []
  for (const candidate of sorted) if (candidate.start >= (kept.at(-1)?.end ?? 0)) kept.push(candidate)
  return kept
}

/** What only looks like a placeholder inside quotes: `<none>` of kubectl, braces of a program's own language or of a file. */
function isText(written: string, quoting: Quoting, inProgram: boolean, before: string): boolean {
  return (
    // `List<String>`: a type of a program.
    (/^<[A-Z]\w*(?:, ?[A-Z]\w*)*>$/.test(written) && /[A-Za-z]/.test(before)) ||
    /^<(?:none|nil|null|pending|unknown|unset|invalid|empty)>$/i.test(written) ||
    (/^\{\w/.test(written) && (inProgram || quoting === 'heredoc'))
  )
}

/** Whether an offset lies in a command whose arguments are a program text. Expects to be asked in ascending order. */
function programTexts({ commands }: Shell): (offset: number) => boolean {
  let next = 0
  let last: SimpleCommand | undefined
  return offset => {
    for (let command = commands[next]; command !== undefined && command.start <= offset; command = commands[++next])
      last = command
    return last !== undefined && offset < last.end && PROGRAM_TEXT.has(baseName(last.words[0]?.text ?? ''))
  }
}

const PROGRAM_TEXT: ReadonlySet<string> = new Set(
  'awk gawk mawk jq yq sed perl python python3 ruby node php find xargs gh parallel'.split(' '),
)

/** Expects to be asked in ascending order. */
function outsideComments(shell: Shell): (range: { readonly start: number }) => boolean {
  let next = 0
  return ({ start }) => {
    for (let comment = shell.comments[next]; comment !== undefined; comment = shell.comments[++next]) {
      if (start < comment.offset) return true
      if (start < comment.offset + comment.text.length) return false
    }
    return true
  }
}

function literalsOf(shell: Shell): Candidate[] {
  const { script } = shell
  const versioned = shell.commands.filter(rollsOut)
  const versions = versioned.flatMap(({ start, end }) => shifted(versionTagsIn(script.slice(start, end)), start))
  const plainVersions = shell.commands.filter(namesItsVersion).flatMap(({ words }) => words.flatMap(plainVersion))
  const dashed = shell.reads.flatMap(({ dashed: name, start, end }) => (name === null ? [] : [{ name, start, end }]))
  const plain = [
    ...samplesIn(script),
    ...versions,
    ...plainVersions,
    ...dashed,
    ...bareNames(shell),
    ...markedForChange(shell),
  ]
  return [...messagesOf(shell), ...plain.map(found => ({ ...found, kind: 'literal' as const, default: null }))]
}

function shifted(found: readonly Sample[], by: number): Sample[] {
  return found.map(({ name, start, end }) => ({ name, start: start + by, end: end + by }))
}

/** Commands whose version tag is that of the release: build, tag, push, roll out. */
function rollsOut({ words }: SimpleCommand): boolean {
  const text = words.map(word => word.text)
  const name = baseName(text[0] ?? '')
  const [verb, second] = argumentsOf(text, programOf(name)?.takes)
  const verbs = ROLLS_OUT.get(name)
  return verbs !== undefined && (verbs.has(verb ?? '') || verbs.has(`${verb} ${second}`))
}

/** Where a bare `1.2.3` can only be the version of what is released; elsewhere it may be that of a chart or a tool. */
function namesItsVersion({ words }: SimpleCommand): boolean {
  const text = words.map(word => word.text)
  const name = baseName(text[0] ?? '')
  const rest = argumentsOf(text, programOf(name)?.takes)
  return (
    (name === 'git' && /^(?:tag|push)$/.test(rest[0] ?? '')) ||
    (/^(?:npm|pnpm|yarn)$/.test(name) && rest[0] === 'version') ||
    (name === 'gh' && rest[0] === 'release' && /^(?:create|upload|edit)$/.test(rest[1] ?? ''))
  )
}

function plainVersion({ text, start, end }: ShellWord): Sample[] {
  return /^\d{1,6}\.\d{1,6}\.\d{1,6}(?:-[0-9A-Za-z.]{1,40})?$/.test(text) && end - start === text.length
    ? [{ name: text, start, end }]
    : []
}

const ROLLS_OUT: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    docker: 'build,tag,push,buildx build,image build,image tag,image push,buildx imagetools,service update',
    podman: 'build,tag,push',
    nerdctl: 'build,tag,push',
    buildah: 'bud,build,tag,push',
    skopeo: 'copy',
    crane: 'tag,push,copy,cp',
    cosign: 'sign',
    git: 'tag,push',
    kubectl: 'set image,set,rollout',
    oc: 'set image,set,rollout,tag',
    helm: 'upgrade,install,package,push',
    gh: 'release create,release upload,release edit,workflow run',
    npm: 'version,publish',
    pnpm: 'version,publish',
    yarn: 'version,publish',
    goreleaser: 'release',
    argocd: 'app set',
    kustomize: 'edit set',
    gcloud: 'run deploy,builds submit',
    krel: 'stage,release,announce',
  }).map(([name, verbs]) => [name, new Set(verbs.split(','))]),
)

/** The text behind `-m` and `--title`: asked with itself as the answer. Not if something is expanded in it. */
function messagesOf(shell: Shell): Candidate[] {
  return shell.commands.flatMap(({ words }) => {
    const name = MESSAGES.get(
      `${baseName(words[0]?.text ?? '')} ${words[1]?.text ?? ''}${words[0]?.text === 'git' ? '' : ` ${words[2]?.text ?? ''}`}`,
    )
    if (name === undefined) return []
    const option =
      name === 'commit-message' || name === 'tag-message' ? /^(?:-[a-ln-zA-Z]*m|--message)$/ : /^(?:-t|--title)$/
    const at = words.findIndex((word, index) => index > 1 && option.test(word.text))
    const message = at === -1 ? words.find(word => /^--(?:message|title)=/.test(word.text)) : words[at + 1]
    if (message === undefined || !message.literal) return []
    const inner = innerOfWord(shell.script, message, at === -1)
    if (inner === null) return []
    const said = shell.script.slice(inner.start, inner.end)
    // A message with a value in it is written anew by that value.
    if (placeholdersIn(said).length > 0 || samplesIn(said).length > 0) return []
    return [{ name, kind: 'literal' as const, default: said, ...inner }]
  })
}

const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['git commit', 'commit-message'],
  ['git tag', 'tag-message'],
  ['gh pr create', 'pr-title'],
  ['gh release create', 'release-title'],
  ['gh issue create', 'issue-title'],
])

/** The text between the quotes of a word that is one quoted text, or the word itself if it has no quotes; else null. */
function innerOfWord(script: string, word: ShellWord, behindEquals: boolean): { start: number; end: number } | null {
  const start = behindEquals ? word.start + script.slice(word.start, word.end).indexOf('=') + 1 : word.start
  const written = script.slice(start, word.end)
  if (/^"[^"\\$`]*"$/.test(written) || /^'[^']*'$/.test(written)) return { start: start + 1, end: word.end - 1 }
  return /^[\w@%+=:,./-]+$/.test(written) ? { start, end: word.end } : null
}

/** A bare `NODE_NAME` as an argument or as a part of one, `node/NODE_NAME`. */
function bareNames(shell: Shell): Sample[] {
  return shell.commands.flatMap(({ words, fed }, index) => {
    const name = baseName(words[0]?.text ?? '')
    const program = name
    const searchesOutput =
      fed && SEARCHES.has(name) && !LISTS_NAMES.has(shell.commands[index - 1]?.words[0]?.text ?? '')
    if (words.some(word => TAKES_NAMES.test(word.text)) || (TAKES_TEXT.has(name) && !searchesOutput)) return []
    return words.slice(1).flatMap(({ text, literal, start, end }) => {
      const written = shell.script.slice(start, end)
      const match = /^(["']?)(?:[\w.-]+[/:@=])?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)\1$/.exec(written)
      if (!literal || match === null || text.startsWith('-') || /^[A-Z0-9_]+=/.test(text)) return []
      const name = match[2] ?? ''
      if (!NAMES_A_THING.test(name) && !(BY_NAME.has(program) && ONE_WORD.has(name))) return []
      const from = start + written.lastIndexOf(name)
      return [{ name, start: from, end: from + name.length }]
    })
  })
}

// `kubectl logs POD -n NAMESPACE`: one word, so only with programs that take names of things.
const BY_NAME: ReadonlySet<string> = new Set('kubectl oc k helm aws gcloud az docker podman gh argocd'.split(' '))
const ONE_WORD: ReadonlySet<string> = new Set(
  'NAMESPACE POD PODNAME NODE DEPLOYMENT SERVICE CONTAINER CLUSTER BUCKET PROJECT REGION ZONE BRANCH TAG VERSION IMAGE'.split(
    ' ',
  ),
)
const NAMES_A_THING =
  /_(?:NAME|ID|IDS|HOST|HOSTNAME|IP|ADDRESS|URL|URI|TOKEN|KEY|USER|USERNAME|PASSWORD|PROJECT|REGION|ZONE|NAMESPACE|CLUSTER|BUCKET|PATH|DIR|FILE|VERSION|TAG|BRANCH|NUMBER|PORT|ARN|DOMAIN|EMAIL|GROUP|ACCOUNT|POD|NODE|SECRET|DATABASE|DB|SHA|HASH|COMMIT|RELEASE|DATE|HERE)$/

// Commands that are handed names of variables, and those that print or search text.
const TAKES_NAMES =
  /^(?:export|unset|read|printenv|declare|local|readonly|typeset|secrets?|variables?|env|config|config:\w+|-e|--env|--build-arg|-v)$/
/** `oc get events | grep NODE_NAME` wants the name of a node; `env | grep DATABASE_URL` does not. */
const SEARCHES: ReadonlySet<string> = new Set(['grep', 'egrep', 'rg'])
const LISTS_NAMES: ReadonlySet<string> = new Set(['env', 'printenv', 'set', 'export', 'declare', 'cat', 'compgen'])
const TAKES_TEXT: ReadonlySet<string> = new Set([
  'echo',
  'printf',
  'grep',
  'egrep',
  'rg',
  'ag',
  'awk',
  'sed',
  'jq',
  'test',
  '[',
  '[[',
  'kill',
  'trap',
  'set',
  'psql',
  'mysql',
  'tr',
])

/** `git checkout -b rc-2020-06-17 # CHANGE THIS DATE`: the date if the comment names one, else the last word. */
function markedForChange(shell: Shell): Sample[] {
  const { script, commands } = shell
  let next = 0
  return shell.comments.flatMap(({ offset, text }) => {
    if (
      !/^#+\W*(?:please\s+)?(?:change|replace|edit|adjust)\b|\b(?:change|replace|edit) (?:this|these|me|with your)\b/i.test(
        text,
      )
    )
      return []
    const lineStart = script.lastIndexOf('\n', offset - 1) + 1
    if (script.slice(lineStart, offset).trim() === '') return []
    while ((commands[next + 1]?.start ?? Infinity) < offset) next++
    const command = commands[next]
    if (command === undefined || command.end > offset || command.end < lineStart) return []
    const date = /\d{4}[-_.]?\d{2}[-_.]?\d{2}/.exec(script.slice(command.start, command.end))
    if (date !== null && /date|day/i.test(text))
      return [{ name: date[0], start: command.start + date.index, end: command.start + date.index + date[0].length }]
    const assignment = command.words.length === 0 ? command.assignments.at(-1) : undefined
    if (assignment !== undefined) {
      const inner = innerOfWord(script, { ...assignment, text: '', literal: true }, true)
      return inner === null ? [] : [{ name: assignment.name, ...inner }]
    }
    const word = command.words.length > 1 ? command.words.at(-1) : undefined
    const inner = word === undefined || !word.literal ? null : innerOfWord(script, word, word.text.includes('='))
    return inner === null ? [] : [{ name: script.slice(inner.start, inner.end), ...inner }]
  })
}
