import { codeFrame } from './code-frame.ts'
import { findingLine } from './finding-line.ts'
import type { LintedFile, LintReport } from './lint-report.ts'
import { count } from './plan-text.ts'

/** The lines of one file, and the secrets that must not be shown of them. */
export interface SourceLines {
  readonly lines: readonly string[]
  readonly secrets: readonly string[]
}

/** Lines that frames may take, over all files: a screen. */
const SCREEN = 40

/**
 * Findings for a person: errors first, with frames for as many as a screen holds; what is behind them keeps its one line, so
 * that nothing is left out; the count last.
 *
 * @param sources one for each file of the report, in its order.
 */
export function lintText(report: LintReport, sources: readonly SourceLines[], clean: (text: string) => string): string {
  let room = SCREEN
  const lines: string[] = []
  for (const [index, file] of report.files.entries()) {
    if (file.unreadable !== null && file.findings.length === 0) lines.push(`${clean(file.unreadable)} [unreadable]`)
    const source = sources[index] ?? { lines: [], secrets: [] }
    for (const finding of byLevel(file.findings)) {
      lines.push(findingLine(file.path, finding, clean))
      const frame = room <= 0 ? [] : frameOf(finding, source, clean)
      lines.push(...frame)
      room -= frame.length + 1
    }
  }
  return `${[...lines, countLine(report)].join('\n')}\n`
}

function frameOf(
  finding: LintedFile['findings'][number],
  source: SourceLines,
  clean: (text: string) => string,
): string[] {
  const shown = masked(source.lines[finding.line - 1], finding.column, source.secrets)
  const help = finding.help === '' ? [] : [`   help: ${clean(finding.help)}`]
  return [...codeFrame(shown.text, { line: finding.line, column: shown.column }, clean), ...help]
}

/** A line without its secrets; the column goes with the text before it, and to the mask where it lay in a secret. */
function masked(
  text: string | undefined,
  column: number,
  secrets: readonly string[],
): { readonly text: string | undefined; readonly column: number } {
  if (text === undefined) return { text, column }
  let line = text
  let at = column - 1
  for (const secret of secrets) {
    for (let from = line.indexOf(secret); from !== -1; from = line.indexOf(secret, from + 3)) {
      line = `${line.slice(0, from)}***${line.slice(from + secret.length)}`
      if (at >= from + secret.length) at -= secret.length - 3
      else if (at > from) at = from
    }
  }
  return { text: line, column: at + 1 }
}

function byLevel(findings: LintedFile['findings']): LintedFile['findings'] {
  const rank = { error: 0, warning: 1, info: 2 }
  return [...findings].sort((a, b) => rank[a.level] - rank[b.level])
}

function countLine({ files, counts }: LintReport): string {
  const found = [
    ...(counts.unreadable === 0 ? [] : [`${counts.unreadable} unreadable`]),
    count(counts.error, 'error'),
    count(counts.warning, 'warning'),
    `${counts.info} info`,
  ]
  return `${count(files.length, 'file')}: ${found.join(', ')}`
}
