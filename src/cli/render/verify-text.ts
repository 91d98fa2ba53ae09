import type { Finding, VerifyReport } from '../../transcript/index.ts'
import { cleanText } from '../../tui/index.ts'
import { count } from './plan-text.ts'

/** The report of one transcript, as lines for a person. */
export function reportLines(report: VerifyReport): string[] {
  const { run } = report
  const lines = [
    `${report.status.toUpperCase()}${run === null ? '' : `: ${run.runbook.path}, release ${run.release}, run ${run.run}, ${run.result ?? 'not ended'}`}`,
    ...sealLines(report),
  ]
  if (report.journal !== null)
    lines.push(`  journal   ${count(report.journal.lines, 'line')}, sha256 ${report.journal.sha256}`)
  if (report.withheld !== null)
    lines.push(`  withheld  ${count(report.withheld.lines, 'line')}: this is a copy, its sha256 is not the sealed one`)
  if (run !== null) lines.push(...runLines(run))
  lines.push(signersLine(report), ...report.findings.map(findingLine))
  return lines.map(line => cleanText(line))
}

/** One finding, indented as in the report. */
export function findingLine({ exit, line, message }: Finding): string {
  return `  ${exit === 0 ? 'note     ' : `exit ${exit}   `} ${line === null ? '' : `line ${line}: `}${message}`
}

function sealLines({ seal }: VerifyReport): string[] {
  if (seal === null) return []
  const time =
    seal.timestamp === null ? 'time self-asserted' : `time-stamped ${seal.timestamp.at} by ${seal.timestamp.by}`
  return [
    `  sealed    ${seal.finishedOn} (${time}) by ${seal.signer.principal}, key ${seal.signer.keyid}`,
    `  seal      sha256 ${seal.sha256}`,
    ...(seal.addenda === 0 ? [] : [`  addenda   ${seal.addenda}`]),
  ]
}

function runLines(run: NonNullable<VerifyReport['run']>): string[] {
  const { passed, skipped, failed, unknown, open } = run.steps
  const lines = [
    `  runbook   sha256 ${run.runbook.sha256}${run.commit === null ? '' : `, commit ${run.commit}`}`,
    `  steps     ${passed} passed, ${skipped} skipped or not applicable, ${failed} failed, ${unknown} unknown, ${open} open`,
  ]
  for (const { step, decision, principal, role, good } of run.approvals)
    lines.push(
      `  approval  ${step}: ${decision.toUpperCase()} by ${principal}${role === null ? '' : ` as ${role}`}${good ? ', key verified' : ', NOT GOOD'}`,
    )
  if (run.unmappedRoles) lines.push('  note      roles were mapped to nobody: any two signers could decide')
  if (run.interruptions > 0) lines.push(`  note      ${count(run.interruptions, 'interruption')}`)
  return lines
}

function signersLine({ signers }: VerifyReport): string {
  if (signers === null) return '  signers   none: name a file you trust by --signers'
  const committed =
    signers.committed === null ? 'in no commit' : signers.committed ? 'as in HEAD' : 'NOT as in HEAD of its repository'
  return `  signers   ${signers.name}, sha256 ${signers.sha256}, ${committed}`
}
