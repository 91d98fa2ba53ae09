import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { expect, test } from 'vitest'
import { read } from './helpers/parse.ts'
import { expectSound } from './helpers/sound.ts'

const OWN = new URL('../../runbooks/', import.meta.url)
const CORPUS = new URL('../../../shared/corpus/', import.meta.url)
const PARAGRAPH = 'The weather was fine that morning, and the coffee was warm.'

const SECTIONS = [
  '## Phase 1: Build\n\n```bash\nmake build\n```\n\n- [ ] the build is green\n',
  '## Phase 2: Staging\n\n1. Deploy:\n   ```bash\n   deploy <org> --to staging\n   ```\n2. Look at it\n',
  '## Phase 3: Production\n\n**Decision**: GO / NO-GO\n\n**Owner**: Release Manager + DBA\n\n```bash\ndeploy --to production\n```\n',
  '### Rollback\n\n```bash\nkubectl rollout undo deploy/web\n```\n',
  '### Checks\n\n| Check | Expected |\n|---|---|\n| errors | < 1 % |\n',
  '### Options\n\n```bash\n# Option 1: by hand\nmake by-hand\n\n# Option 2: by pipeline\nmake by-pipeline\n```\n',
  '### Monitoring\n\n**Duration**: 24 hours\n\n- [ ] no alerts\n',
  '## Appendix\n\n```bash\nls\n```\n',
]

const idsOf = (text: string): string[] => read(text).steps.map(step => step.id)

test('a paragraph more changes no id, wherever between two sections it stands', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...SECTIONS), { minLength: 1, maxLength: 8 }), fc.nat(), (sections, at) => {
      const place = at % (sections.length + 1)
      const ids = idsOf(`# Release\n\n${sections.join('\n')}`)
      expect(ids.length).toBeGreaterThan(0)
      expect(idsOf(`# Release\n\n${sections.toSpliced(place, 0, `${PARAGRAPH}\n`).join('\n')}`)).toEqual(ids)
    }),
    { numRuns: 120, seed: 3 },
  )
})

test('an edit of one section leaves the ids of the others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...SECTIONS.slice(0, 3)), { minLength: 2 }), sections => {
      const ids = idsOf(`# Release\n\n${sections.join('\n')}`)
      const edited = sections.with(0, `${sections[0]}\n- [ ] one box more\n`)
      const after = new Set(idsOf(`# Release\n\n${edited.join('\n')}`))
      expect(ids.filter(id => !after.has(id))).toEqual([])
    }),
    { numRuns: 30, seed: 3 },
  )
})

const files = [OWN, CORPUS]
  .filter(folder => existsSync(folder))
  .flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map(name => new URL(name, folder))
      .filter(url => url.pathname.endsWith('.md') && statSync(url).isFile()),
  )
  .sort((a, b) => a.pathname.localeCompare(b.pathname))
  // Every ninth shows what all show, in a tenth of the time.
  .filter((url, index) => index % 9 === 0 || url.pathname.includes('/runbooks/release'))

test('a paragraph before a heading of a real runbook changes no id', { timeout: 60_000 }, () => {
  const changed: string[] = []
  for (const url of files) {
    const text = readFileSync(url, 'utf8').replaceAll('\r\n', '\n')
    const ids = idsOf(text)
    const rows = text.split('\n')
    // The first heading is the title; before it stands nothing that counts.
    for (const line of headingsOf(text).slice(1, 6)) {
      const more = rows.toSpliced(line - 1, 0, '', PARAGRAPH, '').join('\n')
      if (idsOf(more).join() !== ids.join()) changed.push(`${url.pathname.split('/').slice(-2).join('/')}:${line}`)
    }
  }
  expect(changed).toEqual([])
})

test('whatever stands between the sections, the plan is sound', () => {
  const line = fc.constantFrom(
    '```',
    '<!--',
    '-->',
    'run `x <y>` now',
    '> deploy <org>',
    '1. [ ] x',
    '    ls <dir>',
    '',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...SECTIONS), line), { maxLength: 10 }), sections => {
      expectSound(`# Release\n\n${sections.join('\n')}`)
    }),
    { numRuns: 100, seed: 4 },
  )
})

function headingsOf(text: string): number[] {
  const tree = unified().use(remarkParse).use(remarkGfm).parse(text)
  return tree.children.flatMap(node => (node.type === 'heading' ? (node.position?.start.line ?? []) : []))
}
