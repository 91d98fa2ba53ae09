import { encode } from '../canonical.ts'
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
    report,
  })
  yield `${head.slice(0, -1)},"lines":[`
  let comma = ''
  for await (const { text } of linesOf(source)) {
    yield comma + text
    comma = ','
  }
  yield ']}\n'
}
