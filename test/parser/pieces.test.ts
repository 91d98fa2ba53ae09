import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import type { Root } from 'mdast'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { describe, expect, test } from 'vitest'
import { parseInPieces } from '../../src/parser/text/pieces.ts'

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter, ['yaml']).freeze()
const whole = (text: string): Root => parser.parse(text)
/** As data: the parser's own tree holds absent properties in some places. */
const data = (tree: Root): unknown => JSON.parse(JSON.stringify(tree))

const CORPUS = new URL('../../../shared/corpus/', import.meta.url)
const FILES = existsSync(CORPUS)
  ? readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).filter(
      name => name.endsWith('.md') && statSync(new URL(name, CORPUS)).isFile(),
    )
  : []

/** Whatever may lie across a cut: fences in lists, comments, quotes, tables, definitions that others refer to. */
const PIECES = [
  '# Heading',
  '## Two [a] and [^n]',
  'Heading\n---',
  'A paragraph with [a], [text][B  c], ![img][a] and [^n].',
  '**Bold**: begins a paragraph',
  'two\nlines *of\nemphasis*',
  '> a quote with [b\n> c]\nand a lazy line',
  '> [a]: /in-a-quote',
  '> ```\n> in a quote',
  '- item\n\n  below it\n- next',
  '1. item\n   ```bash\n   # a comment\n   ```',
  '1. item\n   ```bash\n# at the margin\n   ```',
  '- [ ] box with [a]',
  '```bash\n# comment\n\nLetters\n```',
  '~~~~\n# x\n~~~\n# y\n~~~~',
  '```',
  '~~~',
  '<!-- one line -->',
  '<!--\n# hidden\n\nText\n-->',
  '<!--',
  '<details>\n# x\n\nText\n</details>',
  '<div>',
  '<pre>\n# x\n\nText',
  '</pre>',
  '| a | b |\n|---|---|\n| [a] | x |',
  '    indented\n\n    code',
  '[a]: /url',
  '[B c]: </other> "title"',
  "[d]: /url 'a title\n# over lines'",
  '[a\\]]: /escaped',
  '[a\\]]',
  '[^n]: a note\n\n    with a second paragraph',
  '[^n]',
  '---',
  '---\ntitle: x\n# comment\n\nText\n---',
  '***',
  '\ttab',
  'www.example.com and a@example.com',
  '&amp; \\# \\[a]',
  '',
]
const markdown = fc
  .array(
    fc.record({
      piece: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...PIECES) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
      ),
      gap: fc.constantFrom('\n', '\n\n', '\n\n\n'),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map(lines =>
    lines
      .map(({ piece, gap }) => piece + gap)
      .join('')
      .replaceAll(/[\0\r]/g, '')
      .toWellFormed(),
  )

describe('a text parsed in pieces', () => {
  test('gives the tree of the whole text, wherever it is cut', () => {
    fc.assert(
      fc.property(markdown, fc.constantFrom(1, 10, 60), (text, length) => {
        expect(data(parseInPieces(text, whole, length))).toEqual(data(whole(text)))
      }),
      { numRuns: 300, seed: 2 },
    )
  })

  test('is cut at headings and paragraphs, and inside no fence, comment or list', () => {
    const read: string[] = []
    const parse = (text: string): Root => {
      read.push(text)
      return whole(text)
    }
    parseInPieces('# A\n\n```\n# x\n\nText\n```\n\n- a\n\n- b\n\n# B\n\nText\n', parse, 20)
    expect(read).toEqual(['# A\n\n```\n# x\n\nText\n```\n\n- a\n\n- b\n\n# B', '# B\n\nText\n'])
  })

  test('finds definitions of other pieces, before and behind', () => {
    const text = 'One [a] and [^n].\n\n# B\n\n[a]: /url\n\n[^n]: note\n\n# C\n\nThree [text][A].\n'
    const tree = parseInPieces(text, whole, 4)
    expect(data(tree)).toEqual(data(whole(text)))
    expect(JSON.stringify(tree)).toContain('linkReference')
    expect(JSON.stringify(tree)).toContain('footnoteReference')
  })

  test('that is one piece only is parsed once', () => {
    let count = 0
    parseInPieces('# A\n\n# B\n', text => {
      count++
      return whole(text)
    })
    expect(count).toBe(1)
  })

  test('is read less than three times over, each piece no longer than a few of the wanted length', () => {
    const block = '# A\n\nText with [a].\n\n```bash\n# comment\n\nls\n```\n\n- item\n\n'
    const text = `${block.repeat(200)}[a]: /url\n`
    let read = 0
    parseInPieces(
      text,
      piece => {
        read += piece.length
        expect(piece.length).toBeLessThan(4_000)
        return whole(piece)
      },
      1_000,
    )
    expect(read).toBeLessThan(text.length * 3)
  })

  test.skipIf(FILES.length === 0)(
    'gives the tree of the whole text for the runbooks of public repositories',
    () => {
      const wrong = FILES.filter(name => {
        const text = readFileSync(new URL(name, CORPUS), 'utf8').replaceAll('\r\n', '\n')
        return JSON.stringify(parseInPieces(text, whole, 400)) !== JSON.stringify(whole(text))
      })
      expect(wrong).toEqual([])
    },
    60_000,
  )
})
