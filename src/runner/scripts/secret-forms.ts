/** Values and derived forms shorter than this are not masked: they would hit ordinary words. */
export const SHORTEST_SECRET = 6

/** False for a value that is too short to be masked. */
export function canBeMasked(value: string): boolean {
  return [...withoutLineEnd(value)].length >= SHORTEST_SECRET
}

/**
 * The forms in which a secret is looked for: the value, each line of it, and its URI, JSON, shell-quoted, hex,
 * base64 (three alignments) and base64url forms. Empty if the value is too short to be masked.
 */
export function secretForms(value: string): Buffer[] {
  if (!canBeMasked(value)) return []
  const trimmed = withoutLineEnd(value)
  const bytes = Buffer.from(trimmed)
  const lines = trimmed.split(/\r?\n/)
  const texts = [trimmed, ...lines, ...uriForms(trimmed), ...jsonForms(trimmed), ...shellForms(trimmed)]
  const encoded = [bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...base64Forms(bytes)]
  const all = new Set([...texts, ...encoded].filter(form => [...form].length >= SHORTEST_SECRET))
  return [...all].map(form => Buffer.from(form))
}

function withoutLineEnd(value: string): string {
  return value.replace(/[\r\n]+$/, '')
}

function uriForms(value: string): string[] {
  const strict = encodeStrictly(value)
  const loose = encodeLoosely(value)
  // What a form sends: `*` stays, `~` does not, a space is `+`. And what Python and others leave of a path.
  const form = strict.replaceAll('%2A', '*').replaceAll('~', '%7E').replaceAll('%20', '+')
  const forms = [strict, loose, strict.replaceAll('%20', '+'), form, strict.replaceAll('%2F', '/')]
  return [...forms, ...forms.map(text => text.replace(/%[0-9A-F]{2}/g, hex => hex.toLowerCase()))]
}

/** As `encodeURIComponent`, which leaves `!'()*` alone, and refuses a lone surrogate. */
function encodeLoosely(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

function encodeStrictly(value: string): string {
  return encodeLoosely(value).replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function jsonForms(value: string): string[] {
  const plain = JSON.stringify(value).slice(1, -1)
  const ascii = plain.replace(/[\u007f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return [plain, ascii, plain.replaceAll('/', '\\/')]
}

/**
 * Inside single quotes, inside double quotes, after backslashes, and inside `$'..'`: what `printf %q`, `${V@Q}`, `declare -p`
 * and `set -x` of bash write, and what quotes every character that may mean something to any shell.
 */
function shellForms(value: string): string[] {
  return [
    value.replaceAll("'", "'\\''"),
    value.replaceAll("'", `'"'"'`),
    value.replace(/["$`\\]/g, '\\$&'),
    value.replace(/[ \t\n!"$&'()*,;<>?[\\\]^`{|}]|^#|(?<=^|[:=])~/g, '\\$&'),
    value.replace(/[^A-Za-z0-9_./:=@%+,\-\u0080-\uffff]/g, '\\$&'),
    value.replace(/[^A-Za-z0-9_./:@%+\-\u0080-\uffff]/g, '\\$&'),
    dollarQuoted(value, /[\x00-\x1f'\\\x7f]/g),
    // In the C locale every byte of a character beyond ASCII.
    dollarQuoted(Buffer.from(value).toString('latin1'), /[\x00-\x1f'\\\x7f-\xff]/g),
  ]
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\E',
  "'": "\\'",
  '\\': '\\\\',
}

/** As bash writes it inside `$'..'`: what has no letter of its own and is not printed is octal. */
function dollarQuoted(value: string, notPrinted: RegExp): string {
  return value.replace(notPrinted, char => {
    const octal = `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`
    return NAMED_ESCAPES[char] ?? octal
  })
}

/** The characters that depend on the secret alone, for each of the three places it can start at in a group of three bytes. */
function base64Forms(bytes: Buffer): string[] {
  const forms: string[] = []
  for (const shift of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const from = Math.ceil((shift * 8) / 6)
    const whole = Math.floor(((shift + bytes.length) * 8) / 6)
    const form = text.slice(from, whole)
    forms.push(form, form.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return forms
}
