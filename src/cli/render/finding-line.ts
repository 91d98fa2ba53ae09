import { type Diagnostic, FINDINGS } from '../../model/index.ts'

/** `release.md:96:1: error: gate "GO" names no owner [gate-without-owner]`: one line that editors jump to. */
export function findingLine(path: string, finding: Diagnostic, clean: (text: string) => string): string {
  const { line, column, level, message, code } = finding
  return `${clean(path)}:${line}:${column}: ${level}: ${clean(message)} [${FINDINGS[code][1]}]`
}
