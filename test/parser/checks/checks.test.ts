import { expect, test } from 'vitest'
import { read } from '../helpers/parse.ts'

const DEPLOY = ['1. Deploy:', '', '   ```bash', '   kubectl apply -f production.yaml', '   ```', '']
const ROLLBACK = ['**Rollback Plan**:', '', '1. Put the version before back', '']

function codes(lines: readonly string[]): string[] {
  return [...read(lines.join('\n')).findings]
}

test('a change in production that nobody owns is named once a phase', () => {
  const page = ['# Release', '', '## Phase 1: Production', '', ...DEPLOY, ...ROLLBACK]
  expect(codes(page)).toEqual(['SO036:5'])
  expect(codes(page.toSpliced(4, 0, '**Owner**: Platform Team', ''))).toEqual([])
})

test('a phase in staging needs no owner', () => {
  const page = [
    '# Release',
    '',
    '## Phase 1: Staging',
    '',
    ...DEPLOY.map(line => line.replace('production', 'staging')),
  ]
  expect(codes(page)).toEqual([])
})

test('TBD in a step or an owner is open; in backticks, in reports of it and in scripts it is not reported here', () => {
  const page = ['# Release', '', '## Phase 1: Checks', '', '**Owner**: TBD', '']
  expect(codes([...page, '- [ ] Tell TODO', '- [ ] Nothing says `TODO`', '- [ ] All todo items are done'])).toEqual([
    'SO022:5',
    'SO022:7',
  ])
})

test('a rollback heading with nothing to do is found, and one with steps is not', () => {
  const page = ['# Release', '', '## 1. Deploy', '', '- [ ] Deployed', '', '## 2. Rollback', '', 'See the wiki.', '']
  expect(codes([...page, '## 3. After', '', '- [ ] Told'])).toEqual(['SO026:7'])
  expect(codes([...page, '- [ ] Put it back', '', '## 3. After', '', '- [ ] Told'])).toEqual([])
})

test('a link into the page finds its heading as GitHub names it, or an id of the page', () => {
  const links = ['#1-build--ship', '#ship-1', '#da', '#Ship', '#%C3%BCbung', '#gone', '#tab/cli', '#top'].map(
    to => `- [ ] As in [x](${to})`,
  )
  const page = ['# Release', '', '## 1. Build & Ship', '', ...links, '', '## Ship', '', '## Ship', '', '## Übung', '']
  const found = read([...page, '<a id="da"></a>'].join('\n')).diagnostics.filter(one => one.code === 'SO033')
  expect(found).toMatchObject([{ line: 10, column: 13, level: 'warning' }])
})
