import { writeFileSync } from 'node:fs'
import { test } from 'vitest'
import { htmlOf } from './html-helper.ts'

test('x', async () => {
  const { page, report } = await htmlOf()
  console.log(report.status, report.findings)
  writeFileSync('/tmp/html-scratch/eventful.html', page)
})
