import fc from 'fast-check'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { visit } from 'unist-util-visit'
import { describe, expect, it } from 'vitest'
import { markdown as format } from '../../../src/transcript/export/markdown.ts'
import { fenced, plain } from '../../../src/transcript/export/markdown-text.ts'
import { exported, sourceOf } from '../helpers/export.ts'
import * as run from '../helpers/run.ts'

const whole = await run.wholeRun()
const bundle = await run.sealed(whole)
const report = await run.verify(whole.bytes(), bundle)
const source = sourceOf(whole, bundle, report)
const markdown = await exported(format, source)
const parse = (text: string) => unified().use(remarkParse).use(remarkGfm).parse(text)

describe('the Markdown export', () => {
  it('says first that it is derived, and from which seal', () => {
    expect(markdown.split('\n')[0]).toBe(
      `> Derived from the transcript, which is what is signed; seal sha256 \`${report.seal?.sha256}\`.`,
    )
  })

  it('says in its first line what is wrong', async () => {
    const unsealed = await run.verify(whole.bytes(), null)
    expect((await exported(format, sourceOf(whole, null, unsealed))).split('\n')[0]).toContain('NOT SEALED')
    const policy = await run.verify(whole.bytes(), bundle, { policy: { requireApprovals: 3 } })
    expect((await exported(format, sourceOf(whole, bundle, policy))).split('\n')[0]).toContain('AGAINST POLICY')
  })

  it('reads like the runbook filled in', () => {
    expect(markdown).toContain('## 1 Deploy')
    expect(markdown).toContain('### tell-support Title of tell-support')
    expect(markdown).toContain('**passed** (gate, line 3)')
    expect(markdown).toContain('`op@example.com`; observed errors 0 % (\\< 1: met)')
    expect(markdown).toContain('GO by `rm@example.com` as Release Manager')
    expect(markdown).toContain('`````text\none\n````\ntwo\n`````')
    expect(markdown).toContain('```bash\necho one\n```')
    expect(markdown).toContain('## Deviations\n\nNone.')
  })

  it('is the same each time, and holds no control character', async () => {
    expect(await exported(format, source)).toBe(markdown)
    expect(markdown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    expect(markdown).toContain('\\\\u\\{9b\\}31m \\*bold\\* \\<b\\>')
  })

  it('holds no HTML, link or image of the record', () => {
    const kinds = new Set<string>()
    visit(parse(markdown), node => {
      kinds.add(node.type)
    })
    expect(
      [...kinds].filter(kind => ['html', 'link', 'image', 'definition', 'footnoteReference'].includes(kind)),
    ).toEqual([])
  })
})

describe('text in Markdown', () => {
  it('in a fence stays in it, whatever it is', { timeout: 60_000 }, () => {
    const piece = fc.constantFrom('`', '```', '````', '~~~', '\n', ' ', 'a', '> ', '- ', '<b>')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
        const text = pieces.join('')
        const tree = parse([...fenced(text), '', 'after'].join('\n'))
        expect(tree.children.map(({ type }) => type)).toEqual(['code', 'paragraph'])
        const code = tree.children[0]
        expect(code?.type === 'code' && code.value).toBe(text.replace(/\n$/, ''))
      }),
      { numRuns: 5000 },
    )
  })

  it('in a line is that text, and no markup', { timeout: 60_000 }, () => {
    const piece = fc.constantFrom(
      '*',
      '_',
      '`',
      '[a](b)',
      '<b>',
      '&amp;',
      'http://a.b',
      'www.a.b',
      'a@b.c',
      '# ',
      '1. ',
      '- ',
      '|',
      '\\',
      '~~',
      '!',
      'x',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), pieces => {
        const text = pieces.join('').trim()
        fc.pre(text !== '')
        const types = new Set<string>()
        let read = ''
        visit(parse(plain(text)), node => {
          types.add(node.type)
          if (node.type === 'text' || node.type === 'inlineCode') read += node.value
        })
        expect(['inlineCode', 'paragraph', 'root', 'text'], plain(text)).toEqual(expect.arrayContaining([...types]))
        expect(read.replace(/\s+/g, ' ')).toBe(text.replace(/\s+/g, ' '))
      }),
      { numRuns: 2000 },
    )
  })
})
