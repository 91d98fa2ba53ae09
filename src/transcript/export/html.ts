import type { ExportFormat, ExportSource, Piece } from './format.ts'
import { linesOf } from './format.ts'

/** One page for a browser, to be attached to a ticket or kept in an archive: it needs nothing but itself, and checks what it carries. */
export const html: ExportFormat = { kind: 'document', write }

async function* write(source: ExportSource): AsyncGenerator<Piece> {
  // The page with its script and style is loaded by whoever asks for it, and by nobody else.
  const [{ toHtml }, { collectRun }, { MOST_EVIDENCE }] = await Promise.all([
    import('./html/page.ts'),
    import('./html/recorded-run.ts'),
    import('./html/page-proof.ts'),
  ])
  const collector = collectRun()
  for await (const { entry } of linesOf(source)) if (entry !== null) collector.add(entry)
  const run = collector.run()
  const carried = (source.report.journal?.bytes ?? 0) <= MOST_EVIDENCE
  const { runbook } = run.state.start ?? {}
  const outline =
    runbook === undefined
      ? []
      : ((await source.outlineOf?.(runbook.text, runbook.path, run.state.interpreters?.planned ?? {})) ?? [])
  yield toHtml({
    run,
    report: source.report,
    journal: carried ? await whole(source.journal()) : null,
    bundle: source.bundle,
    outline,
  })
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = []
  for await (const piece of pieces) read.push(piece)
  return Buffer.concat(read)
}
