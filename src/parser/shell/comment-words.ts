/** A comment line without its `#`, its emphasis marks and its number. */
export interface CommentText {
  readonly text: string
  /** `1` of `# 1. Build`, `# 1) Build`, `# Step 1: Build`; null without one. */
  readonly number: string | null
}

/** Takes a comment apart. `# Option 1: x` keeps its words: the number there names an option, not a step. */
export function readComment(comment: string): CommentText {
  const bare = comment
    .replace(/^\s*#+[!]?[ \t]*/, '')
    .replace(/^[-=*~#_─━═]{2,}[ \t]*|[ \t]*[-=*~#_─━═]{2,}$/g, '')
    .trim()
  const numbered =
    /^(?:step\s+)?(\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?)(?:[.):]|\s+-)\s+(\S.*)$/i.exec(bare) ??
    /^step\s+(\d{1,3})\s+(\S.*)$/i.exec(bare)
  if (numbered === null) return { text: bare, number: /^step\s+(\d{1,3})[.:]?$/i.exec(bare)?.[1] ?? null }
  return { text: numbered[2] ?? '', number: numbered[1] ?? null }
}

/** How a comment says that it begins one of several alternatives (R7). */
export interface OptionMark {
  /** Only marks of one kind stand beside each other; `or` joins whatever comes before it. */
  readonly kind: 'or' | 'numbered' | 'for' | 'platform' | `pair ${string}`
  /** The name of the option: its text without Option N, Or, For, Via, brackets and colon. */
  readonly label: string
  /** What stood in brackets: `recommended`, `if …`, `TBD`, `automatic …`; null without. */
  readonly note: string | null
}

/** Reads the mark of an alternative off a comment. All but `or` count only beside another of their kind, which the caller sees. */
export function optionMarkOf(text: string): OptionMark | null {
  const or = /^(?:or|alternatively|alternative|otherwise)\b[,:]?(?:\s+(\S.*))?$/i.exec(text)
  if (or !== null) return mark('or', or[1] ?? '')
  const numbered =
    /^(?:option|method|path|strategy|approach|alternative|scenario|variant)\s+(?:\d{1,2}|[A-Z]|[ivx]{1,4})\b\s*[:.)–—-]?\s*(.*)$/i.exec(
      text,
    )
  if (numbered !== null) return mark('numbered', numbered[1] === '' || numbered[1] === undefined ? text : numbered[1])
  const pair = PAIR.exec(text)
  if (pair !== null) {
    const rest = `${text.slice(0, pair.index)}_${text.slice(pair.index + pair[0].length)}`.toLowerCase()
    return mark(`pair ${rest.replace(/[\s:]+/g, ' ').trim()}`, text)
  }
  if (/^(?:for|via|using|with)\s+(?!(?:example|instance|each|every|more|reference|details?)\b)\S/i.test(text))
    return mark('for', text)
  if (PLATFORM.test(plainLabel(text))) return mark('platform', text)
  return null
}

/** The text of an option or a title without brackets, leading For or Via, and closing colon. */
export function plainLabel(text: string): string {
  if (text === '') return ''
  const label = text
    .replace(/\s*\([^()]{0,200}\)/g, '')
    .replace(/^(?:for|via|using|with)\s+/i, '')
    .replace(/[\s:]+$/, '')
    .trim()
  return label === '' ? text.trim() : label
}

/** The comment tells what will be seen: `# Expected: …`, `# Wait for …`. */
export function isExpectation(text: string): boolean {
  return /^(?:expect(?:ed|s|ation)?\b|(?:sample|example)?\s*output\b|should (?:show|print|return|see|be)\b|(?:both |it |this )?must (?:exit|return|show|print|be)\b|outputs?\b|\d+ (?:passed|tests?|items?|rows?)\b|you should see\b|wait (?:for|until)\b|returns?:|=>|→)/i.test(
    text,
  )
}

/** The comment says to wait for a stated time: `Wait 10 minutes`, `wait for 30s`. */
export function namesTime(text: string): boolean {
  return /^(?:please )?(?:wait|pause|sleep|soak)\b[^.]{0,40}\b\d+[\s-]*(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?)\b/i.test(
    text,
  )
}

/** Words that carry meaning, lower case, without the small ones: to see whether a comment and a command speak of one thing. */
export function meaningfulWords(text: string): Set<string> {
  const words = new Set<string>()
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]{2,60}/gu)) if (!SMALL.has(word)) words.add(stem(word))
  return words
}

/** True if the comment names what the command does, by a shared word or by a word people say for it. */
export function speaksOf(comment: string, command: string): boolean {
  const said = meaningfulWords(comment)
  const done = meaningfulWords(command)
  for (const word of said) if (done.has(word) || saidFor(word).some(name => done.has(name))) return true
  return false
}

function saidFor(word: string): readonly string[] {
  return Object.hasOwn(SAID_FOR, word) ? (SAID_FOR[word] ?? []) : []
}

