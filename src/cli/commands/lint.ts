import { createHash } from 'node:crypto'
import { type Diagnostic, FINDINGS, type FindingCode, SignoffError } from '../../model/index.ts'
import { literalValues, loadAndParse, maskValues } from '../../parser/index.ts'
import { cleanText } from '../../tui/index.ts'
import type { Io } from '../io.ts'
import { missingFiles } from '../missing-files.ts'
import { readRunbook } from '../read-runbook.ts'
import { explainText } from '../render/explain.ts'
import { jsonText } from '../render/json-text.ts'
import { type LintedFile, named, toLintReport } from '../render/lint-report.ts'
import { lintSarif } from '../render/lint-sarif.ts'
import { lintText, type SourceLines } from '../render/lint-text.ts'
import { interpretersFor } from '../settings/interpreters.ts'

export interface LintOptions {
  readonly json?: boolean
  readonly sarif?: boolean
  /** A code or the name of a finding. */
  readonly explain?: string
}

/** Findings of some runbooks: all of them are read, whatever is wrong with one. Starts no shell and writes nothing. */
export async function lint(paths: readonly string[], options: LintOptions, io: Io): Promise<number> {
  if (options.explain !== undefined) {
    io.write(explainText(codeOf(options.explain)))
    return 0
  }
  if (paths.length === 0)
    throw new SignoffError('USAGE', 'lint: no file named', { advice: 'signoff lint FILE..., or --explain CODE' })
  if (options.json === true && options.sarif === true)
    throw new SignoffError('USAGE', 'lint: --json and --sarif exclude each other')
  const files: LintedFile[] = []
  const sources: SourceLines[] = []
  for (const path of paths) {
    const { file, lines } = await lintFile(path, io.environment)
    files.push(file)
    sources.push(lines)
  }
  const report = toLintReport(files)
  if (options.json === true) io.write(jsonText(report))
  else if (options.sarif === true) io.write(jsonText(lintSarif(report)))
  else io.write(lintText(report, sources, cleanText))
  if (report.counts.unreadable > 0) return 65
  return report.counts.error > 0 ? 1 : 0
}

async function lintFile(
  path: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly file: LintedFile; readonly lines: SourceLines }> {
  let bytes: Uint8Array
  try {
    bytes = await readRunbook(path)
  } catch (error) {
    // One file that cannot be read must not hide what is wrong with the others; a wrong use of the command may.
    if (!(error instanceof SignoffError) || error.code !== 'RUNBOOK_UNREADABLE') throw error
    return { file: { path, sha256: null, unreadable: error.message, findings: [] }, lines: { lines: [], secrets: [] } }
  }
  const { runbook, diagnostics } = await loadAndParse(bytes, path, {
    interpreters: await interpretersFor(path, environment),
  })
  const unreadable = diagnostics.find(({ code }) => code === 'SO003' || code === 'SO035')
  const found = unreadable === undefined ? [...diagnostics, ...(await missingFiles(bytes, path))] : diagnostics
  const secrets = literalValues(runbook.source)
  const masked = [...found].sort(byPlace).map(one => named(withoutSecrets(one, secrets)))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return {
    file: { path, sha256, unreadable: unreadable?.message ?? null, findings: masked },
    lines: { lines: runbook.source.replace(/^\ufeff/, '').split(/\r?\n/), secrets },
  }
}

function withoutSecrets(finding: Diagnostic, secrets: readonly string[]): Diagnostic {
  return {
    ...finding,
    message: maskValues(finding.message, secrets),
    help: maskValues(finding.help, secrets),
  }
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return a.line - b.line || a.column - b.column || a.code.localeCompare(b.code)
}

/** @throws {SignoffError} `USAGE` for what is no code and no name. */
function codeOf(text: string): FindingCode {
  const codes = Object.keys(FINDINGS) as FindingCode[]
  const wanted = text.toLowerCase()
  const found = codes.find(code => code.toLowerCase() === wanted || FINDINGS[code][1] === wanted)
  if (found === undefined)
    throw new SignoffError('USAGE', `"${cleanText(text)}" is no code of a finding`, {
      advice: `they go from ${codes[0]} to ${codes.at(-1)}, and are listed in docs/findings.md`,
    })
  return found
}
