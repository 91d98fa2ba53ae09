import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { PlanSchema } from '../../src/model/index.ts'
import { toPlan } from '../../src/parser/index.ts'
import { countKinds, type Read, read } from './helpers/parse.ts'
import { lostIn } from './helpers/sound.ts'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url)
const FILES = existsSync(CORPUS)
  ? readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).filter(
      name => name.endsWith('.md') && statSync(new URL(name, CORPUS)).isFile(),
    )
  : []

// What each file becomes. `UPDATE_FIXTURES=1 npx vitest run --project unit test/parser/corpus.test.ts` writes it anew;
// its diff is read: every line says that a rule reads some runbook differently now.
const SUMMARY = new URL('../fixtures/corpus-summary.json', import.meta.url)

interface Summary {
  readonly mode: string
  readonly main: number
  readonly kinds: Readonly<Record<string, number>>
  readonly roles: Readonly<Record<string, number>>
  readonly findings: Readonly<Record<string, number>>
}

function summaryOf({ runbook, steps, sections, diagnostics }: Read): Summary {
  return {
    mode: runbook.mode,
    main: runbook.flows.main.length,
    kinds: sorted(countKinds(steps)),
    roles: counted(sections.flatMap(section => section.steps.map(() => section.role))),
    findings: counted(diagnostics.map(one => one.code)),
  }
}

function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return sorted(counts)
}

function sorted(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** One line a file, so that a diff names the files it is about. */
function toText(found: Readonly<Record<string, Summary>>): string {
  const rows = Object.entries(found).map(([name, one]) => `${JSON.stringify(name)}: ${JSON.stringify(one)}`)
  return `{\n${rows.join(',\n')}\n}\n`
}

describe.skipIf(FILES.length === 0)('the runbooks of public repositories', () => {
  test('each is planned without a throw, and each fence and box is a step or a finding', { timeout: 60_000 }, () => {
    const lost: string[] = []
    for (const name of FILES) {
      const bytes = readFileSync(new URL(name, CORPUS))
      const page = read(bytes, name)
      PlanSchema.parse(toPlan(page.runbook, page.diagnostics))
      lost.push(...lostIn(page).map(one => `${name}:${one}`))
    }
    expect(lost).toEqual([])
  })

  test('each gives one plan, with whatever line ends and with or without a final newline', { timeout: 120_000 }, () => {
    const plan = (text: string): unknown => {
      const { runbook, diagnostics } = read(text)
      return toPlan({ ...runbook, sha256: '0'.repeat(64) }, diagnostics)
    }
    // Every sixth shows what all show.
    for (const name of FILES.toSorted().filter((_, index) => index % 6 === 0)) {
      const unix = readFileSync(new URL(name, CORPUS), 'utf8').replaceAll('\r', '')
      const bare = unix.replace(/\n+$/, '')
      expect(plan(unix.replaceAll('\n', '\r\n')), name).toEqual(plan(unix))
      expect(plan(`${bare}\n`), name).toEqual(plan(bare))
    }
  })

  test('each becomes what the stored summary says', { timeout: 60_000 }, () => {
    const found = Object.fromEntries(
      FILES.toSorted().map(name => [name, summaryOf(read(readFileSync(new URL(name, CORPUS)), name))]),
    )
    if (process.env.UPDATE_FIXTURES === '1') writeFileSync(SUMMARY, toText(found))
    expect(found).toEqual(JSON.parse(readFileSync(SUMMARY, 'utf8')))
  })
})
