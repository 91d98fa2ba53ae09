import { describe, expect, test } from 'vitest'
import { findExcess } from '../../src/parser/text/limits.ts'
import { toSource } from '../../src/parser/text/source.ts'
import { read } from './helpers/parse.ts'

const nest = (levels: number): string =>
  Array.from({ length: levels }, (_, level) => `${'  '.repeat(level)}- item`).join('\n')
const lines = (line: string, characters: number): string => line.repeat(Math.ceil(characters / line.length))
const MEBI = 1024 * 1024

describe('a text that would take the Markdown parser minutes', () => {
  test.each([
    ['lists in lists', nest(2_000), 201],
    ['lists on one line', `# A\n\n${'- '.repeat(2_000)}x`, 3],
    ['numbered lists on one line', `# A\n\n${'1. '.repeat(2_000)}x`, 3],
    ['quotes in quotes', `${'>'.repeat(2_000)} x`, 1],
    ['quotes and lists in turn', `${'> - '.repeat(150)}x`, 1],
    ['marks of emphasis', '*a_b'.repeat(64 * 1024), 1],
    ['a list without end', lines('- [ ] an item\n', 1.2 * MEBI), 80_660],
    ['a text beyond 16 MiB', lines('# A heading\n\n', 16 * MEBI + 100), 1],
  ])('is refused with its line: %s', (_, text, line) => {
    const { findings, runbook } = read(text)
    expect(findings.filter(one => one.startsWith('SO003'))).toEqual([`SO003:${line}`])
    expect(runbook.phases).toEqual([])
  })

  test.each([
    ['lists 60 deep', nest(60)],
    [
      'rules, and a table under a long line of dashes',
      `# A\n\n${'-'.repeat(500)}\n\n${'- '.repeat(500)}\n\n${'* '.repeat(500)}`,
    ],
    [
      'a fence of many stars and deep indentation',
      `\`\`\`\n${lines('*'.repeat(80).concat('\n'), 40_000)}${nest(300)}\n\`\`\``,
    ],
    ['a long line without marks', `![x](data:image/png;base64,${'A'.repeat(100_000)})`],
    ['many lists between paragraphs', lines(`Text:\n\n${lines('- item\n', 5_000)}\n`, 1.2 * MEBI)],
    ['a list after many others', lines(`- item\n  - below\n`, 100_000)],
  ])('is not %s', (_, text) => {
    expect(findExcess(toSource(text))).toBeNull()
  })
})
