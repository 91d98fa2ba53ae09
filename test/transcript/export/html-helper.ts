import { loadAndParse } from '../../../src/parser/index.ts'
import { createExportSource } from '../../../src/transcript/export/format.ts'
import { html } from '../../../src/transcript/export/html.ts'
import { EVENTFUL_SIGNERS, eventfulRun } from '../helpers/eventful-run.ts'
import * as run from '../helpers/run.ts'

export async function pageOf(journal: Buffer, bundle: string | null, signersText: string) {
  const report = await run.verify(journal, bundle, { signersText })
  const source = createExportSource(
    {
      report,
      bundle,
      signers: { name: 'allowed_signers', text: signersText },
      outlineOf: async (text, path) => (await loadAndParse(Buffer.from(text), path)).runbook.phases,
    },
    () => run.stream(journal),
  )
  if (html.kind !== 'document') throw new TypeError('not a document')
  let page = ''
  for await (const piece of html.write(source)) page += piece
  return { page, report }
}
export async function htmlOf() {
  const { writer, bundle } = await eventfulRun()
  return pageOf(writer.bytes(), bundle, EVENTFUL_SIGNERS)
}
