import { literalSecretsIn } from '../shell/index.ts'

/** What stands in place of a secret. */
export const MASK = '***'

/**
 * The secrets that stand in a runbook's text (SO021): every output that shows the text shows `***` instead. A private key
 * counts with all its lines. Longest first, so that no part of one is left behind another.
 */
export function literalValues(text: string): string[] {
  const values = new Set<string>()
  for (const found of literalSecretsIn(text)) {
    values.add(text.slice(found.start, found.end))
    if (found.name !== 'private_key') continue
    const rest = text.slice(found.end)
    const end = /-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----/.exec(rest)
    for (const line of rest.slice(0, end?.index ?? 0).split(/\r?\n/))
      if (line.replace(/^[\s>]+/, '').length >= 6) values.add(line.replace(/^[\s>]+/, ''))
  }
  return [...values].sort((a, b) => b.length - a.length)
}

/** Text with each of the values masked. */
export function maskValues(text: string, values: readonly string[]): string {
  return values.reduce((masked, value) => masked.replaceAll(value, MASK), text)
}
