import { it } from 'vitest'
import { checkPage } from '../../../src/transcript/export/html/check/check-page.ts'
import * as run from '../helpers/run.ts'
import { TAMPERED, type Tampered } from '../helpers/tampered-runs.ts'

it('prints', async () => {
  for (const [what, make] of Object.entries(TAMPERED)) {
    const { journal, bundle, signersText = run.SIGNERS }: Tampered = await make()
    const report = await run.verify(journal, bundle, { signersText })
    const page = await checkPage(
      { journal: journal.toString('base64'), bundle: bundle === null ? null : Buffer.from(bundle).toString('base64') },
      signersText,
    )
    console.log(
      report.exitCode,
      page.verdict.padEnd(12),
      what,
      '|',
      page.answer.slice(0, 70),
      '|',
      report.findings
        .filter(f => f.exit > 0)
        .map(f => `${f.exit} ${f.message}`)
        .join('; ')
        .slice(0, 120),
    )
  }
})
