import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseRunbook } from '../../src/parser/index.ts'

const lines = ['# Release', '', '- [ ] Tell support', '- [ ] Ship é 🚀']

test.each([
  ['without a final newline', lines.join('\n')],
  ['with a final newline', `${lines.join('\n')}\n`],
  ['with several', `${lines.join('\n')}\n\n\n`],
  ['with CRLF', `${lines.join('\r\n')}\r\n`],
  ['with a byte order mark', `\uFEFF${lines.join('\n')}\n`],
])('the source of a runbook is the file to the byte, %s, so that its digest fits', (_, text) => {
  const { runbook } = parseRunbook(Buffer.from(text), 'release.md')
  expect(runbook.source).toBe(text)
  expect(createHash('sha256').update(runbook.source).digest('hex')).toBe(runbook.sha256)
})
