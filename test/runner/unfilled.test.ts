import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Need, phraseFor, type Runbook, recoveryKey, stepsOf } from '../../src/model/index.ts'
import { parseRunbook } from '../../src/parser/index.ts'
import { findValues, unfinishedIn } from '../../src/parser/shell/index.ts'
import type { ScriptOrder } from '../../src/runner/ports.ts'
import { testCore } from '../helpers/core.ts'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url)

/** Written so that no script holds one by chance, and looked for as plain text: the parser is not asked what a placeholder is. */
const HOLES = [
  '<the-org>',
  '<the zone>',
  '{{the_team}}',
  '{the_app}',
  'YOUR_THE_CLUSTER',
  'your-the-branch',
  '<the-token>',
]
const PLACES: readonly ((hole: string) => string)[] = [
  hole => `deploy ${hole}`,
  hole => `deploy --to=${hole} report.txt`,
  hole => `deploy "to ${hole} now"`,
  hole => `deploy 'to ${hole} now'`,
  hole => `deploy "$(look-up ${hole})"`,
  hole => `deploy \`look-up ${hole}\``,
  hole => `deploy $((${hole} + 1))`,
  hole => `deploy $'${hole}'`,
  hole => `cat <<EOF\nto: ${hole}\nEOF`,
  hole => `cat <<'EOF'\nto: ${hole}\nEOF`,
  hole => `ZONE=${hole}\necho "$ZONE"`,
  hole => `for one in ${hole}; do deploy "$one"; done`,
  hole => `ssh host 'deploy ${hole}'`,
  hole => `bash -c "deploy ${hole}"`,
  hole => `deploy "\${ZONE:-${hole}}"`,
  hole => `deploy \\${hole}`,
  () => 'deploy ...',
  () => 'deploy <a|b>',
  () => 'deploy --now',
]
const UNFINISHED = ['...', '<a|b>']

/** In a heredoc, and in the default of a variable, `{x}` is what the language of that text means by it. */
function scriptWith(place: (hole: string) => string, hole: string): string {
  return place(hole.startsWith('{t') && /<<|\$\{/.test(place('')) ? '<the-org>' : hole)
}

const script = fc
  .tuple(fc.constantFrom(...PLACES), fc.constantFrom(...HOLES))
  .map(([place, hole]) => scriptWith(place, hole))
const section = fc.oneof(
  script.map(text => `\`\`\`bash\n${text}\n\`\`\`\n`),
  script.map(text => `1. Do it:\n   \`\`\`bash\n${text.replace(/^/gm, '   ')}\n   \`\`\`\n`),
  fc.tuple(script, script).map(([a, b]) => `\`\`\`bash\n# Option 1: a\n${a}\n\n# Option 2: b\n${b}\n\`\`\`\n`),
  fc.tuple(script, script).map(([a, b]) => `\`\`\`bash\n# 1. Build\n${a}\n\n# 2. Push\n${b}\n\`\`\`\n`),
  fc.constantFrom(...HOLES).map(hole => `- [ ] Look at \`kubectl get pods ${hole}\`\n`),
  fc.constantFrom(...HOLES).map(hole => `- [ ] If needed: \`kubectl delete pod ${hole}\`\n`),
  script.map(text => `**Rollback**:\n\n\`\`\`bash\n${text}\n\`\`\`\n`),
)
const runbook = fc
  .array(section, { minLength: 1, maxLength: 5 })
  .map(sections => sections.map((text, index) => `## Phase ${index + 1}: Deploy\n\n${text}`).join('\n'))

/** One thing said, of whatever step: most are refused, since they are out of turn. */
const said = fc.record({
  what: fc.constantFrom(
    'need',
    'need',
    'need',
    'run',
    'offer',
    'value',
    'value',
    'skip',
    'by-hand',
    'rollback',
    'rerun',
    'edit',
  ),
  at: fc.nat(),
})
type Said = typeof said extends fc.Arbitrary<infer T> ? T : never

/** Says all of it, and gives back every script that reached the executor. */
function ordersOf(book: Runbook, all: readonly Said[], flow: readonly string[]): ScriptOrder[] {
  const core = testCore(book, { flow })
  const steps = stepsOf(book)
  const phrases = [null, phraseFor('production', null, 'v1.2.3'), phraseFor(null, null, 'v1.2.3')]
  const nth = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)]
  const reason = 'because'
  for (const { what, at } of all) {
    const need = core.need()
    const step = 'step' in need ? need.step : (nth(steps, at)?.id ?? '')
    const other = nth(steps, at)?.id ?? ''
    const phrase = 'phrase' in need ? need.phrase : (nth(phrases, at) ?? null)
    switch (what) {
      case 'need':
        answerNeed(core, need, at)
        break
      case 'run':
        core.say({ kind: 'run', step: at % 3 === 0 ? other : step, phrase })
        break
      case 'offer': {
        const offer = 'offer' in need ? need.offer : null
        core.say({ kind: 'run-offer', step: at % 3 === 0 ? other : step, phrase: offer?.phrase ?? phrase })
        break
      }
      case 'value': {
        const name = nth(book.parameters, at)?.name
        if (name !== undefined)
          core.say({ kind: 'value', name, value: at % 4 === 0 ? "gi'v\nen" : 'given', secret: at % 5 === 0 })
        break
      }
      case 'skip':
        core.say({ kind: 'skip', step, reason })
        break
      case 'by-hand':
      case 'rerun':
        core.say({ kind: 'decide', step, choice: what, reason })
        break
      case 'rollback': {
        const way = nth(book.flows.recovery, at)
        if (way !== undefined && at % 4 === 0)
          core.say({ kind: 'rollback', flow: recoveryKey(way), phrase: phraseFor(null, null, 'v1.2.3'), reason })
        break
      }
      case 'edit': {
        // What a person types instead may have holes as well.
        const text = scriptWith(nth(PLACES, at) ?? String, nth(HOLES, at) ?? '')
        core.say({ kind: 'edit', step, script: text, reason })
        break
      }
      default:
        what satisfies never
    }
    if (core.need().kind === 'running') core.ends(at % 7 === 0 ? 1 : 0)
  }
  return core.orders.flatMap(order => (order.kind === 'prepare' || order.kind === 'start' ? [order.order] : []))
}

