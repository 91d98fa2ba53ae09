import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRunbook } from '../../src/parser/index.ts'
import { expectSound } from './helpers/sound.ts'

const OWN = new URL('../../runbooks/', import.meta.url)
const CORPUS = new URL('../../../shared/corpus/', import.meta.url)
/** Runbooks beyond this length cost much and show nothing that shorter ones do not. */
const LONGEST = 12_000

const own = textsIn(OWN)
const corpus = existsSync(CORPUS) ? textsIn(CORPUS).filter(text => text.length <= LONGEST) : []

const INSERTED = [
  '```',
  '~~~',
  '````bash',
  '<!--',
  '-->',
  '<details>',
  '</details>',
  '---',
  '# Heading',
  '### Rollback',
  '## Appendix',
  '- [ ] box',
  '   - [x] deeper',
  '1. **Label**: text',
  '> quoted',
  '| a | b |\n|---|---|\n| c | d |',
  '**Rollback Plan**:',
  '**Decision**: GO / NO-GO',
  '<!-- signoff gate approvers="A + B" -->',
  '<!-- signoff',
  '{% if x %}',
  '{{#if',
  "echo '",
  'cat <<EOF',
  'rm -rf <path>',
  '$ ls <dir>',
  '# Option 1: a',
  '\t',
  '\u00a0',
  '\u200b\ufeff',
  '🚀'.repeat(3),
  'â†’',
  '\r',
  '[^1]: note',
  '[x]: y',
  '\\',
]

/** One small damage, at a place between 0 and 1 of the text. */
const damage = fc.oneof(
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    text: fc.constantFrom(...INSERTED),
  }),
  fc.record({
    kind: fc.constantFrom(
      'cut' as const,
      'delete' as const,
      'repeat' as const,
      'quote' as const,
      'indent' as const,
      'swap' as const,
      'split' as const,
    ),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.integer({ min: 1, max: 12 }),
  }),
)
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never

function damaged(text: string, one: Damage): string {
  const rows = text.split('\n')
  const row = Math.min(rows.length - 1, Math.floor(one.at * rows.length))
  if (one.kind === 'insert') return rows.toSpliced(row, 0, one.text).join('\n')
  const some = rows.slice(row, row + one.count)
  switch (one.kind) {
    case 'cut':
      return text.slice(0, Math.floor(one.at * text.length)).toWellFormed()
    case 'delete':
      return rows.toSpliced(row, one.count).join('\n')
    case 'repeat':
      return rows.toSpliced(row, 0, ...some).join('\n')
    case 'quote':
      return rows.toSpliced(row, one.count, ...some.map(line => `> ${line}`)).join('\n')
    case 'indent':
      return rows.toSpliced(row, one.count, ...some.map(line => `${' '.repeat(one.count)}${line}`)).join('\n')
    case 'swap':
      return [...rows.slice(row), ...rows.slice(0, row)].join('\n')
    case 'split':
      return rows
        .toSpliced(row, 1, (rows[row] ?? '').slice(0, one.count), (rows[row] ?? '').slice(one.count))
        .join('\n')
        .toWellFormed()
    default:
      return one satisfies never
  }
}

const sound = (texts: readonly string[], numRuns: number): void =>
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.array(damage, { minLength: 1, maxLength: 6 }), (text, damages) => {
      expectSound(damages.reduce(damaged, text))
    }),
    { numRuns, seed: 1 },
  )

test('damaged runbooks of this project give a sound plan', { timeout: 60_000 }, () => {
  sound(own, 25)
})

test.skipIf(corpus.length === 0)(
  'damaged runbooks of public repositories give a sound plan',
  { timeout: 60_000 },
  () => {
    sound(corpus, 120)
  },
)

/** Shapes that make a careless reader slow. Each is a text of about `length` characters. */
const SHAPES: Readonly<Record<string, (length: number) => string>> = {
  'sections of a runbook': length =>
    repeat('## Step\n\n1. Do `it`:\n   ```bash\n   deploy <org> --to "$PLACE"\n   ```\n- [ ] done\n\n', length),
  'one list of boxes': length => `# A\n\n${repeat('- [ ] look at `kubectl get pods`\n', length)}`,
  'one script': length =>
    `# A\n\n\`\`\`bash\n${repeat('deploy --to <place> --tag v1.2.3 # and look\n', length)}\`\`\`\n`,
  'comments in a script': length => `# A\n\n\`\`\`bash\n${repeat('# Option 1: by hand\nls\n\n', length)}\`\`\`\n`,
  'one table': length => `# A\n\n| Check | Expected |\n|---|---|\n${repeat('| up | < 1 % |\n', length)}`,
  'labels of rollbacks': length => `# A\n\n${repeat('**Rollback Plan**:\n\n```bash\nundo\n```\n\n', length)}`,
  comments: length => repeat('<!-- a -->\n\n', length),
  markers: length => repeat('<!-- signoff risk=danger -->\n\n```bash\nls\n```\n\n', length),
  'open brackets': length => repeat('[', length),
  'open tags': length => repeat('<a ', length),
  'open quotes in a script': length => `\`\`\`bash\n${repeat('echo "$(', length)}\n\`\`\`\n`,
  'definitions and references': length => repeat('See [a] and [b][a].\n\n[a]: /x\n\n', length),
  'alternatives by heading': length =>
    repeat('## Option A: x\n\n```bash\nls\n```\n\n## Option B: y\n\n```bash\nls\n```\n\n', length),
  'unset variables': length =>
    `\`\`\`bash\n${Array.from({ length: length / 20 }, (_, index) => `echo "$NAME_OF_${index}"`).join('\n')}\n\`\`\`\n`,
}
const SHORT = 6_000
const TIMES = 8

test.each(Object.entries(SHAPES))(
  'time grows with the text, not with its square: %s',
  { timeout: 60_000 },
  (_, shape) => {
    const [short, long] = [shape(SHORT), shape(SHORT * TIMES)].map(text => new TextEncoder().encode(text))
    if (short === undefined || long === undefined) throw new Error('two texts')
    parseRunbook(short, 'warm.md')
    const one = leastMs(short, 3)
    const many = leastMs(long, 2)
    // Linear is 8 times, a square 64. Half a frame of a clock is no measure.
    expect(many / Math.max(one, 2)).toBeLessThan(TIMES * 4)
  },
)

/** Processor time and not the clock's: what else the machine is doing must not decide. */
function leastMs(bytes: Uint8Array, times: number): number {
  const each = Array.from({ length: times }, () => {
    const from = process.cpuUsage()
    parseRunbook(bytes, 'any.md')
    return process.cpuUsage(from).user / 1000
  })
  return Math.min(...each)
}

function repeat(text: string, length: number): string {
  return text.repeat(Math.ceil(length / text.length))
}

function textsIn(folder: URL): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md') && statSync(new URL(name, folder)).isFile())
    .sort()
    .map(name => readFileSync(new URL(name, folder), 'utf8').toWellFormed().replaceAll('\0', ''))
    .filter(text => text.trim() !== '')
}