function mark(kind: OptionMark['kind'], text: string): OptionMark {
  const note = /\(([^()]{1,200})\)/.exec(text)?.[1] ?? null
  return { kind, label: plainLabel(text), note }
}

function stem(word: string): string {
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3).replace(/(.)\1$/, '$1')
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (word.length > 4 && /(?:sh|ch|x|ss)es$/.test(word)) return word.slice(0, -2)
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1)
  return word
}

const PAIR = /\b(?:manual(?:ly)?|automatic(?:ally)?|automated|initial|patch|minor|major|new|existing)\b/i

const PLATFORM =
  /^(?:on\s+)?(?:mac ?os(?: ?x)?|os ?x|linux|windows|wsl|ubuntu|debian|fedora|centos|rhel|red hat|arch(?: linux)?|alpine|suse|opensuse|freebsd|darwin|powershell|bash|zsh|homebrew|apt|yum|dnf|amd64|arm64|aws|gcp|azure|docker|podman|kubernetes)(?:\s*(?:[/,&]|and|or)\s*(?:mac ?os|linux|windows|wsl|ubuntu|debian|fedora|centos|rhel|arch|alpine|darwin|unix))*$/i

const SMALL = new Set(
  'a an the and or of to in on at for from with without by via as is are be it its this that these those then now next if we you your our all any new using use into run do make sure first will should can not no so up'.split(
    ' ',
  ),
)

/** What people say for the commands that do it. Stems on both sides. */
const SAID_FOR: Readonly<Record<string, readonly string[]>> = {
  copy: ['cp', 'scp', 'rsync', 'cat'],
  move: ['mv'],
  rename: ['mv'],
  remove: ['rm', 'rmi', 'rmdir', 'delete', 'uninstall', 'prune'],
  delete: ['rm', 'rmi', 'rmdir', 'prune'],
  clean: ['rm', 'prune'],
  list: ['ls', 'get', 'find'],
  show: ['ls', 'get', 'cat', 'describe', 'log', 'status'],
  check: ['get', 'status', 'curl', 'test', 'describe', 'diff', 'version', 'verify', 'ls', 'grep', 'ping', 'log'],
  verify: ['get', 'status', 'curl', 'test', 'check', 'describe', 'diff', 'ls', 'grep', 'ping'],
  confirm: ['get', 'status', 'curl', 'ls'],
  view: ['get', 'cat', 'log', 'describe', 'less'],
  watch: ['tail', 'log', 'status'],
  download: ['curl', 'wget', 'pull', 'fetch'],
  fetch: ['curl', 'wget', 'pull', 'clone'],
  get: ['curl', 'wget', 'pull', 'clone'],
  upload: ['push', 'scp', 'rsync', 'cp', 'put'],
  publish: ['push'],
  extract: ['tar', 'unzip', 'gunzip'],
  unpack: ['tar', 'unzip', 'gunzip'],
  unzip: ['tar', 'gunzip'],
  compress: ['tar', 'gzip', 'zip'],
  archive: ['tar', 'zip'],
  create: ['mkdir', 'touch', 'init', 'add', 'checkout', 'apply'],
  directory: ['mkdir', 'cd', 'rmdir'],
  folder: ['mkdir', 'cd'],
  go: ['cd'],
  change: ['cd', 'sed', 'chmod', 'chown'],
  switch: ['cd', 'checkout', 'use'],
  enter: ['cd'],
  install: ['npm', 'pip', 'apt', 'brew', 'yum', 'dnf', 'pnpm', 'yarn', 'add'],
  dependency: ['npm', 'pip', 'install', 'yarn', 'pnpm'],
  permission: ['chmod', 'chown'],
  executable: ['chmod'],
  owner: ['chown'],
  edit: ['sed', 'vi', 'vim', 'nano'],
  replace: ['sed'],
  update: ['upgrade', 'sed', 'pull', 'set', 'apply'],
  restart: ['rollout', 'reload'],
  stop: ['down', 'kill', 'scale'],
  start: ['up', 'run'],
  launch: ['up', 'run', 'start'],
  print: ['echo', 'printf', 'cat'],
  search: ['grep', 'find', 'rg'],
  find: ['grep', 'rg'],
  load: ['source'],
  set: ['export'],
  variable: ['export', 'env'],
  environment: ['export', 'env', 'source', 'venv'],
  branch: ['checkout', 'switch'],
  deploy: ['apply', 'upgrade'],
  rollback: ['undo', 'revert'],
  migration: ['migrate'],
  image: ['docker', 'podman', 'buildah'],
  container: ['docker', 'podman'],
  pod: ['kubectl'],
  cluster: ['kubectl'],
  database: ['psql', 'mysql', 'db', 'pg'],
  backup: ['dump', 'mysqldump'],
  health: ['curl', 'healthz'],
  wait: ['sleep'],
  connect: ['ssh'],
}
