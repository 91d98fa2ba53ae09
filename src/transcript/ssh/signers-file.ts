import { isNamedIn, matchesPatternList } from './pattern-list.ts'

/** A public key, as far as a signers file is concerned: two keys are the same key when their blobs are. */
export interface KeyBlob {
  readonly blob: Uint8Array
}

/**
 * One line of an allowed signers file (ssh-keygen(1), ALLOWED SIGNERS). Nothing here needs Node: the page of the HTML export
 * reads such a file by the same code, with keys of its own.
 */
export interface SignersLine<K extends KeyBlob> {
  /** 1-based. */
  readonly line: number
  /** Patterns, separated by commas, without quotes. */
  readonly principals: string
  readonly key: K
  readonly certAuthority: boolean
  /** Patterns; null where the line may do everything. */
  readonly namespaces: string | null
  /** Milliseconds since the epoch; null where the line does not say. */
  readonly validAfterMs: number | null
  readonly validBeforeMs: number | null
}

export interface SignersFile<K extends KeyBlob> {
  readonly lines: readonly SignersLine<K>[]
  /** Lines that OpenSSH cannot read either; it goes on behind them, and so do we. */
  readonly broken: readonly { readonly line: number; readonly why: string }[]
}

export type TrustAnswer =
  | {
      readonly ok: true
      readonly line: number
      /** True where the line names this principal, false where a wildcard lets one key be anybody. */
      readonly named: boolean
    }
  | { readonly ok: false; readonly why: 'key' | 'principal' | 'namespace' | 'time'; readonly detail: string }

/**
 * Whether a file gives this key to this principal, for this namespace, at this time: the answer of
 * `ssh-keygen -Y verify -I principal -n namespace -O verify-time=..`. A line that names the principal is preferred.
 */
export function checkSigner(
  signers: SignersFile<KeyBlob>,
  asked: {
    readonly key: KeyBlob & { readonly keyid: string }
    readonly principal: string
    readonly namespace: string
    readonly atMs: number
  },
): TrustAnswer {
  const ofKey = signers.lines.filter(line => !line.certAuthority && isSameKey(line.key, asked.key))
  const ofPrincipal = ofKey.filter(line => matchesPatternList(asked.principal, line.principals))
  const ofNamespace = ofPrincipal.filter(line => isFor(line, asked.namespace))
  const good = ofNamespace.filter(line => isValidAt(line, asked.atMs))
  const best = good.find(line => isNamedIn(asked.principal, line.principals)) ?? good[0]
  if (best !== undefined) return { ok: true, line: best.line, named: isNamedIn(asked.principal, best.principals) }
  if (ofKey.length === 0) return { ok: false, why: 'key', detail: `no line has the key ${asked.key.keyid}` }
  if (ofPrincipal.length === 0)
    return { ok: false, why: 'principal', detail: `the key ${asked.key.keyid} is not that of "${asked.principal}"` }
  if (ofNamespace.length === 0)
    return { ok: false, why: 'namespace', detail: `the key of "${asked.principal}" may not sign ${asked.namespace}` }
  return { ok: false, why: 'time', detail: `the key of "${asked.principal}" is not valid at that time` }
}

/** The principals that a file names for a plain key in a namespace, at any time; wildcards are left out. */
export function plainPrincipalsOf(signers: SignersFile<KeyBlob>, key: KeyBlob, namespace: string): string[] {
  const names = signers.lines
    .filter(line => !line.certAuthority && isSameKey(line.key, key))
    .filter(line => isFor(line, namespace))
    .flatMap(line => line.principals.split(','))
    .filter(name => name !== '' && !/[*?!]/.test(name))
  return [...new Set(names)]
}

/** Whether a line lets its key sign in a namespace, whoever's it is. */
export function isFor({ namespaces }: Pick<SignersLine<KeyBlob>, 'namespaces'>, namespace: string): boolean {
  return namespaces === null || matchesPatternList(namespace, namespaces)
}

function isSameKey(one: KeyBlob, other: KeyBlob): boolean {
  return one.blob.length === other.blob.length && one.blob.every((byte, at) => byte === other.blob[at])
}

/**
 * Reads an allowed signers file. Never throws: what cannot be read is listed.
 * @param readKey reads `type base64 comment`; null for what is no public key.
 */
export function readSignersFile<K extends KeyBlob>(text: string, readKey: (text: string) => K | null): SignersFile<K> {
  const lines: SignersLine<K>[] = []
  const broken: { line: number; why: string }[] = []
  for (const [index, source] of text.split('\n').entries()) {
    const rest = source.replace(/^[ \t]+/, '').replace(/\r$/, '')
    if (rest === '' || rest.startsWith('#')) continue
    const read = readLine(rest, readKey)
    if (typeof read === 'string') broken.push({ line: index + 1, why: read })
    else lines.push({ line: index + 1, ...read })
  }
  return { lines, broken }
}

