/** A secret that stands in the text: offsets are UTF-16 units of its value, end exclusive. */
export interface LiteralSecret {
  readonly start: number
  readonly end: number
  /** What kind of secret it seems to be, or the name it is given to. */
  readonly name: string
}

/** The obvious ones only: keys with a known prefix, and passwords given to a name or an option that says so. Works on any text. */
export function literalSecretsIn(text: string): LiteralSecret[] {
  const found: LiteralSecret[] = []
  for (const match of text.matchAll(KNOWN)) {
    const name = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0] ?? 'secret'
    // The key of all examples of Amazon.
    if (!match[0].endsWith('EXAMPLE')) found.push({ start: match.index, end: match.index + match[0].length, name })
  }
  for (const [shape, called] of SHAPES)
    for (const match of text.matchAll(shape)) {
      const [value = '', start = 0] = secretIn(match)
      if (isRealValue(value)) found.push({ start, end: start + value.length, name: match.groups?.name ?? called })
    }
  found.sort((a, b) => a.start - b.start || b.end - a.end)
  return found.filter(({ start }, index) => index === 0 || start >= (found[index - 1]?.end ?? 0))
}

/** The group that took part, with its offset in the text: each shape ends with its value, or with the quote behind it. */
function secretIn(match: RegExpExecArray): [value: string, start: number] {
  const { double, single, bare, before } = match.groups ?? {}
  const value = double ?? single ?? bare ?? before ?? ''
  const closing = bare === undefined ? 1 : 0
  return [value, match.index + match[0].length - closing - value.length]
}

const KNOWN =
  /(?<![A-Za-z0-9_])(?:(?<aws_access_key>(?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Za-z0-9])|(?<github_token>gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})|(?<gitlab_token>glpat-[\w-]{20,64})|(?<slack_token>xox[abprs]-[A-Za-z0-9-]{10,200})|(?<npm_token>npm_[A-Za-z0-9]{36})|(?<pypi_token>pypi-[A-Za-z0-9_-]{24,200})|(?<docker_token>dckr_pat_[A-Za-z0-9_-]{20,64})|(?<vault_token>hvs\.[A-Za-z0-9_-]{20,200})|(?<sendgrid_key>SG\.[\w-]{16,64}\.[\w-]{16,64})|(?<stripe_key>[sr]k_live_[A-Za-z0-9]{16,128})|(?<google_key>AIza[\w-]{35})|(?<openai_key>sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,200})|(?<jwt>eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}))|(?<private_key>-----BEGIN (?:[A-Z]{2,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----)|(?<slack_webhook>(?<=hooks\.slack\.com\/services\/)T[A-Z0-9]{6,14}\/B[A-Z0-9]{6,14}\/[A-Za-z0-9]{16,40})/g

const QUOTED = String.raw`"(?<double>[^"\n]{6,200})"|'(?<single>[^'\n]{6,200})'`
const VALUE = `(?:${QUOTED}|${String.raw`(?<bare>[^\s"'\`;|&<>(){},]{6,200})`})`
const shape = (source: string, flags = 'gi'): RegExp => new RegExp(source, flags)

const SHAPES: readonly (readonly [shape: RegExp, called: string])[] = [
  // `password=x`, `api-key: x`, `"token": "x"`, `secretKey = "x"`, `PGPASSWORD=x`.
  [
    shape(
      String.raw`(?<![A-Za-z0-9])(?<name>(?:[A-Za-z0-9]{1,30}[_-]){0,6}[A-Za-z]{0,12}(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key))["']?(?:[ \t]?=[ \t]?|:[ \t]+|":[ \t]?)${VALUE}`,
    ),
    'secret',
  ],
  // `--password x`, `sshpass -p x`, `redis-cli -a x`, `mysql -px`.
  [
    shape(
      String.raw`(?<![\w-])--(?<name>(?:[a-z]{1,20}-){0,4}(?:password|passwd|passphrase|secret|token|api-?key|access-?key|secret-?key))[ \t]+${VALUE}`,
    ),
    'secret',
  ],
  [shape(String.raw`(?:\bsshpass[ \t]+-p[ \t]?|\bredis-cli\b[^\n]{0,80}?[ \t]-a[ \t]+)${VALUE}`), 'password'],
  [shape(String.raw`\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n]{0,80}?[ \t]-p(?![ \t])${VALUE}`), 'password'],
  // `curl -u admin:x`, `https://admin:x@host`.
  [
    shape(String.raw`\bcurl\b[^\n]{0,120}?[ \t](?:-u|--user)[ =]["']?[^\s:"'/]{1,40}:(?<bare>[^\s"'<>|;&]{6,100})`),
    'password',
  ],
  [
    shape(String.raw`\b[a-z][a-z0-9+]{1,20}:\/\/[^\s:/@"'<>]{0,60}:(?<before>[^\s:/@"'<>]{6,100})@`),
    'password in a URL',
  ],
  // Headers and SQL.
  [shape(String.raw`\b(?:bearer|basic)[ \t]+(?<bare>[A-Za-z0-9._~+/=-]{16,400})`), 'authorization'],
  [shape(String.raw`\b(?:password|identified by)[ \t]+(?:${QUOTED})`), 'password'],
  // `echo "x" | docker login --password-stdin`.
  [
    shape(String.raw`\b(?:echo|printf)[ \t]+(?:-n[ \t]+)?(?:${QUOTED})(?=[ \t]*\|[^\n]{0,80}--password-stdin)`),
    'password',
  ],
]

/** No placeholder, no variable, no word that only says what should stand there. */
function isRealValue(value: string): boolean {
  if (/[$<>{}[\]…]|\.{3}|\*{3}|x{4,}|X{4,}|%s/.test(value)) return false
  if (
    /^(?:your|my|the|some|change|replace|example|sample|dummy|fake|placeholder|secret|password|passwd|token|test|null|none|true|false|redacted|env|file|vault|op:|arn:|projects\/)/i.test(
      value,
    )
  )
    return false
  if (/\s/.test(value) || /^v?\d+(?:\.\d+){1,3}$/.test(value)) return false
  if (/example/i.test(value) || /^\/|^\.{1,2}\/|^https?:/.test(value)) return false
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter(kind => kind.test(value)).length
  return kinds >= 2 && /\d|[^A-Za-z0-9_-]/.test(value)
}
