import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Section } from '../../../src/model/index.ts'
import { annotateRunbook, unpinnedSteps } from '../../../src/parser/index.ts'
import { read } from '../helpers/parse.ts'

const HERE = import.meta.url
const AVOCAT = new URL('../../../../shared/runbooks/avocat-release.md', HERE)
const CORPUS = new URL('../../../../shared/corpus/', HERE)
/** One file in twenty of the corpus. */
const SAMPLE = existsSync(CORPUS)
  ? readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.md'))
      .toSorted()
      .filter((_, index) => index % 20 === 0)
  : []
const files = [
  ...readdirSync(new URL('../../fixtures/parser/', HERE)).map(
    name => new URL(`../../fixtures/parser/${name}/in.md`, HERE),
  ),
  ...['release.md', 'quickstart.md'].map(name => new URL(`../../../runbooks/${name}`, HERE)),
]

/** What a person would notice in a plan. */
function planOf(bytes: Uint8Array) {
  const { runbook, diagnostics, steps } = read(bytes)
  const shape = ({ id, position, title, role, for: back, owners, sections }: Section): object => ({
    id,
    position,
    title,
    role,
    back,
    owners,
    sections: sections.map(shape),
  })
  return {
    mode: runbook.mode,
    flows: runbook.flows,
    sections: runbook.phases.map(shape),
    values: runbook.parameters.map(one => [one.name, one.kind, one.required, one.secret]),
    steps: steps.map(({ line: _, endLine: _end, original: _text, ...step }) => step),
    findings: diagnostics.map(one => one.code),
  }
}

/** Lines that were put in: the original ones must be there, all of them and in order. */
function addedLines(before: string, after: string): string[] {
  const rest = before.replace('\ufeff', '').split('\n')
  const added = after
    .replace('\ufeff', '')
    .split('\n')
    .filter(line => {
      if (line !== rest[0]) return true
      rest.shift()
      return false
    })
  expect(rest, 'a line of the file is gone').toEqual([])
  return added
}

function check(url: URL): void {
  const bytes = readFileSync(url)
  const text = annotateRunbook(bytes, 'in.md')
  if (text === null) {
    expect(read(bytes).findings.join()).toMatch(/SO003|SO035/)
    return
  }
  const written = new TextEncoder().encode(text)
  expect(planOf(written)).toEqual(planOf(bytes))
  for (const line of addedLines(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), text))
    expect(line).toMatch(/^(?:[ \t>]*<!-- signoff .* -->|---|signoff:| {2}mode: \w+|)\r?$/)
  expect(annotateRunbook(written, 'in.md') === text, 'annotated twice').toBe(true)
}

describe('an annotated runbook is read as it was, keeps every line, and stays as it is when annotated again', () => {
  for (const url of files)
    test(decodeURI(url.pathname).split('/').slice(-2).join('/'), { timeout: 60_000 }, () => check(url))
  test.skipIf(SAMPLE.length === 0)('runbooks of public repositories', { timeout: 120_000 }, () => {
    for (const name of SAMPLE) check(new URL(name.split('/').map(encodeURIComponent).join('/'), CORPUS))
  })
  test.skipIf(!existsSync(AVOCAT))('the Avocat runbook', { timeout: 60_000 }, () => check(AVOCAT))
})

