import { readFileSync } from 'node:fs'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { loadAllNeeds, parseRunbook, toPlan } from '../src/parser/index.ts'
import { msOf, type Row, ratioOf } from './compare.ts'

const KIBI = 1024
const MEBI = 1024 * KIBI

/** Parse and plan, against the Markdown parser alone; and growth against itself. */
export async function parsing(): Promise<Row[]> {
  await loadAllNeeds()
  const plan = (bytes: Uint8Array) => {
    const { runbook, diagnostics } = parseRunbook(bytes, 'long.md')
    return toPlan(runbook, diagnostics)
  }
  const short = textOf(100 * KIBI)
  const shortBytes = new TextEncoder().encode(short)
  const remark = () => unified().use(remarkParse).use(remarkGfm).parse(short)
  // Both warm: a cold start is measured by itself.
  for (let round = 0; round < 3; round++) {
    plan(shortBytes)
    remark()
  }
  const ratio = await ratioOf(() => plan(shortBytes), remark, 7)
  const one = new TextEncoder().encode(textOf(MEBI))
  const ten = new TextEncoder().encode(textOf(10 * MEBI))
  const oneMs = Math.min(await msOf(() => plan(one)), await msOf(() => plan(one)))
  const tenMs = await msOf(() => plan(ten))
  return [
    { what: 'parse and plan 100 KB', against: 'remark-parse + gfm', ratio, budget: 1.3 },
    { what: 'parse and plan 10 MB', against: 'itself, 1 MB', ratio: tenMs / oneMs, budget: 11 },
  ]
}

/** A text of so many characters: the release runbook over and over, each time with a title and values of its own. */
function textOf(length: number): string {
  const release = readFileSync(new URL('../runbooks/release.md', import.meta.url), 'utf8').replace(
    /^---\n.*?\n---\n/s,
    '',
  )
  let text = ''
  for (let copy = 1; text.length < length; copy++) text += release.replace(/^# .*/m, `# Release ${copy}`)
  return text.slice(0, length)
}
