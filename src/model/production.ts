/** True for the names of what customers use: there the stricter rules of docs/commands.md hold. */
export function isProduction(environment: string | null): boolean {
  return environment !== null && /^(production|prod|live|prd)$/i.test(environment)
}

/**
 * What is typed before something dangerous: environment and release, so that last release's phrase does not fit.
 *
 * @param own environment that the runbook gives the step; it counts first.
 * @param ofRun `--env`; it stands in where the step names none, and names production where only the run does.
 */
export function phraseFor(own: string | null, ofRun: string | null, release: string): string {
  const where = isProduction(ofRun) && !isProduction(own) ? ofRun : (own ?? ofRun)
  return where === null ? release : `${where} ${release}`
}
