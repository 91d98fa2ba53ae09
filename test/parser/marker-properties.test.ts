import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Step } from '../../src/model/index.ts'
import { strongest } from '../../src/parser/shell/index.ts'
import { type Insertion, insertionsIn } from './helpers/insert-marker.ts'
import { type Read, read } from './helpers/parse.ts'

const FIXTURES = new URL('../fixtures/parser/', import.meta.url)
const OWN = new URL('../../runbooks/', import.meta.url)
const CORPUS = new URL('../../../shared/corpus/', import.meta.url)

const WORDS = [
  'skip',
  'task',
  'manual',
  'confirm',
  'gate',
  'gate approvers="QA Lead + DBA"',
  'optional',
  'terminal',
  'endless',
  'wait=1m',
  'role=recovery',
  'role=recovery for="1"',
  'role=optional',
  'role=conditional',
  'role=cleanup',
  'role=reference',
  'role=main',
  'choice=target option=one',
  'pick=any',
  'choice=target option=one pick=any',
  'if="minor release"',
  'id=an-id-of-its-own',
  'timeout=1s',
  'cwd=apps/api',
  'environment=staging',
  'environment=production',
  'risk=view',
  'risk=safe',
  'risk=danger',
  'expect=contains',
  'expect=regex',
  'gaet',
  'approvers="Somebody"',
]

/** Texts for which every place is tried: what each construct is made of. */
const SMALL = `# Release

Only with authorization of the DBA.

## 1. Checks

**Owner**: QA Lead

- [ ] p95 < 300 ms
- [ ] If the schema changes: migrations were reviewed
  - [ ] Below
- [ ] The service answers: \`curl https://x.example.com/health\`

**Approvers**: Release Manager

**Decision**: GO / NO-GO

## 2. Production

1. Deploy:

   \`\`\`bash
   kubectl -n production apply -f <file>
   \`\`\`

2. Wait for 30 minutes
3. Tell the channel

> - [ ] Quoted

**Rollback Plan**:

1. Undo:

   \`\`\`bash
   kubectl rollout undo deploy/api
   \`\`\`

**On the server**:

\`\`\`bash
systemctl restart web
\`\`\`

**Option A: x**

\`\`\`bash
make a
\`\`\`

**Option B: y**

\`\`\`bash
make b
# Expected: 5/5
\`\`\`

## 3. Sound and broken (staging)

\`\`\`bash
if true; then
\`\`\`

| Check | Command | Expected |
|---|---|---|
| up | \`curl x\` | < 1 % |

**Success Criteria**: error rate < 1 %

## 4. Go

**Decision**: GO / NO-GO

## Roll back

- [ ] Old version is there

## Appendix

\`\`\`bash
rm -rf <dir>
\`\`\`
`

const fixtures = readdirSync(FIXTURES)
  .filter(name => !['not-utf8', 'nul', 'empty', 'crlf-and-bom'].includes(name))
  .map(name => readFileSync(new URL(`${name}/in.md`, FIXTURES), 'utf8'))
const own = readdirSync(OWN)
  .filter(name => name.endsWith('.md'))
  .map(name => readFileSync(new URL(name, OWN), 'utf8'))
const corpus = existsSync(CORPUS)
  ? readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.md'))
      .toSorted()
      .map(name => new URL(name.split('/').map(encodeURIComponent).join('/'), CORPUS))
      .filter(url => statSync(url).isFile())
      .map(url => readFileSync(url, 'utf8'))
      .filter(text => text.length < 12_000 && !text.includes('\r') && !text.startsWith('\ufeff'))
  : []

const RISKS: readonly Step['risk'][] = ['view', 'safe', 'change', 'danger']