/** What moves the run on. */
function answerNeed(core: ReturnType<typeof testCore>, need: Need, at: number): void {
  switch (need.kind) {
    case 'run':
      core.say({ kind: 'run', step: need.step, phrase: need.phrase })
      break
    case 'values':
      core.say({ kind: 'value', name: need.names[0] ?? '', value: 'given', secret: at % 5 === 0 })
      break
    case 'confirm':
    case 'manual':
      core.say({ kind: 'confirm', step: need.step, answer: 'yes', observed: '1', note: 'seen' })
      break
    case 'choose':
      core.say({ kind: 'choose', step: need.step, option: need.options[at % need.options.length] ?? '', reason: null })
      break
    case 'condition':
      core.say({ kind: 'condition', when: need.when, answer: at % 4 === 0 ? 'no' : 'yes' })
      break
    case 'blocked':
    case 'decide':
      core.say({
        kind: 'decide',
        step: need.step,
        choice: need.kind === 'blocked' ? 'by-hand' : 'rerun',
        reason: 'because',
      })
      break
    default:
      if ('step' in need) core.say({ kind: 'skip', step: need.step, reason: 'because' })
  }
}

test('whatever is said in whatever order, no script with an unfilled placeholder reaches the executor', {
  timeout: 60_000,
}, () => {
  let handed = 0
  let filled = 0
  fc.assert(
    fc.property(runbook, fc.array(said, { minLength: 8, maxLength: 40 }), (text, all) => {
      const book = parseRunbook(new TextEncoder().encode(`# Release\n\n${text}`), 'r.md').runbook
      for (const order of ordersOf(book, all, book.flows.main)) {
        handed++
        if (order.script.includes('given') || order.script.includes('$')) filled++
        // A secret is named by a variable, which may bear the name of the hole.
        const plain = order.script.replace(/\$\w+|\$\{\w+\}/g, '')
        const open = [...HOLES, ...UNFINISHED].filter(hole => plain.includes(hole))
        expect(open, order.script).toEqual([])
        // A secret that is only named reaches its script as a variable, which a quoted heredoc would not read.
        expect(order.script).not.toMatch(/<<'EOF'\n[\s\S]*\$\{/)
      }
    }),
    { numRuns: 400, seed: 7 },
  )
  // Otherwise the property holds of nothing.
  expect(handed).toBeGreaterThan(250)
  expect(filled).toBeGreaterThan(60)
})

const files = existsSync(CORPUS)
  ? readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.md') && statSync(new URL(name, CORPUS)).isFile())
      .sort()
      // Every fourth shows what all show.
      .filter((_, index) => index % 4 === 0)
  : []

test.skipIf(files.length === 0)('nor one of a public runbook', { timeout: 120_000 }, () => {
  let handed = 0
  const books = files.map(name => parseRunbook(readFileSync(new URL(name, CORPUS)), name).runbook)
  const walkable = books.filter(book => stepsOf(book).some(step => step.script !== null || step.offer !== null))
  fc.assert(
    fc.property(fc.constantFrom(...walkable), fc.array(said, { maxLength: 60 }), (book, all) => {
      // Steps of every role: a catalog's are chosen, those of a reference are run from the palette.
      const flow = stepsOf(book)
        .filter(step => step.script !== null || step.offer !== null)
        .map(step => step.id)
      for (const order of ordersOf(book, all, flow)) {
        handed++
        expect(
          findValues(order.script).filter(value => value.kind === 'placeholder'),
          order.script,
        ).toEqual([])
        expect(unfinishedIn(order.script), order.script).toBeNull()
        expect(order.script).not.toMatch(/(?:^|[\s=])<[a-z][a-z_-]{2,30}>(?:[\s"']|$)(?![\s\S]*<\/)/m)
      }
    }),
    { numRuns: 150, seed: 7 },
  )
  expect(handed).toBeGreaterThan(100)
})
