import { FINDINGS, type FindingCode } from '../../model/index.ts'
import { EXPLAIN_TEXTS } from './explain-texts.ts'

/** One code for a person at a terminal: meaning, why, how to mend it, an example. */
export function explainText(code: FindingCode): string {
  const [level, name, meaning] = FINDINGS[code]
  const { why, fix, example } = EXPLAIN_TEXTS[code]
  return [
    `${code} ${name} (${level})`,
    '',
    `  ${sentence(meaning)}`,
    '',
    `Why:  ${why}`,
    `Fix:  ${fix}`,
    ...(example.join('') === '' ? [] : ['', 'For example:', '', ...example.map(line => `  ${line}`.trimEnd())]),
    '',
  ].join('\n')
}

/** docs/findings.md: every code, in order. */
export function findingsPage(): string {
  const codes = Object.keys(FINDINGS) as FindingCode[]
  const rows = codes.map(code => {
    const [level, name, meaning] = FINDINGS[code]
    return `| [${code}](#${code.toLowerCase()}-${name}) | ${level} | ${name} | ${meaning.replaceAll('|', '\\|')} |`
  })
  return `${[
    '# Findings',
    '',
    'What `signoff lint` and `signoff plan` say about a runbook. Written by `npm run findings` from the texts of',
    '`signoff lint --explain CODE`; do not edit it by hand. Frames print the name, `--json` and `--sarif` carry the code.',
    '',
    '*error*: the text cannot be trusted as it stands, `lint` and `plan` exit 1. *warning*: a person should look. *info*: what was',
    'decided. Names and numbers are stable; the level is that of the code where no rule says otherwise.',
    '',
    '| Code | Level | Name | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...codes.flatMap(section),
  ].join('\n')}\n`
}

function section(code: FindingCode): string[] {
  const [level, name, meaning] = FINDINGS[code]
  const { why, fix, example } = EXPLAIN_TEXTS[code]
  const shown = example.join('') === '' ? [] : ['', '`````markdown', ...example.map(line => line.trimEnd()), '`````']
  return ['', `## ${code} ${name}`, '', `*${level}.* ${sentence(meaning)} ${why}`, '', `**Fix:** ${fix}`, ...shown]
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