/** Fails unless the text with the marker demands all that the text without it demands. */
function expectTighter(before: Read, place: Insertion, word: string): Read {
  const after = read(place.with(`<!-- signoff ${word} -->`))
  const where = `"${word}" ${place.how} ${place.type} of line ${place.line}`
  const moved = (line: number): number => (line >= place.movesFrom ? line + 1 : line)
  const errors = (page: Read) => page.diagnostics.filter(one => one.level === 'error')
  // An error that was not there: nothing is run then.
  const known = new Set(errors(before).map(one => `${moved(one.line)} ${one.message}`))
  const refused = errors(after).some(one => one.code === 'SO032' && !known.has(`${one.line} ${one.message}`))
  expectErrorsKept(before, after, refused ? 'refused' : word, where)
  const left = [...after.steps]
  for (const step of before.steps) {
    const alike = left.filter(one => isSame(one, step, moved))
    // A gate in front of a step bears its title.
    const same = alike.find(one => (one.kind === 'gate') === (step.kind === 'gate')) ?? alike[0]
    if (same === undefined) {
      // A gate is never left out, but for one of a marker whose step another marker skips: that is refused as a whole.
      if (!refused) expect(step.kind, `${where}: the gate "${step.title}" is gone`).not.toBe('gate')
      expect(word === 'skip' || refused || step.kind === 'choice', `${where}: "${step.title}" is gone`).toBe(true)
      continue
    }
    left.splice(left.indexOf(same), 1)
    expectStepTighter(step, same, `${where}: "${step.title}"`)
  }
  expectGatesInFlow(before, after, refused, where)
  return after
}

function isSame(one: Step, step: Step, moved: (line: number) => number): boolean {
  if (step.kind === 'gate' && one.kind !== 'gate') return false
  const wanted = step.script ?? step.offer
  if (wanted !== null && one.kind !== 'gate')
    // A step that a person does has the lines of its item, one that runs those of its block: they overlap.
    return (
      (one.script ?? one.offer ?? '').includes(wanted) &&
      one.line <= moved(step.endLine) + 1 &&
      one.endLine >= moved(step.line) - 1
    )
  const isNear = Math.abs(one.line - moved(step.line)) <= 1
  // The printed number is shown where it is not the ordinal.
  const bare = (title: string) => title.replace(/^\d+\. /, '')
  return isNear && bare(one.title) === bare(step.title) && (step.kind !== 'choice' || one.kind !== 'task')
}

function expectStepTighter(step: Step, same: Step, where: string): void {
  expect(strongest([same.risk, step.risk]), `${where} has a lower risk`).toBe(same.risk)
  expect(RISKS.indexOf(same.risk)).toBeGreaterThanOrEqual(RISKS.indexOf(step.risk))
  if (step.environment === 'production') expect(same.environment, `${where} left production`).toBe('production')
  // A way back is entered by choice: what led to its steps on the way forward is not asked once more.
  if (step.when !== null && !where.includes('role=recovery'))
    expect(same.when ?? '', `${where} lost its condition`).toContain(step.when)
  expect(same.needs, `${where} lost a value`).toEqual(expect.arrayContaining(step.needs))
  if (step.evidence !== null) expect(same.evidence, `${where} lost what is observed`).toEqual(step.evidence)
  if (step.kind === 'gate')
    expect(same.approvers, `${where} lost an approver`).toEqual(expect.arrayContaining(step.approvers ?? []))
  if (step.kind === 'wait' && same.kind === 'wait')
    expect(same.durationMs ?? 0, `${where} waits less`).toBeGreaterThanOrEqual(step.durationMs ?? 0)
  if (same.script !== null && step.script !== null)
    expect(same.script, `${where} is another script`).toContain(step.script)
  // A script is made of what was none only by `task`, and says so.
  if (step.script === null && same.script !== null) expect(where).toMatch(/"task"/)
  if (step.interaction === 'remote') expect(same.interaction, `${where} is run here`).toBe('remote')
}

/**
 * A marker that names who decides ends the finding that nobody does; `skip` that of a script that nothing runs now; and one that
 * is refused may leave a gate of another marker without its step, which is an error of its own.
 */
