import type { VerifyReport } from '../verify/verify-report.ts'

/** The code that refuses an export: what is broken, untrusted or unreadable is not handed on in another form. Null where it may be. */
export function exportRefusal({ exitCode }: VerifyReport): 4 | 5 | 8 | null {
  return exitCode === 4 || exitCode === 5 || exitCode === 8 ? exitCode : null
}

/** What the first line of every export says: that it is derived, from which seal, and what is not as it should be. Printable ASCII. */
export function derivedText(report: VerifyReport): string {
  const seal = report.seal === null ? '' : `; seal sha256 ${report.seal.sha256}`
  return `Derived from the transcript, which is what is signed${seal}${exportWarning(report)}.`
}

/** What is not as it should be, for the person who exports it; null where all is well. */
export function oddity(report: VerifyReport): string | null {
  const warning = exportWarning(report)
  return warning === '' ? null : warning.slice(2)
}

/** What an export must say in its first line where the transcript is not all that it should be; empty where it is. */
export function exportWarning(report: VerifyReport): string {
  return `${statusWarning(report)}${report.withheld === null ? '' : `; LINES WITHHELD: ${report.withheld.lines}`}`
}

function statusWarning(report: VerifyReport): string {
  switch (report.status) {
    case 'verified':
      return ''
    case 'unsealed':
      return '; NOT SEALED: nothing protects its last lines'
    case 'in-progress':
      return '; NOT SEALED: the run is in progress'
    case 'torn':
      return '; NOT SEALED: its last write was cut'
    case 'against-policy':
      return '; AGAINST POLICY: see the findings'
    case 'not-expected':
      return '; NOT THE EXPECTED RUN: see the findings'
    case 'broken':
    case 'untrusted':
    case 'unreadable':
      return `; NOT TRUSTWORTHY: ${report.status}`
    default:
      report.status satisfies never
      return ''
  }
}
