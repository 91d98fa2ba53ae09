import { loadAndParse } from '../../../src/parser/index.ts'
import { createExportSource } from '../../../src/transcript/export/format.ts'
import { html } from '../../../src/transcript/export/html.ts'
import type { VerifyInput } from '../../../src/transcript/verify/verify.ts'
import type { VerifyReport } from '../../../src/transcript/verify/verify-report.ts'
import { AFTERNOON_SIGNERS, afternoonRun } from './afternoon-run.ts'
import * as run from './run.ts'

export interface ExportedPage {
  readonly page: string
  readonly report: VerifyReport
}

/** The page of a transcript in memory, made as the command makes it. */
export async function pageOf(
  journal: Buffer,
  bundle: string | null,
  more: Partial<VerifyInput> & { readonly signersText?: string } = {},
): Promise<ExportedPage> {
  const signersText = more.signersText ?? run.SIGNERS
  const report = await run.verify(journal, bundle, { ...more, signersText })
  const source = createExportSource(
    {
      report,
      bundle,
      signers: { name: 'allowed_signers', text: signersText },
      signer: null,
      outlineOf: async (text, path) => (await loadAndParse(Buffer.from(text), path)).runbook.phases,
    },
    () => run.stream(journal),
  )
  if (html.kind !== 'document') throw new TypeError('a page is one document')
  let page = ''
  for await (const piece of html.write(source)) page += piece
  return { page, report }
}

/** The page of {@link afternoonRun}. */
export async function afternoonPage(): Promise<ExportedPage & { journal: Buffer; bundle: string }> {
  const { writer, bundle } = await afternoonRun()
  const journal = writer.bytes()
  return { ...(await pageOf(journal, bundle, { signersText: AFTERNOON_SIGNERS })), journal, bundle }
}

/** The page with other evidence in it, as somebody would change it who does not care for the seal. */
export function withData(page: string, id: 'data-journal' | 'data-bundle', bytes: Uint8Array): string {
  const changed = page.replace(
    new RegExp(`(id="${id}">)[^<]*`),
    `$1${Buffer.from(bytes).toString('base64').replaceAll('$', '$$$$')}`,
  )
  if (changed === page) throw new Error(`the page has no ${id}`)
  return changed
}