function expectErrorsKept(before: Read, after: Read, word: string, where: string): void {
  const count = (page: Read, code: string) =>
    page.diagnostics.filter(one => one.level === 'error' && one.code === code).length
  for (const code of new Set(before.diagnostics.filter(one => one.level === 'error').map(one => one.code))) {
    if (code === 'SO012' && (word === 'skip' || word === 'refused' || /role=(?:reference|cleanup)/.test(word))) continue
    if (code === 'SO024' && (word === 'refused' || word.includes('approvers'))) continue
    expect(count(after, code), `${where} took a ${code} away`).toBeGreaterThanOrEqual(count(before, code))
  }
}

function expectGatesInFlow(before: Read, after: Read, refused: boolean, where: string): void {
  if (refused || before.runbook.mode !== after.runbook.mode) return
  const gates = (page: Read): number => {
    const walked = new Set([...page.runbook.flows.main, ...page.runbook.flows.recovery.flatMap(flow => flow.steps)])
    return page.steps.filter(step => step.kind === 'gate' && walked.has(step.id)).length
  }
  expect(gates(after), `${where}: a gate is in no flow any more`).toBeGreaterThanOrEqual(gates(before))
}

test('a marker of any word at any place of any page takes nothing away', { timeout: 120_000 }, () => {
  const pages = [...fixtures, ...own, ...corpus].map(text => ({ text, places: insertionsIn(text) }))
  const some = pages.filter(page => page.places.length > 0)
  fc.assert(
    fc.property(fc.constantFrom(...some), fc.nat(), fc.constantFrom(...WORDS), (page, at, word) => {
      const place = page.places[at % page.places.length]
      if (place !== undefined) expectTighter(read(page.text), place, word)
    }),
    { numRuns: 150, seed: 7 },
  )
})

test('on a page of every construct, a marker of any word at any place takes nothing away, and is followed or said to have no effect', {
  timeout: 120_000,
}, () => {
  const plain = ({ runbook, steps }: Read) =>
    JSON.stringify([
      steps.map(({ line: _, endLine: _end, original: _text, ...step }) => step),
      runbook.flows,
      [...runbook.details].map(([id, { scriptLine: _, ...detail }]) => [id, detail]),
    ])
  const page = read(SMALL)
  const before = plain(page)
  const silent: string[] = []
  for (const [at, place] of insertionsIn(SMALL).entries())
    for (const [index, word] of WORDS.entries()) {
      // A third of the words at each place, and other ones at the next.
      if ((at + index) % 3 !== 0) continue
      const after = expectTighter(page, place, word)
      const isSaid = after.diagnostics.some(one => one.code === 'SO032')
      if (!isSaid && plain(after) === before && !isAlreadySo(word, place, page))
        silent.push(`${word} ${place.how} ${place.type}:${place.line}`)
    }
  expect(silent).toEqual([])
})

/** What says again what is so already changes nothing. */
function isAlreadySo(word: string, place: Insertion, page: Read): boolean {
  const section = place.type === 'heading' ? page.sections.find(one => one.line === place.line) : undefined
  const here = section?.steps ?? page.steps.filter(step => Math.abs(step.line - place.line) <= 3)
  const [name = '', value] = word.split(/[ =]/)
  switch (name) {
    case 'role':
    case 'skip':
      return section === undefined
        ? name === 'skip' && here.every(step => step.line !== place.line)
        : section.role === (value ?? 'reference')
    case 'environment':
      return here.length > 0 && here.some(step => step.environment === value)
    case 'risk':
      return here.some(step => RISKS.indexOf(step.risk) >= RISKS.indexOf(value as Step['risk'])) // a word of the list
    case 'task':
      return here.some(step => step.script !== null)
    case 'gate':
    case 'manual':
      return here.some(step => step.kind === name)
    case 'confirm':
      return here.some(step => step.kind === 'confirmation')
    default:
      return false
  }
}
