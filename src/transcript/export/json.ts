import { encode } from '../encoding/canonical.ts'
import type { VerifyReport } from '../verify/verify-report.ts'
import { derivedText } from './derived.ts'
import { type ExportFormat, type ExportSource, linesOf, type Piece } from './format.ts'

/** Verification report and lines in one JSON document, ASCII, on one line. Each line is the very text that is signed, without its LF. */
export const json: ExportFormat = { kind: 'document', write }

async function* write(source: ExportSource): AsyncGenerator<Piece> {
  const { report } = source
  const head = encode({
    schema: 'signoff.transcript/1',
    derived: derivedText(report),
    seal: report.seal?.sha256 ?? null,
    report: { ...report, signers: withoutPlace(report.signers) },
  })
  yield `${head.slice(0, -1)},"lines":[`
  let comma = ''
  for await (const { text } of linesOf(source)) {
    yield comma + text
    comma = ','
  }
  yield ']}\n'
}

/** Where the signers file lay on one machine is nobody's business on another, and would make another export. Its digest stays. */
function withoutPlace(signers: VerifyReport['signers']): VerifyReport['signers'] {
  return signers === null ? null : { ...signers, name: signers.name.replace(/^.*\//, '') }
}
