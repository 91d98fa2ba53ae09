/** A secret that stands in the text: offsets are UTF-16 units of its value, end exclusive. */
export interface LiteralSecret {
  readonly start: number
  readonly end: number
  /** What kind of secret it seems to be, or the name it is given to. */
  readonly name: string
}

/** The obvious ones only: keys with a known prefix, and passwords given to a name that says so. Works on any text. */
export function literalSecretsIn(text: string): LiteralSecret[] {
  const found: LiteralSecret[] = []
  for (const match of text.matchAll(KNOWN)) {
    const name = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0] ?? 'secret'
    found.push({ start: match.index, end: match.index + match[0].length, name })
  }
  for (const match of text.matchAll(GIVEN)) {
    const { name = '', double, single, bare } = match.groups ?? {}
    const value = double ?? single ?? bare ?? ''
    const end = match.index + match[0].length - (bare === undefined ? 1 : 0)
    if (isRealValue(value)) found.push({ start: end - value.length, end, name })
  }
  for (const match of text.matchAll(IN_URL)) {
    const value = match.groups?.value ?? ''
    const start = match.index + match[0].length - 1 - value.length
    if (isRealValue(value)) found.push({ start, end: start + value.length, name: 'password in a URL' })
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end)
  return found.filter(({ start }, index) => index === 0 || start >= (found[index - 1]?.end ?? 0))
}

const KNOWN =
  /(?<![A-Za-z0-9_])(?:(?<aws_access_key>(?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Za-z0-9])|(?<github_token>gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})|(?<gitlab_token>glpat-[\w-]{20,64})|(?<slack_token>xox[abprs]-[A-Za-z0-9-]{10,200})|(?<npm_token>npm_[A-Za-z0-9]{36})|(?<stripe_key>[sr]k_live_[A-Za-z0-9]{16,128})|(?<google_key>AIza[\w-]{35})|(?<openai_key>sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,200})|(?<jwt>eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}))|(?<private_key>-----BEGIN (?:[A-Z]{2,20} ){0,3}PRIVATE KEY-----)/g

const GIVEN =
  /(?<![A-Za-z0-9])(?<name>(?:[A-Za-z0-9]{1,30}[_-]){0,6}(?:password|passwd|secret|token|api_?key|access_?key|private_?key))(?:=|:[ \t]+)(?:"(?<double>[^"\n]{6,200})"|'(?<single>[^'\n]{6,200})'|(?<bare>[^\s"'`;|&<>(){}]{6,200}))/gi

const IN_URL = /\b[a-z][a-z0-9+]{1,20}:\/\/[^\s:/@"'<>]{1,60}:(?<value>[^\s:/@"'<>]{6,100})@/gi

/** No placeholder, no variable, no word that only says what should stand there. */
function isRealValue(value: string): boolean {
  if (/[$<>{}[\]…]|\.{3}|\*{3}|x{4,}|X{4,}|%s/.test(value)) return false
  if (
    /^(?:your|my|the|some|change|replace|example|sample|dummy|fake|placeholder|secret|password|passwd|token|test|null|none|true|false|redacted|env|file|vault|op:|arn:|projects\/)/i.test(
      value,
    )
  )
    return false
  if (/\s/.test(value)) return false
  if (/example/i.test(value) || /^\/|^\.{1,2}\/|^https?:/.test(value)) return false
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter(kind => kind.test(value)).length
  return kinds >= 2 && /\d|[^A-Za-z0-9_-]/.test(value)
}