describe('what the markers say', () => {
  const annotate = (...lines: string[]) =>
    annotateRunbook(new TextEncoder().encode(lines.join('\n')), 'in.md')?.split('\n')

  test('mode, role, environment, id and risk of a small release', () => {
    const fence = ['```bash', 'kubectl apply -f app.yaml', '```']
    expect(
      annotate(
        '# Release',
        '',
        '## 1. Deploy to production',
        '',
        ...fence,
        '',
        '## 2. Rollback',
        '',
        '- [ ] Put it back',
      ),
    ).toEqual([
      '---',
      'signoff:',
      '  mode: linear',
      '---',
      '',
      '# Release',
      '',
      '<!-- signoff environment=production -->',
      '## 1. Deploy to production',
      '',
      '<!-- signoff id=deploy-to-production-deploy-to-production risk=change -->',
      ...fence,
      '',
      '<!-- signoff role=recovery -->',
      '## 2. Rollback',
      '',
      '<!-- signoff id=rollback-put-it-back confirm -->',
      '- [ ] Put it back',
    ])
  })

  test('a marker in a list stands in its item, one in a quote in the quote', () => {
    const out = annotate(
      '## Steps',
      '',
      '1. Push:',
      '',
      '   ```bash',
      '   git push',
      '   ```',
      '',
      '> ```bash',
      '> make',
      '> ```',
    )
    expect(out).toContain('   <!-- signoff id=steps-push risk=change -->')
    expect(out?.at(-4)).toMatch(/^> <!-- signoff id=[a-z0-9-]+ -->$/)
  })

  test('items and boxes are pinned, each by a marker of its own', () => {
    const out = annotate(
      '## Steps',
      '',
      '- [ ] A',
      '- [ ] B',
      '  - [ ] Below',
      '- [ ] If so: C',
      '',
      '1. Tell',
      '2. Look',
    )
    expect(out?.slice(7)).toEqual([
      '- [ ] A',
      '  <!-- signoff id=steps-a confirm -->',
      '<!-- signoff id=steps-b confirm -->',
      '- [ ] B',
      '  - [ ] Below',
      '    <!-- signoff id=steps-below confirm -->',
      '<!-- signoff id=steps-c confirm if="If so" -->',
      '- [ ] If so: C',
      '',
      '1. Tell',
      '   <!-- signoff id=steps-tell manual -->',
      '<!-- signoff id=steps-look manual -->',
      '2. Look',
    ])
  })

  test('steps that no marker could name are told, with their place and why', () => {
    const text = [
      '## Steps',
      '',
      '```bash',
      '# One',
      'ls',
      '',
      '# Two',
      'pwd',
      '```',
      '',
      '- [ ] A',
      '  - [ ] Below',
    ].join('\n')
    const annotated = annotateRunbook(new TextEncoder().encode(text), 'in.md') ?? ''
    expect(unpinnedSteps(annotated, 'in.md')).toEqual([
      { line: 9, position: '1.1', title: 'One', why: 'it shares its block with other steps' },
      { line: 12, position: '1.2', title: 'Two', why: 'it shares its block with other steps' },
      { line: 16, position: '1.3', title: 'A', why: 'no line before it would be its own' },
    ])
  })

  test('a pinned risk and gate outlive an edit that would lose them', () => {
    const text = annotate('## Go', '', '**Owner**: QA Lead', '', '**Decision**: GO / NO-GO')?.join('\n') ?? ''
    expect(text).toContain('gate approvers="QA Lead"')
    const edited = read(text.replace('**Decision**: GO / NO-GO', 'We look at it together.'))
    expect(edited.steps).toMatchObject([{ kind: 'gate', approvers: [{ role: 'QA Lead' }] }])
  })

  test('CRLF and byte order mark stay', () => {
    const text =
      annotateRunbook(new TextEncoder().encode('\ufeff## Steps\r\n\r\n```bash\r\nmake\r\n```\r\n'), 'in.md') ?? ''
    expect(text.startsWith('\ufeff---\r\n')).toBe(true)
    expect(text.replaceAll('\r\n', '')).not.toContain('\n')
    expect(text.slice(1)).not.toContain('\ufeff')
  })

  test('front matter that is there is added to, and one of ours is let be', () => {
    expect(annotate('---', 'title: x', '---', '', '- [ ] Done')?.slice(0, 5)).toEqual([
      '---',
      'title: x',
      'signoff:',
      '  mode: linear',
      '---',
    ])
    const own = ['---', 'signoff:', '  env: staging', '---', '', 'Text.']
    expect(annotate(...own)).toEqual(own)
  })
})
