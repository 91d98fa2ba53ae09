import type { Finding, VerifyExit, VerifyReport } from './verify-report.ts'

const PRECEDENCE = [8, 4, 5, 3, 6, 7] as const

/** The exit code of many findings: the first that applies of 8, 4, 5, 3, 6, 7; else 0. Policy does not judge what is unsealed. */
export function exitOf(findings: readonly Pick<Finding, 'exit'>[]): VerifyExit {
  return PRECEDENCE.find(exit => findings.some(finding => finding.exit === exit)) ?? 0
}

/** The word for an exit code. Code 3 has three: the finding says which. */
export function statusOf(exit: VerifyExit, unsealed: 'unsealed' | 'in-progress' | 'torn'): VerifyReport['status'] {
  switch (exit) {
    case 0:
      return 'verified'
    case 3:
      return unsealed
    case 4:
      return 'broken'
    case 5:
      return 'untrusted'
    case 6:
      return 'against-policy'
    case 7:
      return 'not-expected'
    case 8:
      return 'unreadable'
    default:
      exit satisfies never
      return 'unreadable'
  }
}