function readLine<K extends KeyBlob>(
  text: string,
  readKey: (text: string) => K | null,
): Omit<SignersLine<K>, 'line'> | string {
  const split = cutPrincipals(text)
  if (split === null) return 'a quote is not closed, or no key follows'
  const bare = readKey(split.rest)
  if (bare !== null) return { principals: split.principals, key: bare, ...NO_OPTIONS }
  const end = endOfOptions(split.rest)
  if (end === null) return 'a quote in the options is not closed'
  const key = readKey(split.rest.slice(end))
  if (key === null) return 'not a public key'
  const options = readOptions(split.rest.slice(0, end))
  return typeof options === 'string' ? options : { principals: split.principals, key, ...options }
}

/** The first word. It may be quoted, wholly or from some place on, as OpenSSH's strdelim has it. */
function cutPrincipals(text: string): { principals: string; rest: string } | null {
  const stop = text.search(/[ \t\r"]/)
  if (stop === -1) return null
  if (text[stop] !== '"') return { principals: text.slice(0, stop), rest: text.slice(stop).trimStart() }
  const close = text.indexOf('"', stop + 1)
  if (close === -1) return null
  return {
    principals: text.slice(0, stop) + text.slice(stop + 1, close),
    rest: text.slice(close + 1).trimStart(),
  }
}

/** Where the first space outside quotes is; null where a quote is not closed or nothing follows. */
function endOfOptions(text: string): number | null {
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && text[at + 1] === '"') at++
    else if (text[at] === '"') quoted = !quoted
    else if (!quoted && (text[at] === ' ' || text[at] === '\t')) return at
  }
  return null
}

type Options = Pick<SignersLine<KeyBlob>, 'certAuthority' | 'namespaces' | 'validAfterMs' | 'validBeforeMs'>
const NO_OPTIONS: Options = { certAuthority: false, namespaces: null, validAfterMs: null, validBeforeMs: null }

function readOptions(text: string): Options | string {
  let options = NO_OPTIONS
  let rest = text
  while (rest !== '') {
    const found = /^(?:(cert-authority)(?=,|$)|(namespaces|valid-after|valid-before)="((?:\\"|[^"])*)")/i.exec(rest)
    // Before the first comma and between two there may be nothing.
    if (found === null && !rest.startsWith(',')) return `an option that is not known: ${rest}`
    if (found !== null) {
      const name = (found[1] ?? found[2] ?? '').toLowerCase()
      const read = withOption(options, name, (found[3] ?? '').replaceAll('\\"', '"'))
      if (typeof read === 'string') return read
      options = read
      rest = rest.slice(found[0].length)
    }
    if (rest !== '' && !/^,./.test(rest)) return 'a comma is due between options'
    rest = rest.slice(1)
  }
  const { validAfterMs, validBeforeMs } = options
  if (validAfterMs !== null && validBeforeMs !== null && validBeforeMs <= validAfterMs)
    return 'valid-before is not after valid-after'
  return options
}

function withOption(options: Options, name: string, value: string): Options | string {
  if (name === 'cert-authority') return { ...options, certAuthority: true }
  if (name === 'namespaces')
    return options.namespaces === null ? { ...options, namespaces: value } : 'namespaces is given twice'
  const field = name === 'valid-after' ? 'validAfterMs' : 'validBeforeMs'
  const atMs = readTime(value)
  if (atMs === null) return `${name} is no time`
  return options[field] === null ? { ...options, [field]: atMs } : `${name} is given twice`
}

/** `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`; local time, or UTC with `Z` behind it. */
function readTime(text: string): number | null {
  const found = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z|UTC)?$/i.exec(text)
  if (found === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map(part => Number(part ?? 0))
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 61) return null
  const atMs =
    found[7] === undefined
      ? new Date(year, month - 1, day, hour, minute, second).getTime()
      : Date.UTC(year, month - 1, day, hour, minute, second)
  return atMs > 0 ? atMs : null
}

/** Whether the dates of a line hold at a time: ssh-keygen compares whole seconds. */
export function isValidAt(line: SignersLine<KeyBlob>, atMs: number): boolean {
  const seconds = Math.floor(atMs / 1000)
  if (line.validAfterMs !== null && seconds < line.validAfterMs / 1000) return false
  return line.validBeforeMs === null || seconds <= line.validBeforeMs / 1000
}
