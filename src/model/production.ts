/** True for the names of what customers use: there the stricter rules of docs/commands.md hold. */
export function isProduction(environment: string | null): boolean {
  return environment !== null && /^(production|prod|live|prd)$/i.test(environment)
}

/**
 * Where a step happens, for whoever is shown it or types it.
 *
 * @param own environment that the runbook gives the step; it counts first.
 * @param ofRun `--env`; it stands in where the step names none, and names production where only the run does.
 */
export function environmentFor(own: string | null, ofRun: string | null): string | null {
  return isProduction(ofRun) && !isProduction(own) ? ofRun : (own ?? ofRun)
}

/** What is typed before something dangerous: environment and release, so that last release's phrase does not fit. */
export function phraseFor(own: string | null, ofRun: string | null, release: string): string {
  const where = environmentFor(own, ofRun)
  return where === null ? release : `${where} ${release}`
}
