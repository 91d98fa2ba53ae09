import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseRunbook } from '../../src/parser/index.ts'
import { examplesIn, statementOf } from './examples.ts'

const page = readFileSync(new URL('../../docs/writing-runbooks.md', import.meta.url), 'utf8')
const examples = examplesIn(page)

describe('docs/writing-runbooks.md', () => {
  test('has an example in every section', () => {
    expect(examples.length).toBeGreaterThanOrEqual(15)
    const sections = page.split(/^## (?=[A-Z][^\n]*\n\n[^`#])/m).slice(1)
    expect(sections.length).toBeGreaterThanOrEqual(10)
    for (const section of sections) expect(section, section.split('\n')[0]).toContain('`````markdown')
  })

  test.each(examples.map(example => [example.line, example] as const))(
    'the example of line %i is read as the page says',
    (_, example) => {
      expect(example.stated).toEqual(statementOf(example.text))
    },
  )

  test('the markers it names are known, each of them', () => {
    const rows = page.split('\n').filter(line => /^\| `/.test(line))
    const markers = rows.flatMap(row =>
      [...(row.split(/[|(]/)[1] ?? '').matchAll(/`([^`]+)`/g)].map(found => found[1] ?? ''),
    )
    expect(markers.length).toBeGreaterThanOrEqual(14)
    const refused = parseRunbook(new TextEncoder().encode('<!-- signoff nonsense -->\n\nText.\n'), 'x.md')
    expect(refused.diagnostics.map(one => one.message).join()).toContain('unknown word')
    for (const marker of markers) {
      const words = marker.replace(/^<!-- signoff | -->$/g, '')
      const text = `## Steps\n\n<!-- signoff ${words} -->\n\n- [ ] Done\n`
      const { diagnostics } = parseRunbook(new TextEncoder().encode(text), 'x.md')
      const unread = diagnostics.filter(one => /unknown word|not read|wants a value|takes no value/.test(one.message))
      expect([marker, unread]).toEqual([marker, []])
    }
  })
})
