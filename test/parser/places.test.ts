import fc from 'fast-check'
import { expect, test } from 'vitest'
import { read } from './helpers/parse.ts'

// Columns are UTF-16 units from 1 on, as editors, unist and SARIF's `utf16CodeUnits` count; the mark of a file has none.

/** What begins the first line of a block in a quote or an item, and each line behind it. */
const CONTAINERS: readonly (readonly [first: string, next: string])[] = [
  ['> ', '> '],
  ['- ', '  '],
  ['* [ ] box:\n\n  ', '  '],
  ['1. ', '   '],
  ['10) ', '    '],
  ['+ ', '  '],
]
const LINES = [
  'echo 🚀',
  '\techo 日本',
  'echo "a\tb" \\',
  '  --to 1',
  '',
  '# ü',
  "cat <<'END'",
  '\t> x',
  'END',
] as const

const nested = fc.record({
  containers: fc.array(fc.constantFrom(...CONTAINERS), { maxLength: 3 }),
  fence: fc.constantFrom('```', '~~~~', '`````'),
  before: fc.array(fc.constantFrom(...LINES.slice(0, 2)), { maxLength: 3 }),
  words: fc.constantFrom('echo', 'echo 🚀🚀', 'echo "日 ü" \t', 'deploy --é=1'),
  eol: fc.constantFrom('\n', '\r\n'),
  mark: fc.constantFrom('', '\uFEFF'),
})

test('a value in a fence stands at its column of the file, in any quote and list, behind any characters', () => {
  fc.assert(
    fc.property(nested, ({ containers, fence, before, words, eol, mark }) => {
      const script = [...before, `${words} <target>`]
      const rows = ['# Release', '', '## 1. Deploy', '', ...within(containers, [`${fence}bash`, ...script, fence])]
      const { runbook, steps } = read(`${mark}${rows.join(eol)}${eol}`)
      expect(steps.flatMap(step => step.script ?? [])).toEqual([script.join('\n')])
      const line = rows.findIndex(row => row.includes('<target>')) + 1
      const column = (rows[line - 1]?.indexOf('<target>') ?? -1) + 1
      expect(runbook.parameters.find(one => one.name === 'target')?.uses).toEqual([{ line, column }])
    }),
    { numRuns: 200 },
  )
})

test('text of any shape in a fence reaches bash byte for byte', () => {
  const whole = fc.array(
    fc.constantFrom(...LINES.filter(line => line !== "cat <<'END'" && line !== 'END' && !line.endsWith('\\'))),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(whole, fc.array(fc.constantFrom(...CONTAINERS), { maxLength: 3 }), (lines, containers) => {
      const script = ["cat <<'END'", ...lines, 'END', 'true']
      const rows = ['# Release', '', '## 1. Deploy', '', ...within(containers, ['```bash', ...script, '```'])]
      const { steps } = read(rows.join('\n'))
      expect(steps.flatMap(step => step.script ?? [])).toEqual([script.join('\n')])
    }),
    { numRuns: 100 },
  )
})

test('a tab that is only in part the indentation of an item moves no column', () => {
  const { runbook } = read('# Release\n\n- Deploy:\n\n  ```bash\n\techo a <target>\n  ```\n')
  expect(runbook.parameters.map(one => one.uses)).toEqual([[{ line: 6, column: 9 }]])
})

test('items indented by tabs keep their columns', () => {
  const { steps, runbook } = read('# Release\n\n-\tDeploy:\n\n\t```bash\n\techo\t🚀 <target>\n\t\tmore\n\t```\n')
  expect(steps.map(step => step.script)).toEqual(['echo\t🚀 <target>\n\tmore'])
  expect(runbook.parameters.map(one => one.uses)).toEqual([[{ line: 6, column: 10 }]])
})

/** Rows inside of quotes and items, the outermost first. */
function within(containers: readonly (readonly [string, string])[], rows: readonly string[]): string[] {
  return containers.reduceRight<string[]>(
    (inner, [first, next]) =>
      inner
        .map((row, index) => `${index === 0 ? first : next}${row}`)
        .join('\n')
        .split('\n'),
    [...rows],
  )
}
