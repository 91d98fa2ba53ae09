import { type Node, Parser } from 'commonmark'
import fc from 'fast-check'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { visit } from 'unist-util-visit'
import { describe, expect, it } from 'vitest'
import { markdown as format } from '../../../src/transcript/export/markdown.ts'
import { fenced, plain } from '../../../src/transcript/export/markdown-text.ts'
import { eventfulRun } from '../helpers/eventful-run.ts'
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
    expect(markdown).toContain('**passed** (gate, line 3 of the runbook)')
    expect(markdown).toContain('`op@example.com`; observed errors 0 % (\\< 1: met)')
    expect(markdown).toContain('GO by `rm@example.com` as Release Manager')
    expect(markdown).toContain('`````text\none\n````\ntwo\n`````')
    expect(markdown).toContain('```bash\necho one\n```')
    expect(markdown).toContain('## Deviations\n\nNone.')
  })

  it('has on its first page how long each phase took, who decided, and what deviates, by the names that people know', async () => {
    const writer = run.createWriter()
    const planned = { minMs: 1_800_000, maxMs: 3_600_000 }
    const steps = { passed: 1, failed: 0, skipped: 1, unknown: 0, open: 0 }
    const by = 'op@example.com'
    writer.add(
      run.runStart(),
      {
        kind: 'run.plan',
        phases: [
          { id: 'deploy', position: '1', title: 'Deploy', role: 'main' },
          { id: 'appendices', position: 'appendices', title: 'Appendices', role: 'reference' },
        ],
        steps: [
          run.planned('tell', 'confirmation', { position: '1.1', title: 'Tell | support', phase: 'deploy' }),
          run.planned('extra', 'task', { position: 'D.1', title: 'More', phase: 'appendices', flow: 'none' }),
        ],
      },
      { kind: 'step.skip', step: 'tell', why: 'person', reason: 'nobody is there', by },
      { kind: 'phase.end', phase: 'deploy', result: 'passed', steps, ms: 2_460_000, planned, criteria: null, by },
    )
    const text = await exported(format, sourceOf(writer, null, await run.verify(writer.bytes(), null)))
    expect(text).toContain('| 1 Deploy | passed | 41 min | 30 min to 1 h | 1 passed, 1 skipped or not applicable |')
    expect(text).toMatch(
      /## Deviations\n\n- \S+ 1\\\.1 Tell \\\| support: skipped by `op@example\.com`: nobody is there \(/,
    )
    expect(text).toContain('## Appendices\n\n**Not entered**\n\n- D.1 More (line')
    expect(markdown).toMatch(
      /## Approvals\n\n- \S+ \S+ Title of flip-dns: GO by `rm@example\.com` as Release Manager, signed/,
    )
  })

  it('does not call a phase passed whose way back was', async () => {
    const writer = run.createWriter()
    const steps = { passed: 1, failed: 0, skipped: 0, unknown: 0, open: 0 }
    const planned = { minMs: 1_800_000, maxMs: null }
    const by = 'op@example.com'
    writer.add(
      run.runStart(),
      {
        kind: 'run.plan',
        phases: [{ id: 'deploy', position: '1', title: 'Deploy', role: 'main' }],
        steps: [run.planned('undo', 'task', { position: '1r.1', title: 'Undo', phase: 'deploy', flow: 'recovery' })],
      },
      { kind: 'rollback.start', for: 'deploy', of: null, steps: ['undo'], without: [], reason: 'broken', by },
      { kind: 'phase.end', phase: 'deploy', result: 'passed', steps, ms: 60_000, planned, criteria: null, by },
    )
    const text = await exported(format, sourceOf(writer, null, await run.verify(writer.bytes(), null)))
    expect(text).toContain('| 1 Deploy, way back | passed | 1 min |  | 1 passed |')
    expect(text).toContain('phase 1 Deploy, way back, passed after 1 min')
  })

  it('says of a seal that was time-stamped who saw it, and when', async () => {
    if (report.seal === null) throw new Error('no seal')
    const timestamp = { at: '2026-11-22T14:51:00.000Z', by: 'Time Authority' }
    const stamped = { ...report, seal: { ...report.seal, time: 'time-stamped' as const, timestamp } }
    const text = await exported(format, sourceOf(whole, bundle, stamped))
    expect(text).toContain('- time-stamped 2026-11-22T14:51:00.000Z by Time Authority; 0 addenda')
    expect(markdown).toContain('- time self-asserted by the signer; 0 addenda')
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

/** Nodes of what CommonMark's own reference implementation makes of a text, in order. */
function commonmark(text: string): Node[] {
  const walker = new Parser().parse(text).walker()
  const nodes: Node[] = []
  for (let at = walker.next(); at !== null; at = walker.next()) if (at.entering) nodes.push(at.node)
  return nodes
}
const MARKUP: ReadonlySet<string> = new Set(['html_block', 'html_inline', 'link', 'image'])

describe('a hostile run as Markdown', async () => {
  const eventful = eventfulRun()
  const itsBundle = await run.sealed(eventful)
  const itsReport = await run.verify(eventful.bytes(), itsBundle)
  const text = await exported(format, sourceOf(eventful, itsBundle, itsReport))

  it('holds no HTML, link or image, and nothing that acts on a terminal', () => {
    expect(commonmark(text).filter(({ type }) => MARKUP.has(type))).toEqual([])
    visit(parse(text), node => {
      expect(['html', 'link', 'image', 'definition', 'footnoteReference', 'footnoteDefinition']).not.toContain(
        node.type,
      )
    })
    expect(text).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/,
    )
  })

  it('has its headings from the plan alone, and each script and output in a fence of its own', () => {
    const nodes = commonmark(text)
    const headings = nodes.filter(({ type }) => type === 'heading').map(({ level }) => level)
    expect(headings).toEqual([1, 2, 2, 3, 3, 3, 2, 3, 3, 3, 3, 2, 2, 2])
    const fences = nodes.filter(({ type }) => type === 'code_block')
    const starts = eventful.entries.filter(({ event }) => event.kind === 'step.start')
    expect(fences.filter(({ info }) => info === 'bash')).toHaveLength(starts.length)
    expect(fences.filter(({ info }) => info === 'text')).toHaveLength(starts.length)
  })
})

describe('output in Markdown', () => {
  const documentOf = async (output: string): Promise<string> => {
    const writer = run.createWriter()
    writer.add(run.runStart(), run.PLAN, ...run.script('deploy', [], output))
    return exported(format, sourceOf(writer, null, await run.verify(writer.bytes(), null)))
  }
  const outputIn = (text: string): string[] =>
    commonmark(text).flatMap(({ type, info, literal }) =>
      type === 'code_block' && info === 'text' ? [literal ?? ''] : [],
    )

  it('keeps every line that it shows, empty ones too', async () => {
    const text = 'a\n\n\n\nb\n   c\n\n'
    expect(outputIn(await documentOf(text))).toEqual([text])
  })

  it('that is long loses its middle, and says how much and where it is', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} of a long build`)
    const text = await documentOf(`${lines.join('\n')}\n`)
    expect(text.length).toBeLessThan(40_000)
    const [head = '', tail = ''] = outputIn(text)
    const [first, last] = [head.trimEnd().split('\n'), tail.trimEnd().split('\n')]
    expect(first).toEqual(lines.slice(0, first.length))
    expect(last).toEqual(lines.slice(-last.length))
    expect(text).toContain(
      `Left out here: ${lines.length - first.length - last.length} lines. The journal has all of it, from line 4 to line 4.`,
    )
  })

  it('that is one line without an end is cut too', async () => {
    const text = await documentOf('x'.repeat(900_000))
    expect(text.length).toBeLessThan(40_000)
    expect(text).toContain('Left out here: 1 line.')
  })
})

describe('text in Markdown', () => {
  it('in a fence stays in it, whatever it is: 5,000 of them, by two parsers', { timeout: 60_000 }, () => {
    const piece = fc.constantFrom(
      '`',
      '```',
      '````',
      '~~~',
      '\n',
      ' ',
      'a',
      '> ',
      '- ',
      '<b>',
      '</script>',
      '\t',
      '    ',
      '&#27;',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.constantFrom('', 'text', 'bash'), (pieces, language) => {
        const text = pieces.join('')
        const document = [fenced(text, language), '', 'after'].join('\n')
        const tree = parse(document)
        expect(tree.children.map(({ type }) => type)).toEqual(['code', 'paragraph'])
        const code = tree.children[0]
        expect(code?.type === 'code' && code.value).toBe(text.replace(/\n$/, ''))
        const nodes = commonmark(document)
        expect(nodes.map(({ type }) => type)).toEqual(['document', 'code_block', 'paragraph', 'text'])
        expect(nodes[1]?.literal).toBe(`${text.replace(/\n$/, '')}\n`)
      }),
      { numRuns: 5000 },
    )
  })

  it('has an address in a code span without the quotes and brackets around it', () => {
    expect(plain('curl "https://<api-host>/healthz"')).toBe('curl "`https://<api-host>/healthz`"')
    expect(plain('[Lead = lead@example.com] (or www.example.com/a)')).toBe(
      '\\[Lead = `lead@example.com`\\] (or `www.example.com/a`)',
    )
    expect(plain('orgId of https://a.example/?orgId=<org>.')).toBe('orgId of `https://a.example/?orgId=<org>`.')
  })

  it('takes no longer than its length, whatever it is made of', () => {
    const most = 500_000
    const began = performance.now()
    for (const piece of ['x', ' ', '@', 'a@', '@.', ':', '<', '>', '(', 'www.', '`', '1', '\n', ' \n'])
      plain(`${piece.repeat(most / piece.length)}!`)
    // By a pattern that looks for the same, one of these takes minutes.
    expect(performance.now() - began).toBeLessThan(10_000)
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
        expect(commonmark(plain(text)).filter(({ type }) => MARKUP.has(type))).toEqual([])
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
